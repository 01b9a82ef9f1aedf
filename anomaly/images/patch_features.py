"""Patches of a frozen network: EfficientNet-Lite0, from the packages of `nightscore[patches]`, or one of the user's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from anomaly.images.backbone import backbone
from anomaly.images.blur import blurred
from sensors_data.nets.lite0 import block_outputs, fine_lite0, imagenet_colours, lite0

LEVELS = {16: (10, 11, 12, 13), 32: (11, 12, 13)}
"""Blocks whose outputs are used, by the pixels between patches: 112 channels of the tenth, 192 of each other."""
FINE = 4
"""The block whose outputs are the fine level: 40 channels, eight pixels apart."""
PATCH = 32
"""Pixels a side of the patch behind each value."""
MIRRORS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))
"""Axes along which an image is mirrored."""
SHADE = 0.08
"""Standard deviation of the blur that estimates the light on an image, as a fraction of its side."""
AT_ONCE = 4
"""Images that pass through the network together. More need memory that the system gives page by page, at the cost of
the passes themselves."""

Maps = Callable[[Tensor], list[Tensor]]
"""What a network makes of images (B, 3, S, S) of ImageNet's colours: maps, (B, C, h, w) each."""


@torch.no_grad()
def patch_features(x: Tensor, side: int, stride: int, mirrors: int = 4) -> Tensor:
    """Features of the patches of x (B, C, H, W) in [0, 1] at `side` pixels, one every `stride` pixels: (B, P, F), P =
    (side / stride) squared, F 1376 for a stride of 16 and 1152 for 32.

    Exposure and light are no defects, so there are two views of an image: one of standard brightness and contrast, and
    one that is first divided by the light on it. Each view gives the outputs of several levels, averaged over the image
    and its mirror images, four in all, because a texture has no preferred orientation.
    """
    return _flat(_of_levels(x, side, mirrors, _lite0_maps(stride, LEVELS[stride])))


@torch.no_grad()
def own_patch_features(x: Tensor, side: int, stride: int, mirrors: int, sha256: str) -> Tensor:
    """As `patch_features`, by the maps of a network of the user's own, which its file's hash names; F is its own.

    NotThereError unless the network was opened.
    """
    return _flat(_of_levels(x, side, mirrors, partial(backbone(sha256).maps, grid=side // stride)))


@torch.no_grad()
def patch_features_of_two_scales(x: Tensor, side: int, mirrors: int = 4) -> tuple[Tensor, Tensor]:
    """`patch_features` every 16 pixels, and those of the fine level every 8, (B, 4 P, 40), from the same passes.

    Of the fine level the view under even light serves alone: so near to the pixels the light itself would show.
    """
    fine, *deep = _of_levels(x, side, mirrors, _lite0_maps(16, (FINE, *LEVELS[16])))
    return _flat(deep), fine[:, 1].flatten(2).transpose(1, 2)


def _flat(levels: list[Tensor]) -> Tensor:
    """The features of each place, (B, P, F): those of the first view, level by level, then those of the second."""
    of_views = [torch.cat([level[:, view] for level in levels], dim=1) for view in (0, 1)]
    return torch.cat(of_views, dim=1).flatten(2).transpose(1, 2)


def _of_levels(x: Tensor, side: int, mirrors: int, maps: Maps) -> list[Tensor]:
    """Each level's output of the two views of x, (B, 2, C, H, W); few images at a time."""
    parts = [_of_views(part, side, mirrors, maps) for part in x.split(AT_ONCE)]  # type: ignore[no-untyped-call]
    return [torch.cat(levels) for levels in zip(*parts, strict=True)]


def _of_views(x: Tensor, side: int, mirrors: int, maps: Maps) -> list[Tensor]:
    lit = blurred(x.mean(1, keepdim=True), SHADE * min(x.shape[2:]))
    views = (
        F.interpolate(_of_one_exposure(view), (side, side), mode="bilinear", align_corners=False)
        for view in (x, x / (lit + 0.05))
    )
    of_views = [_over_mirrors(view, mirrors, maps) for view in views]
    return [torch.stack(levels, dim=1) for levels in zip(*of_views, strict=True)]


def _of_one_exposure(x: Tensor) -> Tensor:
    """Images x (B, C, H, W) of one brightness and contrast, as the network expects its colours, (B, 3, H, W)."""
    level, contrast = x.mean((1, 2, 3), keepdim=True), x.std((1, 2, 3), keepdim=True)
    even = ((x - level) / (contrast + 0.016) * 0.157 + 0.45).clamp(0, 1)
    return imagenet_colours(even.expand(-1, 3, -1, -1))


def _over_mirrors(x: Tensor, mirrors: int, maps: Maps) -> list[Tensor]:
    """The maps of x (B, 3, H, W), each (B, C, h, w): the mean over the first of MIRRORS."""
    of_mirrors = [[level.flip(axes) for level in maps(x.flip(axes))] for axes in MIRRORS[:mirrors]]
    return [torch.stack(levels).mean(0) for levels in zip(*of_mirrors, strict=True)]


def _lite0_maps(stride: int, levels: tuple[int, ...]) -> Maps:
    """The outputs of some blocks of EfficientNet-Lite0. LookupError when its packages are missing."""
    layout = torch.channels_last  # nearly twice as fast on a CPU as the usual layout
    network = fine_lite0("patches", layout) if stride == 16 else lite0("patches", layout)
    return lambda x: block_outputs(network, x.contiguous(memory_format=layout), levels)
