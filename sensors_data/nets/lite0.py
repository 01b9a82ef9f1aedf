"""EfficientNet-Lite0 as trained on ImageNet, frozen, from the optional packages `nightscore[patches]`."""

from __future__ import annotations

import copy
from functools import lru_cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from sensors_data.pretrained import COLOURS, lite0_weights

HALVING = 11
"""The block that halves the maps for the last time, to a 32nd of the image's side."""


@lru_cache(maxsize=2)
def lite0(purpose: str, layout: torch.memory_format) -> Any:
    """The network with its published weights, which are never trained further, laid out in memory as asked.

    LookupError when `purpose` needs packages that are missing, ValueError when the weights are not the known ones.
    """
    path = lite0_weights(purpose)
    network = import_module("efficientnet_lite_pytorch").EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(path, weights_only=True))  # tensors alone: this loader runs no code
    return network.eval().requires_grad_(False).to(memory_format=layout)


@lru_cache(maxsize=1)
def fine_lite0(purpose: str, layout: torch.memory_format) -> Any:
    """The same network with maps twice as fine behind block 10: it no longer halves there, and later blocks look twice
    as far between pixels instead, so their weights see what they were trained to see (Chen et al. 2017,
    arXiv:1606.00915).

    LookupError and ValueError as `lite0` raises them.
    """
    network = copy.deepcopy(lite0(purpose, layout))
    for number, block in enumerate(network._blocks[HALVING:], HALVING):
        convolution = block._depthwise_conv
        reach = convolution.kernel_size[0] // 2
        if number == HALVING:
            convolution.stride = (1, 1)
        else:
            convolution.dilation, reach = (2, 2), 2 * reach
        convolution.static_padding = nn.ZeroPad2d((reach,) * 4)
    return network


def imagenet_colours(x: Tensor) -> Tensor:
    """Images (B, 3, H, W) in [0, 1] with the mean and standard deviation of colours that the network expects."""
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in COLOURS)
    return (x - mean) / std


def block_outputs(network: Any, x: Tensor, blocks: tuple[int, ...]) -> list[Tensor]:
    """The outputs of some of the network's blocks, in rising order, for images x (B, 3, H, W) of ImageNet's colours.

    The package has no public way to stop between blocks: this is the only place that reaches into it.
    """
    out = network._swish(network._bn0(network._conv_stem(x)))
    outputs = []
    for number, block in enumerate(network._blocks[: blocks[-1] + 1]):
        out = block(out, drop_connect_rate=0)
        if number in blocks:
            outputs.append(out)
    return outputs
