"""Images from a file of any packed format, as benchmarks want them: square, with train and test told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.image_sets import read_packed
from benchmarks.image_splits import Images, split_images
from sensors_data.images.arrays import resize


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
