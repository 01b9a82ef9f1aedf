"""Views of an image that a VAE models: its pixels, pixels and oriented gradients, or patches of a frozen network."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor
from torch.nn import functional as F

from anomaly.images.blur import blurred
from anomaly.images.patch_features import (
    AT_ONCE,
    PATCH,
    own_patch_features,
    patch_features,
    patch_features_of_two_scales,
)
from sensors_data.images.arrays import standardise
from sensors_data.settings import Section

BATCH, PATCHED_BATCH = 64, 16
"""Images in a batch, and in one of patches, of which an image has many. The last batch is padded, so that a feature
never depends on the other images."""


Represent = Callable[[np.ndarray, "FeatureConfig"], list[Tensor]]
"""What gives images their features: `represent`, or a cache of what it gave before."""
CELL, CELL_STEP = 7, 3
"""Pixels: the side of a cell of gradient energies, and the step between cells."""
FINE, COARSE = 0.5, 1.2
"""Standard deviations, pixels, of the two blurs whose difference is the detail of an image."""


class FeatureConfig(Section):
    """The view of an image that a VAE learns."""

    kind: Literal["pixels", "gradients", "patches"] = "gradients"
    """pixels: grey levels. gradients: edges and details. patches: features of a pretrained network, for textures."""
    side: int = Field(28, ge=16, le=256)
    """Pixels: images are resized to this before gradients or patches are taken; a multiple of 32 for patches."""
    stride: Literal[16, 32] = 32
    """Pixels between two patches; those of the usual patches are 16, of detectors trained before 32."""
    mirrors: Literal[1, 2, 4] = 4
    """Patches: number of mirror images over which features are averaged; each costs one more pass of the network."""
    fine: bool = False
    """Patches every 16 pixels: whether a fine level, every 8 pixels, joins the score; detectors of before have none."""
    backbone: str = Field("", pattern="^([0-9a-f]{64})?$")
    """Patches: the hash of the user's own network (`backbone` of the camera), which takes the place of the usual one.
    """
    directions: int = Field(8, ge=4, le=16)
    """K, of the gradient."""
    blur: float = Field(0.7, gt=0, le=4)
    """Standard deviation of the smoothing before gradients are taken, pixels of `side`."""
    contrast_floor: float = Field(0.05, gt=0)
    """Gradients are divided by the local mean gradient plus this (grey levels in [0, 1])."""

    @model_validator(mode="after")
    def _fits(self) -> FeatureConfig:
        if self.kind == "patches" and self.side % PATCH:
            raise ValueError(f"the side of patches is a multiple of {PATCH}, found {self.side}")
        if self.backbone and self.kind != "patches":
            raise ValueError(f"a network of your own describes patches; the kind is {self.kind}")
        return self

    @property
    def of_two_scales(self) -> bool:
        """Whether an image has features of a fine level beside its patches."""
        return self.kind == "patches" and self.fine and self.stride == 16 and not self.backbone

    @property
    def batch(self) -> int:
        """Images that are described and scored together."""
        return PATCHED_BATCH if self.kind == "patches" else BATCH

    @property
    def padding(self) -> int:
        """A batch is filled up to a multiple of so many images."""
        return AT_ONCE if self.kind == "patches" else BATCH

    @property
    def grids(self) -> tuple[int, int]:
        """Cells along a side: of the pooled pixels and of the gradient energies."""
        return self.side // 2, (self.side - CELL) // CELL_STEP + 1


def gradient_features(x: Tensor, config: FeatureConfig) -> tuple[Tensor, Tensor, Tensor]:
    """Three blocks of x (B, C, H, W), at side 28: pooled pixels (B, C * 14 * 14), oriented gradient energies
    (B, K * 8 * 8) and detail energies (B, 2 * 8 * 8).

    - pixels: square roots of grey levels, so that noise is equal in dark and bright areas.
    - gradients: by direction, each divided by the contrast around it and pooled over overlapping cells, as in
      histograms of oriented gradients (Dalal and Triggs 2005).
    - details: spots brighter and darker than their surroundings, pooled over the same cells.
    """
    if x.shape[2:] != (config.side, config.side):
        x = F.interpolate(x, (config.side, config.side), mode="bilinear", antialias=True, align_corners=False)
    root = x.clamp(0, 1).sqrt()
    grey = root.mean(1, keepdim=True)
    detail = blurred(grey, FINE) - blurred(grey, COARSE)
    spots = F.avg_pool2d(torch.cat([detail.relu(), (-detail).relu()], dim=1), CELL, CELL_STEP)
    root = blurred(root, config.blur)
    pixels = F.avg_pool2d(root, 2).flatten(1)
    energy = _directed(root.mean(1, keepdim=True), config.directions)  # (B, K, H, W)
    contrast = blurred(energy.sum(1, keepdim=True), 3.0)
    cells = F.avg_pool2d(energy / (contrast + config.contrast_floor), CELL, CELL_STEP)
    return pixels, cells.sqrt().flatten(1), spots.sqrt().flatten(1)


def _directed(x: Tensor, directions: int) -> Tensor:
    """The gradient's length shared between the two nearest of K directions, (B, 1, H, W) -> (B, K, H, W)."""
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    across = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
    down = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
    length = (across.square() + down.square()).sqrt()
    angle = torch.atan2(down, across)
    step = 2 * math.pi / directions
    centres = (torch.arange(directions, dtype=x.dtype) * step).view(1, -1, 1, 1)
    apart = ((angle - centres + math.pi) % (2 * math.pi) - math.pi).abs()
    return (1 - apart / step).relu() * length


@torch.no_grad()
def represent(images: np.ndarray, config: FeatureConfig) -> list[Tensor]:
    """The blocks of features of uint8 images (N, C, H, W): one of pixels (N, C, H, W), three of gradients (N, F),
    one of patches (N, P, F), or these and those of the fine level (N, 4 P, 40).
    """
    parts: list[list[Tensor]] = []
    for first in range(0, len(images), config.batch):
        rows = images[first : first + config.batch]
        x = torch.from_numpy(standardise(rows))
        if config.kind == "pixels":
            parts.append([x])
            continue
        x = torch.cat([x, x.new_zeros(-len(x) % config.padding, *x.shape[1:])])
        blocks = _blocks(x, config)
        parts.append([block[: len(rows)] for block in blocks])
    return [torch.cat(blocks) for blocks in zip(*parts, strict=True)]


def _blocks(x: Tensor, config: FeatureConfig) -> tuple[Tensor, ...]:
    if config.of_two_scales:
        return patch_features_of_two_scales(x, config.side, config.mirrors)
    if config.backbone:
        return (own_patch_features(x, config.side, config.stride, config.mirrors, config.backbone),)
    if config.kind == "patches":
        return (patch_features(x, config.side, config.stride, config.mirrors),)
    return gradient_features(x, config)
