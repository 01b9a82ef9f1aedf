"""Odd pictures beside their heat maps and how the parts should look; a picture beside its inversion."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from anomaly.images.files import load_for as detector_for
from anomaly.images.heat_maps import overlay
from anomaly.images.image_scores import score_images
from sensors_data.errors import NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.images.files import camera_image, read_image_file
from sensors_data.images.table import pixels_of
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.images import sheet
from service.views.expected import as_expected
from synthesis.generator_files import load_for as generator_for
from synthesis.inversion import inverted


def show_expected(settings: Settings, day: date, camera: str, image: str | None, count: int, out: Path) -> str:
    """Draw a day's worst pictures, or the one named, each beside its heat map and without what is odd; in words.

    NotThereError when the day has no such picture, no detector, no generator, or nothing odd.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    detector, generator = detector_for(store, camera, day), generator_for(store, camera, day)
    rows = store.read("images", camera=camera, day=day)
    rows = rows if image is None else rows[rows["image_id"] == image]
    images = pixels_of(rows, spec)
    scores = score_images(detector, images)
    odd = [n for n in np.argsort(-scores.score, kind="stable") if scores.maps[n].max() > detector.card.pixel_threshold]
    if not odd:
        what = f"has no odd image on {day}" if image is None else f"has no odd image '{image}' on {day}"
        raise NotThereError(f"{camera} {what}", f"see them with: nightscore show-image --camera {camera} --day {day}")
    shown: list[np.ndarray] = []
    for n in odd[:count]:
        made = as_expected(detector, generator, spec, images[n], scores.maps[n])
        shown += [_colour(images[n]), overlay(detector, images[n], scores.maps[n]), _colour(made)]
    names = [str(rows["image_id"].iloc[n]).rsplit("/", 1)[-1] for n in odd[:count]]
    title = f"{camera} {day}"
    replace_file(*open_url(str(out.resolve())), sheet(np.stack(shown), 3, title, names))
    return f"drew {len(names)} pictures of {camera} on {day} without what is odd: {out}"


def show_inversion(settings: Settings, day: date, camera: str, png: Path, seed: int, out: Path) -> str:
    """Draw a picture beside the nearest image of the generator that serves a day; in words how near that is."""
    spec = settings.camera(camera)
    generator = generator_for(Store(settings.store), camera, day)
    image, _ = camera_image(read_image_file(png), spec)
    inversion = inverted(generator, image, seed)
    of_class = f", class {inversion.label}" if inversion.label else ""
    title = f"{png.name} and its inversion"
    replace_file(*open_url(str(out.resolve())), sheet(np.stack([image, inversion.image]), 2, title))
    return f"the nearest image of {generator.name}{of_class} is {inversion.error:.1f} grey levels away: {out}"


def _colour(image: np.ndarray) -> np.ndarray:
    """An image (1 or 3, H, W) as (3, H, W)."""
    return np.repeat(image, 3 // len(image), axis=0)
