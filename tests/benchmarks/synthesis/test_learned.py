import numpy as np

from benchmarks.images.defects_data import Parts
from benchmarks.synthesis.learned import SHOWN, Defects, told_apart, usable


def spots(count, level, seed):
    """Noise with a spot of a level on each part."""
    x = np.random.default_rng(seed).integers(90, 160, (count, 1, 80, 80), dtype=np.uint8)
    masks = np.zeros((count, 80, 80), bool)
    for number, mask in enumerate(masks):
        mask[10 + number : 16 + number, 60:66] = True
    x[:, 0][masks] = level
    return Defects(x, masks)


def test_defects_of_another_level_are_told_apart_and_those_of_the_same_are_not():
    dark, again, bright = spots(20, 20, 0), spots(20, 20, 1), spots(20, 240, 2)
    assert told_apart(dark, bright) > 0.99
    assert told_apart(dark, again) < 0.75


def test_a_crop_shows_the_whole_defect():
    defects = spots(5, 255, 0)
    assert defects.crops.shape == (5, 1, SHOWN, SHOWN)
    assert [(crop == 255).sum() for crop in defects.crops] == [36] * 5


def test_look_alikes_and_large_defects_are_not_learned_from():
    defects = spots(6, 0, 0)
    defects.masks[4, :, 3] = True  # over the whole height
    parts = Parts(defects.x, np.array([True] * 5 + [False]), defects.masks)
    order = usable(parts, np.array(["pit"] * 3 + ["burr", "pit", "pit"]), "pit", np.array([7, 7, 8, 9, 10, 11]), 0)
    assert len(order) == 2
    assert set(order) in ({0, 2}, {1, 2})
