"""Folders that are cameras of their own: the pictures of each have one size and colour, which are not the others'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from sensors_data.errors import UnreadableError
from sensors_data.images.files import decode_levels, read_image_file
from sensors_data.images.inbox import CameraFile
from sensors_data.images.understanding.looks import is_coloured

_OPENED = 6
"""Pictures of a folder that are opened, spread evenly."""


def are_cameras(folders: Mapping[str, list[CameraFile]]) -> bool:
    """Whether each of several folders has pictures of one size and colour, different from those of the others."""
    kinds = [_kinds([x for x in map(_levels, _some(files)) if x is not None]) for files in folders.values()]
    return len(kinds) > 1 and all(len(kind) == 1 for kind in kinds) and len(set().union(*kinds)) == len(kinds)


def cameras_in_one(opened: list[tuple[CameraFile, np.ndarray]]) -> list[str]:
    """What is odd about places whose pictures differ in size or colour: they are several cameras."""
    by_place: dict[str, list[np.ndarray]] = defaultdict(list)
    for file, x in opened:
        by_place[file.role.asset].append(x)
    kinds = {place: _kinds(levels) for place, levels in by_place.items() if place}
    if len(kinds) < 2 or any(len(kind) > 1 for kind in kinds.values()) or len(set().union(*kinds.values())) < 2:
        return []
    names = ", ".join(f"'{place}' {next(iter(kind))}" for place, kind in sorted(kinds.items())[:4])
    return [f"places differ in their pictures ({names}): run init for the folder of each, as for a camera of its own"]


def _some(files: list[CameraFile]) -> list[CameraFile]:
    return [files[place] for place in sorted({n * (len(files) - 1) // (_OPENED - 1) for n in range(_OPENED)})]


def _levels(file: CameraFile) -> np.ndarray | None:
    """A picture's levels, None where it cannot be read."""
    try:
        return decode_levels(read_image_file(file.path))
    except UnreadableError:
        return None


def _kinds(levels: list[np.ndarray]) -> set[str]:
    """Sizes and colours, like `640x480 grey`."""
    return {f"{x.shape[2]}x{x.shape[1]} {'colour' if is_coloured(x) else 'grey'}" for x in levels}
