"""Features of images without classes: the mean maps of two levels of EfficientNet-Lite0 as trained on ImageNet."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from sensors_data.nets.lite0 import block_outputs, imagenet_colours, lite0
from sensors_data.pretrained import LITE0_SHA256

SIDE = 96
"""Pixels a side at which Lite0 sees images."""
BLOCKS = (10, 13)
"""Blocks whose outputs are averaged over the image: 112 and 192 channels."""


def lite0_features() -> tuple[Callable[[Tensor], Tensor], str]:
    """A function from images (B, C, H, W) in [0, 1] to features (B, 304), and the hash of the network's weights.

    LookupError when the optional packages are missing, ValueError when the weights are not the known ones.
    """
    network = lite0("images without classes", torch.contiguous_format)

    def features(x: Tensor) -> Tensor:
        x = F.interpolate(x.expand(-1, 3, -1, -1), (SIDE, SIDE), mode="bilinear", align_corners=False, antialias=True)
        return torch.cat([out.mean((2, 3)) for out in block_outputs(network, imagenet_colours(x), BLOCKS)], 1)

    return features, LITE0_SHA256[:12]
