"""What generator and discriminator are trained on: losses over logits, and penalties on the discriminator's slope."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from synthesis.networks.dcgan import Discriminator, Verdict

Loss = Literal["bce", "least-squares", "hinge", "wasserstein", "relativistic"]
Penalty = Literal["none", "gradient", "r1-r2"]


def discriminator_loss(loss: Loss, real: Tensor, fake: Tensor, real_target: float = 1.0) -> Tensor:
    """What the discriminator is to make small, a scalar, of its logits (B,) for real and for drawn images.

    bce: Goodfellow et al. 2014; `real_target` below 1 smooths the label of real images alone (Salimans et al. 2016).
    least-squares: Mao et al. 2017; hinge: Lim and Ye 2017; wasserstein: Arjovsky et al. 2017; relativistic: of pairs,
    Jolicoeur-Martineau 2019, as Huang et al. 2024 (arXiv:2501.05441) use it.
    """
    if loss == "bce":
        wanted = torch.full_like(real, real_target)
        return F.binary_cross_entropy_with_logits(real, wanted) + F.softplus(fake).mean()
    if loss == "least-squares":
        return ((real - real_target).square().mean() + fake.square().mean()) / 2
    if loss == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if loss == "wasserstein":
        return fake.mean() - real.mean()
    return F.softplus(fake - real).mean()


def generator_loss(loss: Loss, fake: Tensor, real: Tensor) -> Tensor:
    """What the generator is to make small, a scalar, of logits (B,); `real` counts for pairs alone. bce does not
    saturate: it is the drawn images' loss as if they were real.
    """
    if loss == "bce":
        return F.softplus(-fake).mean()
    if loss == "least-squares":
        return (fake - 1).square().mean() / 2
    if loss in ("hinge", "wasserstein"):
        return -fake.mean()
    return F.softplus(real - fake).mean()


def class_loss(said: Verdict, label: Tensor | None) -> Tensor:
    """How badly the classes are told, a scalar in nats, for both networks to make small (Odena et al. 2017); 0 without
    a head for them.
    """
    if said.classes is None or label is None:
        return said.logit.new_zeros((), dtype=torch.float32)
    return F.cross_entropy(said.classes.float(), label)


def feature_distance(real: Verdict, made: Verdict) -> Tensor:
    """The squared distance of the mean features of real and drawn images, a scalar (Salimans et al. 2016)."""
    return (real.features.float().mean(0) - made.features.float().mean(0)).square().sum()


def gradient_penalty(critic: Discriminator, real: Tensor, fake: Tensor, label: Tensor | None, share: Tensor) -> Tensor:
    """(|slope| - 1) squared between real and drawn images, a scalar (Gulrajani et al. 2017, arXiv:1704.00028).

    `share` (B, 1, 1, 1) in [0, 1] says where on the line between each pair.
    """
    between = real + share * (fake - real)
    return (squared_slope(critic, between, label).add(1e-12).sqrt() - 1).square().mean()


def squared_slope(critic: Discriminator, x: Tensor, label: Tensor | None) -> Tensor:
    """The squared length of the gradient of each image's logit, (B,): R1 on real images, R2 on drawn ones
    (Mescheder et al. 2018, arXiv:1801.04406).
    """
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x, label).sum(), x, create_graph=True)
    squared: Tensor = slope.flatten(1).square().sum(1)
    return squared
