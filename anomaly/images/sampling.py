"""Images from a VAE over pixels: reconstructions, interpolations, samples, and variations."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from anomaly.images.vae import ImageVAE


@torch.no_grad()
def decoded(model: ImageVAE, z: Tensor) -> np.ndarray:
    """The mean images of codes (N, Z), uint8 (N, C, H, W)."""
    grey: np.ndarray = (model.decode(z).mean.clamp(0, 1) * 255).round().byte().numpy()
    return grey


@torch.no_grad()
def reconstructed(model: ImageVAE, x: Tensor) -> np.ndarray:
    """The reconstructions of images x (N, C, H, W) in [0, 1], from the means of their codes."""
    return decoded(model, model.encode(x).mean)


@torch.no_grad()
def noised(model: ImageVAE, x: Tensor, std: float, generator: torch.Generator) -> np.ndarray:
    """Variations of images: their codes' means plus normal noise of standard deviation `std`."""
    code = model.encode(x).mean
    return decoded(model, code + std * torch.randn(code.shape, generator=generator))


@torch.no_grad()
def interpolated(model: ImageVAE, first: Tensor, last: Tensor, count: int) -> np.ndarray:
    """`count` images on the straight line between the codes of two images (C, H, W), ends included."""
    start, end = model.encode(torch.stack([first, last])).mean
    weight = torch.linspace(0, 1, count)[:, None]
    return decoded(model, start + weight * (end - start))


def sampled(model: ImageVAE, codes: Tensor, count: int, generator: torch.Generator) -> np.ndarray:
    """`count` images of codes sampled from the normal distribution fitted to the codes (N, Z) of real images.

    Few images leave parts of the prior without codes, and the decoder draws nothing useful there (ex-post density
    estimation, Ghosh et al. 2020, arXiv:1903.12436).
    """
    factor = torch.linalg.cholesky(torch.cov(codes.T) + 1e-4 * torch.eye(codes.shape[1]))
    return decoded(model, codes.mean(0) + torch.randn(count, codes.shape[1], generator=generator) @ factor.T)
