"""Patches of a frozen EfficientNet-Lite0, from the optional packages `nightscore[patches]`."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from anomaly.images.blur import blurred
from sensors_data.nets.lite0 import block_outputs, imagenet_colours, lite0

LEVELS = (11, 12, 13)
"""Blocks whose outputs are used: 192 channels each."""
PATCH = 32
"""Pixels a side of the patch behind each value."""
SHADE = 0.08
"""Standard deviation of the blur that estimates the light on an image, as a fraction of its side."""


@torch.no_grad()
def patch_features(x: Tensor, side: int) -> Tensor:
    """Features of the patches of x (B, C, H, W) in [0, 1] at `side` pixels: (B, P, 1152), P = (side / 32) squared.

    Exposure and light are no defects, so there are two views of an image: one of standard brightness and contrast, and
    one that is first divided by the light on it. Each view gives the outputs of three levels, averaged over the image
    and its three mirror images, because a texture has no preferred orientation.
    """
    lit = blurred(x.mean(1, keepdim=True), SHADE * min(x.shape[2:]))
    views = (
        F.interpolate(_of_one_exposure(view), (side, side), mode="bilinear", align_corners=False)
        for view in (x, x / (lit + 0.05))
    )
    return torch.cat([_levels_over_mirrors(view) for view in views], dim=1).flatten(2).transpose(1, 2)


def _of_one_exposure(x: Tensor) -> Tensor:
    """Images x (B, C, H, W) of one brightness and contrast, as the network expects its colours, (B, 3, H, W)."""
    level, contrast = x.mean((1, 2, 3), keepdim=True), x.std((1, 2, 3), keepdim=True)
    even = ((x - level) / (contrast + 0.016) * 0.157 + 0.45).clamp(0, 1)
    return imagenet_colours(even.expand(-1, 3, -1, -1))


def _levels_over_mirrors(x: Tensor) -> Tensor:
    """The three levels of x (B, 3, H, W), one over the other, (B, 576, H / 32, W / 32): the mean over four mirrors."""
    mirrors: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
    return torch.stack([_levels(x.flip(mirror)).flip(mirror) for mirror in mirrors]).mean(0)


def _levels(x: Tensor) -> Tensor:
    network = lite0("patches", torch.channels_last)  # nearly twice as fast on a CPU as the usual layout
    return torch.cat(block_outputs(network, x.contiguous(memory_format=torch.channels_last), LEVELS), dim=1)
