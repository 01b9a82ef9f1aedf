"""Large pictures in tiles: cut with an overlap, heat maps of tiles put together again without a seam."""

from __future__ import annotations

import hashlib

import numpy as np

OVERLAP = 8
"""Neighbouring tiles share at least this part of their side: one eighth."""
COARSE = 8
"""Pixels a side of a cell of a tiled picture's heat map."""


def places(length: int, side: int) -> np.ndarray:
    """Where the tiles begin that cover `length` pixels, evenly spread, whole cells of the heat map."""
    shared = side // OVERLAP
    count = max(1, -(-(length - shared) // (side - shared)))
    return np.rint(np.linspace(0, length - side, count) / COARSE).astype(int) * COARSE


def cut(picture: np.ndarray, side: int) -> np.ndarray:
    """The tiles of a picture (C, H, W), row by row, (T, C, side, side)."""
    return np.stack([picture[:, top : top + side, left : left + side] for top, left in _corners(picture.shape, side)])


def joined(maps: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The heat map of a picture of shape C, H, W from those of its tiles (T, side, side): (H / COARSE, W / COARSE).

    Where tiles overlap their maps are averaged; a map weighs less the nearer its border is, so that none shows.
    """
    side = maps.shape[1]
    cells = side // COARSE
    coarse = maps.reshape(len(maps), cells, COARSE, cells, COARSE).mean((2, 4))
    ramp = np.minimum(np.arange(1, cells + 1), np.arange(cells, 0, -1)).astype(np.float64)
    weight = np.outer(ramp, ramp)
    total, weights = (np.zeros((shape[1] // COARSE, shape[2] // COARSE)) for _ in range(2))
    for tile, (top, left) in zip(coarse, _corners(shape, side), strict=True):
        at = np.s_[top // COARSE : top // COARSE + cells, left // COARSE : left // COARSE + cells]
        total[at] += weight * tile
        weights[at] += weight
    return (total / weights).astype(np.float32)


def some_tiles(pictures: np.ndarray, side: int, count: int) -> np.ndarray:
    """About `count` tiles of pictures (N, C, H, W), as many of each, one picture after the other:
    (M, C, side, side).

    Which ones follows from a picture's own pixels, so those of a picture stay the same when others join it.
    """
    of_each = tiles_of_each(pictures, count)
    tiles = []
    for picture in pictures:
        corners = _corners(picture.shape, side)
        seed = int.from_bytes(hashlib.sha256(np.ascontiguousarray(picture).tobytes()).digest()[:8], "big")
        order = np.random.default_rng(seed).permutation(len(corners))
        for number in np.resize(order, of_each):
            top, left = corners[number]
            tiles.append(picture[:, top : top + side, left : left + side])
    return np.stack(tiles)


def tiles_of_each(pictures: np.ndarray, count: int) -> int:
    """How many tiles of each picture make about `count` together, at least one."""
    return max(1, count // max(1, len(pictures)))


def _corners(shape: tuple[int, ...], side: int) -> list[tuple[int, int]]:
    """The first row and column of each tile of a picture of shape C, H, W."""
    return [(int(top), int(left)) for top in places(shape[1], side) for left in places(shape[2], side)]
