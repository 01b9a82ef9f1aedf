"""The simulated sheets of the benchmark of large pictures, small ones here."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.images import large


@pytest.fixture
def sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(large, "WIDTH", 480)
    monkeypatch.setattr(large, "HEIGHT", 320)
    large.write_sheets(tmp_path, learned=2, tested=1, size=20, seed=0)
    return tmp_path


def grey(path):
    with Image.open(path) as picture:
        return np.asarray(picture, int)


def test_sheets_lie_in_mvtecs_layout(sheets):
    pictures = sorted(path.relative_to(sheets).as_posix() for path in sheets.rglob("*.png"))
    masks = [f"ground_truth/{kind}/000_mask.png" for kind in large.KINDS]
    tested = [f"test/{kind}/000.png" for kind in (*large.KINDS, "good")]
    assert pictures == sorted([*masks, *tested, "train/good/000.png", "train/good/001.png"])


@pytest.mark.parametrize("kind", large.KINDS)
def test_a_defect_is_of_the_size_asked_for_and_shows_under_its_mask(kind):
    flat = np.full((320, 480), 128.0)
    marked, mask = large.with_defect(flat, kind, 20, np.random.default_rng(3))
    across = np.ptp(np.argwhere(mask), axis=0) + 1
    assert 14 <= max(across) <= 28
    change = np.abs(marked - flat)
    assert change[mask].mean() > 10
    assert change[~mask].mean() < 0.1
