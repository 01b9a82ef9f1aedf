"""Which codes an image may have been drawn from, and the entropy of what is drawn (Dieng et al. 2019,
arXiv:1910.04302)."""

from __future__ import annotations

import torch
from torch import Tensor

from synthesis.networks.noisy import NoisyGenerator

LEAPFROGS = 5
"""Steps along a path of the sampler."""
PATHS, BURN_IN = 2, 1
"""Paths whose ends count, and those before them."""
SAMPLED_SHARE = 4
"""The entropy is that of every fourth image of a batch: the sampler passes the generator fifteen times."""
ACCEPTED = 0.67
"""Share of paths that should be accepted; the size of a step follows it."""


def entropy_term(
    generator: NoisyGenerator, z: Tensor, x: Tensor, label: Tensor | None, draws: torch.Generator
) -> Tensor:
    """A scalar whose gradient is that of the negative entropy of drawn images x (B, C, H, W) of codes (B, Z).

    The gradient of log p(x) is the mean of (mean(z) - x) / spread^2 over the codes z that may have drawn x (its
    equation 10); they are sampled from the true code on.
    """
    with torch.no_grad():
        codes = posterior_codes(generator, z[:, : generator.config.code], x.detach(), label, draws)  # (P, B, Z)
        variance = generator.spread().square()
        slope = torch.stack([(generator.mean(code, label) - x) / variance for code in codes]).mean(0)
    return (slope * x).flatten(1).sum(1).mean()


def posterior_codes(
    generator: NoisyGenerator, z: Tensor, x: Tensor, label: Tensor | None, draws: torch.Generator
) -> Tensor:
    """Codes (P, B, Z) of images x (B, C, H, W) by Hamiltonian Monte Carlo from codes (B, Z) on; the generator's step
    size is adapted in place.
    """
    codes = []
    size = generator.get_buffer("step_size")
    energy, slope = _energy(generator, z, x, label)
    for path in range(BURN_IN + PATHS):
        momentum = torch.randn(z.shape, generator=draws).to(z.device)
        end, velocity, new_slope = z, momentum, slope
        for _ in range(LEAPFROGS):
            velocity = velocity - size / 2 * new_slope
            end = end + size * velocity
            new_energy, new_slope = _energy(generator, end, x, label)
            velocity = velocity - size / 2 * new_slope
        gain = energy - new_energy + (momentum.square() - velocity.square()).sum(1) / 2
        accepted = torch.rand(len(z), generator=draws).log().to(z.device) < gain
        z = torch.where(accepted[:, None], end, z)
        energy, slope = torch.where(accepted, new_energy, energy), torch.where(accepted[:, None], new_slope, slope)
        size.mul_(1.02 if accepted.float().mean() > ACCEPTED else 0.98).clamp_(1e-4, 1.0)
        if path >= BURN_IN:
            codes.append(z)
    return torch.stack(codes)


@torch.enable_grad()
def _energy(generator: NoisyGenerator, z: Tensor, x: Tensor, label: Tensor | None) -> tuple[Tensor, Tensor]:
    """-log p(x, z) without its constants, (B,), and its gradient in z, (B, Z)."""
    z = z.detach().requires_grad_()
    apart = ((x - generator.mean(z, label)) / generator.spread().detach()).square().flatten(1).sum(1)
    energy = (apart + z.square().sum(1)) / 2
    (slope,) = torch.autograd.grad(energy.sum(), z)
    return energy.detach(), slope
