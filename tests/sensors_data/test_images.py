import numpy as np
import pytest

from sensors_data.images import Augmentation, augment, look_alikes, resize, split_images, standardise, with_channels


def test_a_flat_image_stays_flat_when_it_is_resized():
    assert (resize(np.full((2, 3, 40, 30), 77, np.uint8), 28) == 77).all()


def test_colour_becomes_its_luma():
    red = np.zeros((1, 3, 2, 2), np.uint8)
    red[:, 0] = 200
    assert with_channels(red, 1).tolist() == [[[[60, 60], [60, 60]]]]  # 0.299 * 200 = 59.8


def test_standardised_grey_levels_lie_between_0_and_1():
    assert standardise(np.array([0, 51, 255], np.uint8)).tolist() == pytest.approx([0, 0.2, 1])


def test_a_flip_mirrors_and_nothing_else():
    x = np.arange(16 * 50, dtype=np.uint8).reshape(50, 1, 4, 4)
    out = augment(x, Augmentation(flip=True), np.random.default_rng(0))
    mirrored = (out == x[..., ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (out == x).all(axis=(1, 2, 3))).all()
    assert 15 < mirrored.sum() < 35


def test_brightness_stays_within_its_bound():
    x = np.full((200, 1, 8, 8), 100, np.uint8)
    out = augment(x, Augmentation(brightness=0.1), np.random.default_rng(0))
    assert out.min() >= 90
    assert out.max() <= 110
    assert out.std() > 3


def test_shift_and_rotation_keep_a_flat_image_flat():
    x = np.full((5, 3, 8, 8), 9, np.uint8)
    changes = Augmentation(rotation_deg=20, shift_px=2)
    assert (augment(x, changes, np.random.default_rng(0)) == 9).all()


def test_the_same_seed_augments_alike():
    x = np.random.default_rng(1).integers(0, 256, (4, 1, 8, 8), dtype=np.uint8)
    changes = Augmentation(flip=True, rotation_deg=5, shift_px=1, brightness=0.2)
    first, second = (augment(x, changes, np.random.default_rng(3)) for _ in range(2))
    assert (first == second).all()


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
