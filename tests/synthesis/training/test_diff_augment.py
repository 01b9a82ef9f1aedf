import pytest
import torch

from synthesis.training.diff_augment import augment


def draws() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_without_changes_images_stay_as_they_are():
    x = torch.rand(3, 1, 8, 8)
    assert augment(x, (), draws()) is x


@pytest.mark.parametrize("change", ["colour", "shift", "cutout", "flip"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_change_lets_gradients_through_and_keeps_the_shape(change, channels):
    x = torch.rand(6, channels, 16, 16, requires_grad=True)
    out = augment(x, (change,), draws())
    assert out.shape == x.shape
    assert not torch.equal(out, x)
    out.sum().backward()
    assert x.grad.abs().sum() > 0


def test_a_shift_moves_by_at_most_an_eighth_of_the_side():
    x = torch.zeros(64, 1, 16, 16)
    x[:, :, 8, 8] = 1
    _, _, rows, columns = torch.nonzero(augment(x, ("shift",), draws()), as_tuple=True)
    assert len(rows) == 64
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 10, 6, 10)


def test_a_cutout_takes_a_quarter_of_the_image_or_less_at_the_edge():
    gone = (augment(torch.ones(500, 1, 32, 32), ("cutout",), draws()) == 0).float().mean((1, 2, 3))
    assert gone.max() <= 0.25
    assert gone.mean() > 0.12


def test_a_flip_mirrors_every_other_image():
    x = torch.arange(4.0).expand(400, 1, 4, 4)
    mirrored = (augment(x, ("flip",), draws())[:, 0, 0, 0] == 3).float().mean()
    assert float(mirrored) == pytest.approx(0.5, abs=0.08)
