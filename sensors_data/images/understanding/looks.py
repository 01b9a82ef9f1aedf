"""What pictures look like: size, depth, colours and shape, and the settings of a camera that fit them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.files import FLAT, decode_levels, depth_of, is_flat, read_image_file
from sensors_data.images.inbox import CameraFile

MOST_OPENED = 200
"""Pictures that are opened, spread evenly over the folder."""
LARGE, TILE = 1024, 192
"""Pixels a side from which pictures are scored in tiles, and a side of a tile."""
SIZES = (28, 32, 64, 128)
"""Sides that both detectors and generators take."""
FAR = 2.0
"""How much longer or shorter than usual a side may be before a picture counts as odd."""
OBLONG = 3.0
"""Longer side over shorter one above which a picture is a strip: black borders would leave nothing of it."""


def open_some(pictures: list[CameraFile]) -> tuple[list[tuple[CameraFile, np.ndarray]], list[str]]:
    """Some pictures, spread evenly, with their levels; and of each that cannot be used its name with the reason."""
    places = np.unique(np.linspace(0, len(pictures) - 1, min(len(pictures), MOST_OPENED)).astype(int))
    opened, unusable = [], []
    for place in places if pictures else []:
        try:
            levels = decode_levels(read_image_file(pictures[place].path))
            if is_flat(levels):
                raise UnreadableError(FLAT)
        except UnreadableError as error:
            unusable.append(f"{pictures[place].name} ({error})")
            continue
        opened.append((pictures[place], levels))
    return opened, unusable


def with_shapes(camera: Camera, levels: list[np.ndarray]) -> tuple[Camera, dict[str, str]]:
    """The camera with size, channels, depth and fit by what its pictures are."""
    reasons = {}
    shapes = _usual_shapes(Counter(x.shape[1:] for x in levels))
    size = max([side for side in SIZES if side <= min(map(_side, shapes))], default=SIZES[0])
    reasons["size"] = f"the pictures have {_sizes(shapes)} pixels; larger shows finer defects and costs more"
    coloured = sum(map(is_coloured, levels))
    channels = 3 if 2 * coloured >= len(levels) else 1
    reasons["channels"] = f"{coloured} of {len(levels)} pictures that were looked at have colours"
    update: dict[str, object] = {"size": size, "channels": channels}
    if max(shapes.most_common(1)[0][0]) >= LARGE:
        tiles, reasons["tiles"] = _tiles(shapes.most_common(1)[0][0])
        update |= {"size": TILE, "tiles": tiles}
    deep = [int(x.max()) for x in levels if x.dtype == np.uint16]
    if deep:
        update["bits"] = depth_of(max(deep))
        reasons["bits"] = f"16 bits a pixel, the brightest is {max(deep):,}"
    if shapes.most_common(1)[0][1] < 0.98 * shapes.total():
        update["any_size"] = True
        reasons["any_size"] = f"{len(shapes)} sizes among {shapes.total()} pictures"
        if 1.1 < max(max(shape) / min(shape) for shape in shapes) <= OBLONG:
            update["fit"] = "pad"
            reasons["fit"] = "shapes differ: black borders keep each one's"
    return camera.model_copy(update=update), reasons


def is_coloured(x: np.ndarray) -> bool:
    """Whether a picture's levels (C, H, W) show colours: one of three channels may still be grey."""
    return len(x) == 3 and bool((x.max(axis=0).astype(int) - x.min(axis=0) > 12).mean() > 0.01)


def _usual_shapes(shapes: Counter[tuple[int, ...]]) -> Counter[tuple[int, ...]]:
    """The shapes (H, W) without a few that are far from the most frequent one: those pictures are left to rejects."""
    (usual, _), *_ = shapes.most_common(1)
    near = Counter(
        {
            shape: count
            for shape, count in shapes.items()
            if all(1 / FAR < side / other < FAR for side, other in zip(shape, usual, strict=True))
        }
    )
    return near if near.total() >= 0.9 * shapes.total() else shapes


def _side(shape: tuple[int, ...]) -> float:
    """The side of a square that holds what a picture of (H, W) pixels shows: of a strip that of the same area."""
    return min(shape) if max(shape) <= OBLONG * min(shape) else math.sqrt(math.prod(shape))


def _tiles(shape: tuple[int, ...]) -> tuple[tuple[int, int], str]:
    """Columns and rows of tiles for pictures of (H, W) pixels, and why."""
    halving = 2 if max(shape) >= 2 * LARGE else 1
    rows, columns = (max(1, round(side / halving / TILE)) for side in shape)
    size = f"{columns * TILE}x{rows * TILE}"
    why = "twice as many see defects half as small, at four times the cost" if halving == 2 else "no detail is lost"
    return (columns, rows), f"large pictures are kept as {size} pixels and scored in tiles; {why}"


def _sizes(shapes: Counter[tuple[int, ...]]) -> str:
    (usual, _), more = shapes.most_common(1)[0], len(shapes) - 1
    return f"{usual[1]}x{usual[0]}" + (f" and {more} other sizes of" if more else "")


def look_oddities(levels: list[np.ndarray], unusable: list[str]) -> list[str]:
    """What is odd about the pictures that were opened, and those of them that cannot be used."""
    shapes = Counter(x.shape[1:] for x in levels)
    odd = [f"{len(shapes)} sizes, {_sizes(shapes)} pixels most often"] if len(shapes) > 1 else []
    distinct = len({hash(x.tobytes()) for x in levels})
    if 2 * distinct <= len(levels):
        odd.append(f"{len(levels)} pictures that were looked at are copies of {distinct}")
    if unusable:
        odd.append(f"{len(unusable)} of {len(unusable) + len(levels)} cannot be used: {unusable[0]}")
    return odd
