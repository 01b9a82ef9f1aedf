"""Drawn images as files, and one of them held against what its generator draws."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from sensors_data.images.files import decode_image
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.defects.provenance import is_painted, painted_again, painting_origin
from synthesis.generator_files import load_for
from synthesis.jobs import batch_seed
from synthesis.painter.files import read_painter
from synthesis.sampling import drawn_again, drawn_pngs
from synthesis.settings import generator_settings

A_FOLDER = 10_000
"""PNGs in one folder."""


def write_pngs(
    settings: Settings,
    day: date,
    camera: str,
    count: int | None,
    label: str | None,
    truncation: float | None,
    folder: Path,
) -> str:
    """A day's batch, of any size, as PNGs in folders of 10,000; in words. They are the same images as in the store."""
    defaults = generator_settings(settings, camera)
    generator = load_for(Store(settings.store), camera, day)
    wanted = defaults.count if count is None else count
    seed = batch_seed(generator, day, settings.seed)
    scale = defaults.truncation if truncation is None else truncation
    for index, png in enumerate(drawn_pngs(generator, wanted, seed, label, scale)):
        inside = folder / f"{index // A_FOLDER:04d}"
        if index % A_FOLDER == 0:
            inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{generator.name}-{seed}-{index:07d}.png").write_bytes(png)
    return f"drew {wanted:,} images by {generator.name} into {folder}; they were not judged"


def made_again(settings: Settings, png: bytes, painter: Path | None = None) -> np.ndarray:
    """The image of a synthetic PNG, drawn or painted again from its text, uint8 (C, H, W).

    What a learned painter painted needs the painter's file.
    """
    store = Store(settings.store)
    if is_painted(png):
        learned = None if painter is None else read_painter(painter)
        return painted_again(store, settings.camera(painting_origin(png).camera), png, learned)
    return drawn_again(store, png)


def same_pixels(image: np.ndarray, png: bytes) -> bool:
    """Whether a PNG shows an image (C, H, W)."""
    return np.array_equal(decode_image(png, len(image)), image)
