"""One step of a painter's training: it paints, and a discriminator of crops beside their outlines judges.

The discriminator sees patches near an outline only, and real and painted crops relit alike (Zhao et al. 2020), so that
it cannot tell a handful of real defects by the part around them.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import get_ema_multi_avg_fn

from synthesis.painter.crops import Crops
from synthesis.painter.network import PainterConfig, PainterNetwork, reach_of, softened
from synthesis.training.diff_augment import augment
from synthesis.training.in_parts import minimise
from synthesis.training.losses import discriminator_loss, generator_loss
from synthesis.translation.networks import PatchDiscriminator

MODE_WEIGHT = 0.02
"""Of the mode-seeking term beside the discriminator's verdict."""
LEAST_APART = 1e-2
"""Added to the difference of two paintings, of a range of 2, so that equal ones cost something finite."""
HALF_LIFE, RAMP = 50.0, 0.1
"""Steps after which half of the average weights are newer, and early in a training that as a share of the steps so far.
"""
CRITIC_WIDTH = 32


@dataclass(frozen=True)
class PainterState:
    """What a training changes: the painter, its average that paints in the end, the discriminator, the optimizers."""

    painter: PainterNetwork
    average: PainterNetwork
    critic: PatchDiscriminator
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer


def initial_state(config: PainterConfig, learning_rate: float, seed: int) -> PainterState:
    """Networks with the first weights that `seed` gives."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        painter = PainterNetwork(config)
        critic = PatchDiscriminator(config.image[0] + len(config.labels), CRITIC_WIDTH, nn.InstanceNorm2d)
    average = copy.deepcopy(painter).requires_grad_(False)
    g_optimizer, d_optimizer = (
        torch.optim.Adam(network.parameters(), learning_rate, (0.5, 0.99)) for network in (painter, critic)
    )
    return PainterState(painter, average, critic, g_optimizer, d_optimizer)


def painter_step(state: PainterState, real: Crops, good: Crops, step: int, draws: torch.Generator) -> Tensor:
    """The losses of discriminator and painter, (2,), for crops with real defects and of good parts to paint on.

    `step` counts from 1.
    """
    codes = torch.randn(2, len(good.x), state.painter.config.codes, generator=draws)
    first, second = (state.painter(good.x, good.outlines, code) for code in codes)
    fake = Crops(torch.cat([first, second]), torch.cat([good.outlines, good.outlines]))
    on_fake = _logits(state.critic, Crops(fake.x.detach(), fake.outlines), draws)
    d_loss = discriminator_loss("hinge", _logits(state.critic, real, draws), on_fake)
    minimise(state.d_optimizer, d_loss)
    state.critic.requires_grad_(False)
    on_fake = _logits(state.critic, fake, draws)
    state.critic.requires_grad_(True)
    g_loss = generator_loss("hinge", on_fake, on_fake)
    g_loss = g_loss + MODE_WEIGHT * mode_loss(first, second, codes, reach_of(good.outlines))
    minimise(state.g_optimizer, g_loss)
    update = get_ema_multi_avg_fn(0.5 ** (1 / min(HALF_LIFE, RAMP * step)))  # type: ignore[no-untyped-call]
    update(list(state.average.parameters()), list(state.painter.parameters()), None)
    return torch.stack([d_loss.detach(), g_loss.detach()])


def mode_loss(first: Tensor, second: Tensor, codes: Tensor, reach: Tensor) -> Tensor:
    """What it costs, a scalar, that paintings (B, C, H, W) of two codes, (2, B, Z), look alike.

    The distance of the codes over that of the paintings under `reach` (B, 1, H, W) (Mao et al. 2019, arXiv:1903.05628,
    as DFMGAN uses it).
    """
    apart = ((first - second).abs().mean(1, keepdim=True) * reach).sum((1, 2, 3)) / reach.sum((1, 2, 3))
    distance = (codes[0] - codes[1]).abs().mean(1)
    return (distance / (apart + LEAST_APART)).mean()


def _logits(critic: PatchDiscriminator, crops: Crops, draws: torch.Generator) -> Tensor:
    """The logits, (M,), of all patches of relit crops on whose middle an outline lies."""
    relit = augment(crops.x, ("colour",), draws)
    logits: Tensor = critic(torch.cat([relit, softened(crops.outlines)], 1))
    marked = F.adaptive_max_pool2d(crops.outlines.amax(1, keepdim=True), logits.shape[2:]) > 0
    return logits[marked]
