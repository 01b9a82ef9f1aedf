"""What a part should look like: its picture with the odd place painted out by the camera's generator."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from anomaly.images.detector import ImageDetector
from anomaly.images.heat_maps import hot_places
from anomaly.images.image_scores import score_images
from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import encode_png
from sensors_data.images.paths.roles import is_normal
from sensors_data.images.table import pixels_of
from service.views.state import Service
from synthesis.generator_files import TrainedGenerator
from synthesis.inversion import painted_out


def expected_of(service: Service, camera: str, day: date, image: str) -> bytes:
    """A stored picture as it should look by the newest generator, as PNG that says that it is synthetic.

    NotThereError when the camera has no such picture, detector or generator; UnusableError when nothing in it is odd.
    """
    spec = service.settings.camera(camera)
    rows = service.store.read("images", camera=camera, day=day)
    rows = rows[rows["image_id"] == image]
    if rows.empty:
        raise NotThereError(f"{camera} has no image '{image[:80]}' on {day}", "list them: GET /v1/image-scores")
    detector, generator = service.image_detector(camera, day), service.generator(camera, datetime.now(UTC).date())
    x = pixels_of(rows, spec)[0]
    heat = score_images(detector, x[None]).maps[0]
    made = as_expected(detector, generator, spec, x, heat)
    return encode_png(made, {"synthetic": "true", "generator": generator.name, "painted out": image})


def as_expected(
    detector: ImageDetector, generator: TrainedGenerator, spec: Camera, image: np.ndarray, heat: np.ndarray
) -> np.ndarray:
    """An image uint8 (C, H, W) with every place over the pixel threshold painted out, as a normal part, (C, H, W).

    UnusableError when no place is over it.
    """
    hidden = hot_places(detector, heat, (image.shape[1], image.shape[2]))
    if not hidden.any():
        raise UnusableError("no place of the image is over the pixel threshold", "look at an image that is odd")
    normal = tuple(label for label in generator.card.classes if is_normal(label, spec))
    return painted_out(generator, image, hidden, generator.card.seed, normal)
