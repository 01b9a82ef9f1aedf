"""The generator's moving average, which draws in the end, and the normalisation that fits its weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from synthesis.networks.dcgan import Generator, codes


@torch.no_grad()
def follow(average: Generator, generator: Generator, half_life: float) -> None:
    """Move the average's weights towards the generator's, in place; half of an old one is gone in `half_life` steps."""
    share = 1 - 0.5 ** (1 / max(half_life, 1e-8))
    torch._foreach_lerp_(list(average.parameters()), list(generator.parameters()), share)


@torch.no_grad()
def settle(network: Generator, labels: Tensor | None, seed: int, batches: int = 20, size: int = 256) -> None:
    """Set the batch normalisation's means and variances to those of the network as it is now, in place.

    An average of weights has other activations than any of the networks that it is the average of. `labels` (M,) are
    the classes that images are drawn of.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    draws = torch.Generator().manual_seed(seed)
    device = next(network.parameters()).device
    network.train()
    for _ in range(batches if norms else 0):
        z = codes(size, network.config.latent, draws).to(device)
        label = None if labels is None else labels[torch.randint(len(labels), (size,), generator=draws)].to(device)
        network(z, label)
    network.eval()
