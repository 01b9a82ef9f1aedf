"""From a fitted model to nats: Monte-Carlo reconstruction probability of windows, averaged over the rows they cover."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Normal

from anomaly.vae.model import VAE


@dataclass(frozen=True)
class Reconstruction:
    """What a VAE says of inputs x (B, ...)."""

    log_prob: Tensor  # shape of x: E over draws of log p(x|z), nats
    expected: Tensor  # shape of x: E over draws of the mean of p(x|z)
    kl: Tensor  # (B,) KL(q(z|x) || N(0, 1)), nats


def antithetic_draws(n_samples: int, latent: int, generator: torch.Generator) -> Tensor:
    """Standard normal draws (S, Z) in pairs of opposite sign, the same for every input that is scored with them."""
    half = torch.randn(-(-n_samples // 2), latent, generator=generator)
    return torch.cat([half, -half])[:n_samples]


@torch.no_grad()
def reconstruct(model: VAE, x: Tensor, draws: Tensor) -> Reconstruction:
    """Reconstruction probability of x (B, ...) with draws (S, Z): log-probabilities are averaged, not probabilities.

    An and Cho 2015, "Variational Autoencoder based Anomaly Detection using Reconstruction Probability", algorithm 4.
    """
    q = model.encode(x)
    p = model.decode(q.mean + q.stddev * draws[:, None])  # (S, B, ...)
    return Reconstruction(p.log_prob(x).mean(0), p.mean.mean(0), kl_nats(q))


def kl_nats(q: Normal) -> Tensor:
    """KL(q(z|x) || N(0, 1)) of q (B, Z), (B,) nats."""
    return 0.5 * (q.mean.square() + q.variance - 1.0 - q.variance.log()).sum(1)


@torch.no_grad()
def fill_missing(model: VAE, x: Tensor, missing: Tensor, rounds: int = 3) -> Tensor:
    """x (B, ...) with what is `missing` replaced by what the model expects there, given the rest.

    Alternating between code and values approaches the conditional mean (Rezende et al. 2014, arXiv:1401.4082, F).
    """
    for _ in range(rounds):
        x = torch.where(missing, model.decode(model.encode(x).mean).mean, x)
    return x
