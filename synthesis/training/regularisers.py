"""What some papers add to both networks' losses, beside how real an image looks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.networks.information import InformationGenerator, code_loss
from synthesis.networks.pair import GeneratorNetwork, Verdict

NUMBERS_WEIGHT = 0.1
"""Of the numbers in InfoGAN's code against its category (Chen et al. 2016, appendix C)."""


def recovery_loss(verdict: Verdict, generator: GeneratorNetwork, z: Tensor) -> Tensor:
    """How badly the codes (B, Z) of drawn images were recovered, a scalar; 0 for networks that recover none."""
    if verdict.code is None or not isinstance(generator, InformationGenerator):
        return verdict.logit.new_zeros((), dtype=torch.float32)
    return code_loss(verdict.code, *generator.known_part(z), NUMBERS_WEIGHT)


def pulling_away(features: Tensor) -> Tensor:
    """The mean squared cosine between the features (B, F) of different images, a scalar: 0 where they are orthogonal
    (Zhao et al. 2017, arXiv:1609.03126, section 2.4).
    """
    directions = F.normalize(features.float(), dim=1)
    count = len(directions)
    squared = (directions @ directions.T).square()
    return (squared.sum() - squared.diagonal().sum()) / (count * (count - 1))


def orthogonality(network: nn.Module) -> Tensor:
    """The squared products between the filters of each convolution, a scalar: filters may have any length (Brock et al.
    2019, arXiv:1809.11096, section 3.1). Dense layers are left out: the first has more rows than can be orthogonal.
    """
    total = torch.zeros((), device=next(network.parameters()).device)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            rows = module.weight.flatten(1)
            products = rows @ rows.T
            total = total + products.square().sum() - products.diagonal().square().sum()
    return total


def distance_from_past(network: nn.Module, past: nn.Module) -> Tensor:
    """The squared distance of the weights from their mean so far, a scalar (Salimans et al. 2016, arXiv:1606.03498,
    section 3.3).
    """
    pairs = zip(network.parameters(), past.parameters(), strict=True)
    return torch.stack([(now - before.detach()).square().sum() for now, before in pairs]).sum()


@torch.no_grad()
def remember(past: nn.Module, network: nn.Module, step: int) -> None:
    """Add the weights behind a step, counted from 1, to their mean so far, in place."""
    for before, now in zip(past.parameters(), network.parameters(), strict=True):
        before.lerp_(now, 1 / (step + 1))  # the first weights count as well
