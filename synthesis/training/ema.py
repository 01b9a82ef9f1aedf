"""The generator's moving average, which draws in the end, and the batch normalisation that fits its weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from synthesis.networks.pair import GeneratorNetwork, codes


def update_ema(average: GeneratorNetwork, generator: GeneratorNetwork, half_life: float) -> None:
    """Move the average's weights towards the generator's, in place; `half_life` is in steps."""
    update = get_ema_multi_avg_fn(0.5 ** (1 / max(half_life, 1e-8)))  # type: ignore[no-untyped-call]
    update(list(average.parameters()), list(generator.parameters()), None)


@torch.no_grad()
def recompute_batch_norm(
    network: GeneratorNetwork, labels: Tensor | None, seed: int, batches: int = 20, size: int = 256
) -> None:
    """Recompute the means and variances of batch normalisation from images of fresh codes, in place.

    An average of weights has other activations than any of the networks that it averages. `labels` (M,) are the
    classes to draw. `torch.optim.swa_utils.update_bn` does the same for networks of one input; ours also take a class.
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
