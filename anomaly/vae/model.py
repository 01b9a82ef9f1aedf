"""What both VAEs offer."""

from __future__ import annotations

from torch import Tensor, nn
from torch.distributions import Distribution, Normal


class VAE(nn.Module):
    """What both VAEs offer: a code's distribution from an input, and an input's distribution from a code."""

    latent: int
    """Z, the size of the code."""

    def encode(self, x: Tensor) -> Normal:
        """q(z|x), (B, ...) -> (B, Z)."""
        raise NotImplementedError

    def decode(self, z: Tensor) -> Distribution:
        """p(x|z), (..., Z) -> (..., *x.shape[1:])."""
        raise NotImplementedError
