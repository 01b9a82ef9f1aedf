"""The losses of generator and discriminator, and penalties on the discriminator's gradient."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from synthesis.networks.pair import DiscriminatorNetwork, Verdict

Loss = Literal["bce", "least-squares", "hinge", "wasserstein", "relativistic", "energy"]
Penalty = Literal["none", "gradient", "r1", "r1-r2"]


def discriminator_loss(
    loss: Loss, real: Tensor, fake: Tensor, real_target: float = 1.0, margin: float = 10.0
) -> Tensor:
    """The discriminator's loss, a scalar, of its logits (B,) for real and for fake images.

    bce: Goodfellow et al. 2014; `real_target` below 1 smooths the label of real images alone (Salimans et al. 2016).
    least-squares: Mao et al. 2017; hinge: Lim and Ye 2017; wasserstein: Arjovsky et al. 2017; relativistic: of pairs,
    Jolicoeur-Martineau 2019, as Huang et al. 2024 (arXiv:2501.05441) use it; energy: Zhao et al. 2017, of negative
    energies, where those of fake images count up to the `margin`.
    """
    if loss == "bce":
        target = torch.full_like(real, real_target)
        return F.binary_cross_entropy_with_logits(real, target) + F.softplus(fake).mean()
    if loss == "least-squares":
        return ((real - real_target).square().mean() + fake.square().mean()) / 2
    if loss == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if loss == "wasserstein":
        return fake.mean() - real.mean()
    if loss == "energy":
        return F.relu(margin + fake).mean() - real.mean()
    return F.softplus(fake - real).mean()


def generator_loss(loss: Loss, fake: Tensor, real: Tensor) -> Tensor:
    """The generator's loss, a scalar, of logits (B,); only the relativistic loss uses `real`. bce is the
    non-saturating one: the loss of fake images labelled as real.
    """
    if loss == "bce":
        return F.softplus(-fake).mean()
    if loss == "least-squares":
        return (fake - 1).square().mean() / 2
    if loss in ("hinge", "wasserstein", "energy"):
        return -fake.mean()
    return F.softplus(real - fake).mean()


def class_loss(verdict: Verdict, label: Tensor | None) -> Tensor:
    """Cross-entropy of the classes, a scalar in nats, part of both networks' loss (Odena et al. 2017); 0 without a
    class head.
    """
    if verdict.classes is None or label is None:
        return verdict.logit.new_zeros((), dtype=torch.float32)
    return F.cross_entropy(verdict.classes.float(), label)


def feature_distance(real: Verdict, fake: Verdict) -> Tensor:
    """The squared distance of the mean features of real and fake images, a scalar (Salimans et al. 2016)."""
    return (real.features.float().mean(0) - fake.features.float().mean(0)).square().sum()


def gradient_penalty(
    critic: DiscriminatorNetwork, real: Tensor, fake: Tensor, label: Tensor | None, weight: Tensor
) -> Tensor:
    """(|gradient| - 1) squared at points between real and fake images, a scalar (Gulrajani et al. 2017,
    arXiv:1704.00028). `weight` (B, 1, 1, 1) in [0, 1] places each point: 0 at the real image, 1 at the fake one.
    """
    between = real + weight * (fake - real)
    return (gradient_norm_squared(critic, between, label).add(1e-12).sqrt() - 1).square().mean()


def gradient_norm_squared(critic: DiscriminatorNetwork, x: Tensor, label: Tensor | None) -> Tensor:
    """The squared norm of the gradient of each image's logit, (B,): R1 on real images, R2 on fake ones
    (Mescheder et al. 2018, arXiv:1801.04406).
    """
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x, label).sum(), x, create_graph=True)
    squared: Tensor = gradient.flatten(1).square().sum(1)
    return squared
