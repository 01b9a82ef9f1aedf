import pytest
import torch
from torch import nn

from synthesis.training.losses import discriminator_loss, generator_loss
from synthesis.training.regularisers import distance_from_past, orthogonality, pulling_away, remember


def test_features_that_are_orthogonal_are_left_and_those_that_are_alike_are_pulled_apart():
    assert pulling_away(7 * torch.eye(4)).item() == pytest.approx(0)
    assert pulling_away(torch.ones(4, 3)).item() == pytest.approx(1)
    assert pulling_away(torch.tensor([[1.0, 0], [1, 1]])).item() == pytest.approx(0.5)


def test_filters_may_have_any_length_and_no_common_direction():
    convolution = nn.Conv2d(2, 2, 1, bias=False)
    for rows, expected in (([[3.0, 0], [0, 5]], 0), ([[1.0, 0], [2, 1]], 8)):
        with torch.no_grad():
            convolution.weight.copy_(torch.tensor(rows)[..., None, None])
        assert orthogonality(convolution).item() == pytest.approx(expected)


def test_the_past_is_the_mean_of_all_weights_so_far():
    now, past = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    values = [4.0, 1.0, -2.0]
    with torch.no_grad():
        past.weight.fill_(values[0])
        for step, value in enumerate(values[1:], 1):
            now.weight.fill_(value)
            remember(past, now, step)
    assert past.weight.item() == pytest.approx(1.0)
    assert distance_from_past(now, past).item() == pytest.approx(9.0)


def test_fake_images_count_in_the_energy_loss_up_to_its_margin():
    real, fake = torch.tensor([-2.0, -4.0]), torch.tensor([-1.0, -12.0])  # negative energies
    assert discriminator_loss("energy", real, fake, margin=10).item() == pytest.approx(3 + 4.5)
    assert generator_loss("energy", fake, real).item() == pytest.approx(6.5)
