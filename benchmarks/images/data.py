"""Images from a file of any packed format, as benchmarks want them: square, with train and test told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.images.sets import read_packed
from benchmarks.images.splits import FEWEST_LEARNED, Images, split_images
from sensors_data.images.arrays import resize
from synthesis.presets.catalogue import nearest_size

REFERENCE = 10_000
"""Test images that drawn ones are compared with, at most."""


def read_square(path: Path, side_of: Callable[[int], int], test_share: float) -> Images:
    """The images of a file at `side_of` their longer side, split as the file says, else with `test_share` of each class
    to test.
    """
    images = read_packed(path)
    x, split = resize(images.x, side_of(max(images.x.shape[2:]))), images.split
    if not {"train", "test"} <= set(split):
        shares = {"train": 1 - test_share, "test": test_share}
        split = split_images(images.label, np.arange(len(images)), shares, np.random.default_rng(0))
    return Images(x, images.label, split)


def read_images(path: Path) -> Images:
    """Square images with train and test told apart: as the file says, else three to two by class. ValueError when they
    are too few to train and test.
    """
    images = read_square(path, lambda side: side, 0.4)
    train, test = (int((images.split == part).sum()) for part in ("train", "test"))
    if train < FEWEST_LEARNED or not test:
        raise ValueError(
            f"{path.name} has {train} images to train on and {test} to test; at least {FEWEST_LEARNED} and 1 are needed"
        )
    return images


def read_drawable(path: Path) -> tuple[Images, Images]:
    """Training images, and real ones that no generator sees: the file's own test images, or a fifth of each class.

    All are brought to the nearest side that is drawn.
    """
    images = read_square(path, nearest_size, 0.2)
    train, test = images.where(images.split == "train"), images.where(images.split == "test")
    return train, test.where(np.random.default_rng(0).permutation(len(test))[:REFERENCE])
