import math

import pytest
import torch
from torch import nn

from synthesis.networks.pair import Verdict
from synthesis.training.losses import (
    class_loss,
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_norm_squared,
    gradient_penalty,
)

REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -2.0])


def softplus(x: float) -> float:
    return math.log1p(math.exp(x))


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator"),
    [
        (
            "bce",
            (softplus(-2) + softplus(1)) / 2 + (softplus(0.5) + softplus(-2)) / 2,
            (softplus(-0.5) + softplus(2)) / 2,
        ),
        ("least-squares", ((1 + 4) / 2 + (0.25 + 4) / 2) / 2, (0.25 + 9) / 4),
        ("hinge", (0 + 2) / 2 + (1.5 + 0) / 2, 0.75),
        ("wasserstein", -0.75 - 0.5, 0.75),
        ("relativistic", (softplus(-1.5) + softplus(-1)) / 2, (softplus(1.5) + softplus(1)) / 2),
    ],
)
def test_a_loss_is_its_closed_form(loss, discriminator, generator):
    assert float(discriminator_loss(loss, REAL, FAKE)) == pytest.approx(discriminator, rel=1e-6)
    assert float(generator_loss(loss, FAKE, REAL)) == pytest.approx(generator, rel=1e-6)


def test_smoothing_changes_the_label_of_real_images_alone():
    zero = torch.zeros(1)
    assert float(discriminator_loss("bce", zero, FAKE, 0.9)) == pytest.approx(
        float(discriminator_loss("bce", zero, FAKE))
    )
    sure = torch.full((1,), 10.0)  # with a target of .9 being sure costs a tenth of the logit
    assert float(discriminator_loss("bce", sure, FAKE, 0.9) - discriminator_loss("bce", sure, FAKE)) == pytest.approx(
        1.0
    )


def test_telling_the_class_costs_its_cross_entropy_and_nothing_without_a_head():
    sure = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0]])
    said = Verdict(torch.zeros(2), torch.zeros(2, 3), sure)
    assert float(class_loss(said, torch.tensor([0, 1]))) == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)
    assert float(class_loss(Verdict(torch.zeros(2), torch.zeros(2, 3), None), torch.tensor([0, 1]))) == 0


def test_matched_features_are_as_far_apart_as_their_means():
    real = Verdict(torch.zeros(2), torch.tensor([[1.0, 0.0], [3.0, 0.0]]), None)
    made = Verdict(torch.zeros(2), torch.tensor([[0.0, 1.0], [0.0, 3.0]]), None)
    assert float(feature_distance(real, made)) == pytest.approx(2**2 + 2**2)


class Linear(nn.Module):
    """A critic whose slope is known."""

    def forward(self, x, label):
        return 3 * x.flatten(1).sum(1)


def test_the_slope_of_a_linear_critic_is_its_weights():
    x = torch.rand(5, 1, 2, 2)
    assert gradient_norm_squared(Linear(), x, None).tolist() == pytest.approx([36.0] * 5)
    share = torch.rand(5, 1, 1, 1)
    assert float(gradient_penalty(Linear(), x, x + 1, None, share)) == pytest.approx((6 - 1) ** 2)
