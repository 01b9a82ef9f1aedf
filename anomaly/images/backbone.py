"""A user's own frozen network, an ONNX file, whose maps describe the patches of an image; needs `nightscore[onnx]`."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sensors_data.errors import NotThereError, UnusableError, not_installed
from sensors_data.places import backbone_path
from sensors_data.store import Store

MOST_BYTES = 2 << 30
"""Of a file; ONNX allows no larger one."""
TRIED_SIDE = 224
"""Pixels a side of the image that a network is tried on when it takes any size."""
MOST_EXTRA_TOKENS = 8
"""Of a transformer's tokens, those that stand for no place of the image: one for the class, a few registers."""


@dataclass(frozen=True)
class Backbone:
    """A frozen network of images (1, 3, H, W) that gives maps (1, C, h, w) or tokens (1, N, C)."""

    session: Any
    side: int
    """Pixels a side that it takes; 0 where it takes any."""

    def maps(self, x: Tensor, grid: int) -> list[Tensor]:
        """Each of its maps for images x (B, 3, S, S) of ImageNet's colours, (B, C, grid, grid).

        Images pass one by one, so that none depends on those beside it.
        """
        if self.side:
            x = F.interpolate(x, (self.side, self.side), mode="bilinear", antialias=True, align_corners=False)
        of_images = [self._maps_of(one.contiguous().numpy()) for one in x.split(1)]  # type: ignore[no-untyped-call]
        return [_on_grid(torch.cat(level), grid) for level in zip(*of_images, strict=True)]

    def _maps_of(self, image: np.ndarray) -> list[Tensor]:
        outputs = self.session.run(None, {self.session.get_inputs()[0].name: image})
        return [level for output in outputs if (level := _as_map(np.asarray(output))) is not None]


_OPENED: dict[str, Backbone] = {}
"""The networks of this process by the hash of their files, which says all about them."""


def backbone(sha256: str) -> Backbone:
    """The network whose file has this hash. NotThereError unless it was opened in this process."""
    if sha256 not in _OPENED:
        raise NotThereError(
            f"the detector sees by a network of your own, {sha256[:12]}, which was not opened",
            "open its file with anomaly.images.backbone.open_backbone",
        )
    return _OPENED[sha256]


def open_backbone(path: Path) -> str:
    """Open a network's ONNX file for this process; its SHA-256, by which a detector names it.

    NotThereError when the file or onnxruntime is missing, UnusableError when it does not describe images by maps.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise NotThereError(f"no network at {path}: {error.strerror}", "name an ONNX file") from error
    if stat.st_size > MOST_BYTES:
        raise UnusableError(f"{path} has {stat.st_size:,} bytes, {MOST_BYTES:,} at most are read", "name an ONNX file")
    return _opened(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _opened(path: Path, _changed: int, _size: int) -> str:
    """The hash of a file that was opened, again only after a change."""
    return _open(path.read_bytes(), str(path))


def keep_backbone(store: Store, path: Path, sha256: str) -> None:
    """Keep a network's file in the store, by the hash it was opened with, so that scoring does not need the original.

    UnusableError when the file is another one by now.
    """
    place = backbone_path(sha256)
    if store.exists(place):
        return
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnusableError(f"{path} changed while it was used", "train again")
    store.write_bytes(place, data)


def open_kept(store: Store, sha256: str) -> None:
    """Open a network that the store keeps. NotThereError when it does not, DamagedError when its bytes are others."""
    if sha256 in _OPENED:
        return
    place = backbone_path(sha256)
    if not store.exists(place):
        raise NotThereError(f"the store has no {place}, by which a detector sees", "train again with: train-images")
    _open(store.read_bytes(place), place)


def _open(data: bytes, where: str) -> str:
    """Open a network from a file's bytes; their hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 not in _OPENED:
        _OPENED[sha256] = _checked(_session(data, where), where)
    return sha256


def _session(data: bytes, where: str) -> Any:
    """What runs a network, with as many threads as torch. UnusableError when the bytes are none."""
    try:
        runtime = import_module("onnxruntime")
    except ImportError as error:
        raise not_installed("a network of your own", "onnxruntime", "onnx") from error
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = torch.get_num_threads(), 4
    try:
        return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no public base
        raise UnusableError(
            f"{where} is no network that onnxruntime can run: {_first_line(error)}",
            "export it as one ONNX file, weights included",
        ) from error


def _checked(session: Any, where: str) -> Backbone:
    """The network, tried on an empty image. UnusableError when it takes no images or gives no maps."""
    inputs = session.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 and inputs[0].type == "tensor(float)" else []
    if len(shape) != 4 or shape[1] != 3 or (isinstance(shape[0], int) and shape[0] != 1):
        told = ", ".join(f"{one.name} {one.type} {one.shape}" for one in inputs)
        raise UnusableError(f"{where} takes {told}", "export it with one input of float images (batch, 3, side, side)")
    sides = [length for length in shape[2:] if isinstance(length, int)]
    if len(set(sides)) > 1:
        raise UnusableError(f"{where} takes images of {sides[1]} x {sides[0]} pixels", "export it for square ones")
    network = Backbone(session, sides[0] if sides else 0)
    side = network.side or TRIED_SIDE
    try:
        maps = network.maps(torch.zeros(1, 3, side, side), 1)
    except Exception as error:  # as above
        raise UnusableError(f"{where} fails on an image of {side} pixels: {_first_line(error)}") from error
    if not maps:
        told = ", ".join(f"{one.name} {one.shape}" for one in session.get_outputs())
        raise UnusableError(f"{where} gives {told}", "export it with maps (1, C, h, w) or tokens (1, N, C) as outputs")
    return network


def _as_map(output: np.ndarray) -> Tensor | None:
    """An output as a map (1, C, h, w) float32; None where it has no places, or only one."""
    x = torch.from_numpy(np.ascontiguousarray(output)).float()
    if x.dim() == 3:
        side = math.isqrt(x.shape[1])
        if x.shape[1] - side * side > MOST_EXTRA_TOKENS:
            return None
        x = x[:, x.shape[1] - side * side :].transpose(1, 2).reshape(1, -1, side, side)
    return x if x.dim() == 4 and min(x.shape[2:]) > 1 else None


def _on_grid(level: Tensor, grid: int) -> Tensor:
    """A map (B, C, h, w) with `grid` places a side: the mean of its places where it has more, else between them."""
    if min(level.shape[2:]) >= grid:
        return F.adaptive_avg_pool2d(level, grid)
    return F.interpolate(level, (grid, grid), mode="bilinear", align_corners=False)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
