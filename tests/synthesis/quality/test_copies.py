import numpy as np
import pytest

from synthesis.quality.copies import find_copies, membership_auc, neighbours_sheet

RNG = np.random.default_rng(0)


def blobs(count: int, seed: int) -> np.ndarray:
    """Images of a bright spot somewhere, of some size and brightness, (count, 1, 20, 20) uint8."""
    rng = np.random.default_rng(seed)
    y, x, size, level = (part[:, None, None] for part in rng.uniform([3, 3, 1, 120], [17, 17, 4, 255], (count, 4)).T)
    rows, columns = np.mgrid[:20, :20]
    spot = level * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * size**2))
    return np.clip(np.rint(spot), 0, 255).astype(np.uint8)[:, None]


LEARNED, UNSEEN, FRESH = blobs(800, 1), blobs(200, 2), blobs(300, 3)


def test_fresh_images_of_the_same_kind_are_no_copies():
    assert find_copies(FRESH, LEARNED, UNSEEN).share <= 0.01
    assert membership_auc(FRESH, LEARNED, UNSEEN) == pytest.approx(0.5, abs=0.06)


def test_every_planted_copy_is_found_with_the_image_that_it_was_made_of():
    planted = FRESH.copy()
    planted[:30] = LEARNED[100:130]
    found = find_copies(planted, LEARNED, UNSEEN)
    assert found.copied[:30].all()
    assert found.copied[30:].mean() <= 0.01
    assert found.nearest[:30].tolist() == list(range(100, 130))


def test_a_picture_sets_the_nearest_learned_and_unseen_image_below_each_drawn_one():
    planted = FRESH.copy()
    planted[7] = LEARNED[100]
    picture = neighbours_sheet(planted, LEARNED, UNSEEN, 3)
    assert picture.shape == (1, 3 * 22 - 2, 3 * 22 - 2)
    assert np.array_equal(picture[:, :20, :20], LEARNED[100])
    assert np.array_equal(picture[:, 22:42, :20], LEARNED[100])
    assert not np.array_equal(picture[:, 44:64, :20], LEARNED[100])


def test_a_copy_with_a_little_noise_is_found_too():
    noisy = np.clip(LEARNED[:100].astype(int) + RNG.integers(-1, 2, LEARNED[:100].shape), 0, 255).astype(np.uint8)
    assert find_copies(noisy, LEARNED, UNSEEN).share > 0.9


def test_a_batch_of_copies_gives_its_members_away():
    assert membership_auc(LEARNED[:200], LEARNED, UNSEEN) > 0.9


def test_large_images_are_compared_at_a_smaller_size():
    large = np.repeat(np.repeat(LEARNED[:50], 4, axis=2), 4, axis=3)
    others = np.repeat(np.repeat(UNSEEN[:50], 4, axis=2), 4, axis=3)
    assert find_copies(large[:5], large, others).copied.all()
