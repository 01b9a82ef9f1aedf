import pytest
import torch

from synthesis.quality.ordinary import NOTHING, Ordinary, varied

TARGET = torch.eye(2).repeat(32, 1)


@pytest.fixture
def x() -> torch.Tensor:
    """64 images with one bright pixel left of the middle; every other image is darker."""
    x = torch.full((64, 1, 9, 9), 0.2)
    x[:, :, 4, 3] = 1.0
    x[1::2] *= 0.5
    return x


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_nothing_leaves_images_and_targets_as_they_are(x):
    same, target = varied(x, TARGET, NOTHING, seeded())
    assert torch.equal(same, x)
    assert torch.equal(target, TARGET)


def test_half_of_the_images_are_mirrored(x):
    mirrored, _ = varied(x, TARGET, Ordinary(mirror=True, shift=0, light=0, mix=0), seeded())
    moved = mirrored[:, 0, 4, 5] == x[:, 0, 4, 3]
    assert 20 < int(moved.sum()) < 44
    assert torch.equal(mirrored[~moved], x[~moved])


def test_a_moved_image_keeps_its_bright_pixel_within_the_shift(x):
    moved, _ = varied(x, TARGET, Ordinary(shift=2, light=0, mix=0), seeded())
    places = moved.flatten(1).argmax(1)
    rows, columns = places // 9, places % 9
    assert set(rows.tolist()) == {2, 3, 4, 5, 6}
    assert set(columns.tolist()) == {1, 2, 3, 4, 5}


def test_light_changes_brightness_by_a_tenth_at_most_and_stays_in_range(x):
    lit, _ = varied(x, TARGET, Ordinary(shift=0, light=0.2, mix=0), seeded())
    ratio = lit[1::2].mean((1, 2, 3)) / x[1::2].mean((1, 2, 3))
    assert 0.9 <= float(ratio.min()) < 0.95
    assert 1.05 < float(ratio.max()) <= 1.1
    assert float(lit.max()) <= 1


def test_a_box_of_another_image_takes_its_share_of_the_target(x):
    x[::2], x[1::2] = 0.0, 1.0  # the brightness tells the class
    mixed, target = varied(x, TARGET, Ordinary(shift=0, light=0, mix=1), seeded())
    assert torch.allclose(mixed.mean((1, 2, 3)), target[:, 1], atol=1e-6)
    assert torch.allclose(target.sum(1), torch.ones(64))
    assert 0 < float(target[target > 0].min()) < 0.5
