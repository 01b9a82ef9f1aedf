"""How many files of a folder are annotations of its pictures, so that a folder of both is known as one of pictures."""

from __future__ import annotations

from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.images.annotations.read import annotations_of
from sensors_data.images.inbox import camera_files

_LOOKED_AT = 20
"""Files that are opened of those beside one picture each, and lists of a folder, at most."""
_BESIDE_ONE = frozenset({".xml", ".json", ".txt"})


def annotation_files(folder: Path) -> int:
    """The number of files below a folder that say something of its pictures.

    Of files that are called as a picture is, some are opened; all count where most of these are annotations.
    """
    camera = Camera(inbox=str(folder))
    files = camera_files(camera)
    annotations = annotations_of(files, camera)
    others = [file.path for file in files if file.refusal and not file.path.is_dir()]
    beside = [p for p in others if p.suffix.lower() in _BESIDE_ONE and annotations.names.has_stem(p.stem)]
    some = beside[:: max(1, len(beside) // _LOOKED_AT)]
    understood = sum(bool(annotations.in_file(path)) for path in some)
    lists = sorted(set(others) - set(beside))
    if len(lists) > _LOOKED_AT:
        lists = []
    about = sum(path in annotations.class_files or bool(annotations.in_file(path)) for path in lists)
    return about + (len(beside) if 2 * understood > len(some) else 0)
