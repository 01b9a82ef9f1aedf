"""Grey noise with bright scratches and dark pits, to learn to paint from."""

import numpy as np
import pytest

from sensors_data.defects.likeness import RealDefect
from synthesis.painter.crops import Examples


def make_scratched(side=32, channels=1, dtype=np.uint8, count=4):
    """Grey noise, and as much of it with a bright scratch or a dark pit each."""
    rng, brightest = np.random.default_rng(7), np.iinfo(dtype).max
    goods = rng.normal(0.4, 0.04, (2 * count, channels, side, side))
    defects = []
    for number in range(count):
        image, mask = rng.normal(0.4, 0.04, goods.shape[1:]), np.zeros((side, side), bool)
        is_scratch = number % 2 == 0
        mask[8 + number : 24 if is_scratch else 14 + number, 10 + number : 13 + number] = True
        image[:, mask] = 0.95 if is_scratch else 0.05
        levels = np.rint(np.clip(image, 0, 1) * brightest).astype(dtype)
        defects.append(RealDefect(f"{number}.png", "scratch" if is_scratch else "pit", levels, mask))
    return Examples(np.rint(np.clip(goods, 0, 1) * brightest).astype(dtype), tuple(defects))


@pytest.fixture(scope="session")
def scratched():
    """scratched(side, channels, dtype, count): good parts and as many defects as `count`."""
    return make_scratched
