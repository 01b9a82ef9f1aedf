"""A camera's pictures for people: what somebody sends, where the codes of a day lie, a heat map of any picture."""

from __future__ import annotations

from datetime import date

import numpy as np
import torch

from anomaly.images.detector import ImageDetector
from anomaly.images.features import represent
from anomaly.images.heat_maps import heat_map_png
from anomaly.images.image_scores import score_images
from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.images.files import camera_image
from sensors_data.images.table import pixels_of
from sensors_data.places import heat_map_path
from service.views.state import Service

MOST_CODES = 2000
"""Normal pictures whose codes are shown, at most: more cover one another."""


def decoded(name: str, data: bytes, spec: Camera) -> np.ndarray:
    """An image of any size as the camera's own (C, H, W). UnreadableError names it and says what is wrong."""
    try:
        return camera_image(data, spec)[0]
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error}") from error


def heat_map_of(service: Service, camera: str, day: date, image: str) -> bytes:
    """Where a stored picture is odd, as PNG: the night's own where it kept one, else made now.

    NotThereError when the camera has no such picture on that day, or no detector.
    """
    path = heat_map_path(camera, day, image)
    if service.store.exists(path):
        return service.store.read_bytes(path)
    rows = service.store.read("images", camera=camera, day=day)
    rows = rows[rows["image_id"] == image]
    if rows.empty:
        raise NotThereError(f"{camera} has no image '{image[:80]}' on {day}", "list them: GET /v1/image-scores")
    detector = service.image_detector(camera, day)
    x = pixels_of(rows, service.settings.camera(camera))
    return heat_map_png(detector, x[0], score_images(detector, x).maps[0])


def codes_of_day(service: Service, camera: str, day: date) -> dict[str, object]:
    """Where a day's pictures lie among the normal ones: places on the two principal axes of the normal codes.

    `normal` is (M, 2); `today` (N, 2) goes with `images`, in the order of the table `images`.
    """
    detector = service.image_detector(camera, day)
    rows = service.store.read("images", camera=camera, day=day)
    normal = detector.network.memory.codes.numpy()
    centre = normal.mean(axis=0)
    axes = np.linalg.svd(normal - centre, full_matrices=False)[2][:2].T
    today = _codes(detector, pixels_of(rows, service.settings.camera(camera)))
    shown = normal[:: max(1, -(-len(normal) // MOST_CODES))]
    places = {"normal": (shown - centre) @ axes, "today": (today - centre) @ axes}
    return {name: np.round(xy, 4).tolist() for name, xy in places.items()} | {"images": rows["image_id"].tolist()}


def _codes(detector: ImageDetector, images: np.ndarray) -> np.ndarray:
    """The codes of images (N, Z); of an image of patches, the mean of theirs."""
    network = detector.network
    x = network.inputs(represent(images, network.features))
    patches = x.shape[1] if network.features.kind == "patches" else 1
    with torch.no_grad():
        means = network.model.encode(x.reshape(len(images) * patches, *network.model.config.shape)).mean
    codes: np.ndarray = means.view(len(images), patches, -1).mean(1).numpy()
    return codes
