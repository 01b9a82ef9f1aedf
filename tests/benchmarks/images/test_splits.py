import numpy as np
import pytest

from benchmarks.images.splits import look_alikes, split_images


def test_a_split_gives_every_label_its_share_and_keeps_groups_whole():
    labels = np.repeat(["good", "bad"], [300, 90])
    groups = np.repeat(np.arange(130), 3)
    split = split_images(labels, groups, {"train": 0.6, "valid": 0.2, "test": 0.2}, np.random.default_rng(0))
    for label, count in (("good", 300), ("bad", 90)):
        found = [int(((split == part) & (labels == label)).sum()) for part in ("train", "valid", "test")]
        assert np.abs(np.array(found) - np.array([0.6, 0.2, 0.2]) * count).max() <= 3
    assert all(len(set(split[groups == group])) == 1 for group in range(130))


def test_a_split_whose_shares_do_not_sum_to_one_is_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        split_images(np.array(["a"]), np.array([0]), {"train": 0.5}, np.random.default_rng(0))


def test_the_same_part_under_another_light_is_a_look_alike():
    rng = np.random.default_rng(0)
    parts = rng.integers(60, 180, (6, 1, 64, 64))
    light = np.linspace(0.5, 1.3, 64)
    both = np.concatenate([parts, parts * light]).clip(0, 255).astype(np.uint8)
    group = look_alikes(both)
    assert (group[:6] == group[6:]).all()
    assert len(set(group)) == 6
