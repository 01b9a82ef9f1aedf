"""What any file beside pictures says of them, whatever form of annotation it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.images.annotations.boxes import NAMES_FILES, read_voc, read_yolo, yolo_names
from sensors_data.images.annotations.json_files import read_json
from sensors_data.images.annotations.list_rows import LISTS, RECORDS
from sensors_data.images.annotations.listed import Listed
from sensors_data.images.annotations.picture_names import PictureNames
from sensors_data.images.annotations.tables import read_table
from sensors_data.images.inbox import CameraFile
from sensors_data.images.paths.roles import is_normal

_LARGEST = 64 * 2**20
"""Largest size of an annotation file, bytes; a larger one is reported as not being a picture."""
_LARGEST_NAMES, _LARGEST_TEXT = 2**20, 16 * 2**20
"""The same of a file of classes, and of a text without an ending of tables, which is a log more often than a list."""


@dataclass(frozen=True)
class Annotations:
    """How the files of an inbox are read as annotations of its pictures."""

    names: PictureNames
    class_files: tuple[Path, ...]
    """The files that hold the names of YOLO's classes."""
    is_good: Callable[[str], bool]
    """Whether a label means that nothing is wrong."""

    def in_file(self, path: Path) -> Listed:
        """What a file says, by the names of pictures; of a file beside one picture, by its own stem."""
        suffix = path.suffix.lower()
        largest = _LARGEST_TEXT if suffix == ".txt" else _LARGEST
        if path in self.class_files or path.is_dir() or path.stat().st_size > largest:
            return Listed()
        if suffix in RECORDS and (listed := read_json(path)):
            return listed
        if suffix in {".xml", ".txt"} and self.names.has_stem(path.stem):
            yolo = suffix == ".txt"
            annotation = read_yolo(path, yolo_names(path.parent, self.class_files)) if yolo else read_voc(path)
            if annotation is not None:
                return Listed({path.stem: annotation})
        return read_table(path, self.names, self.is_good) if suffix in LISTS else Listed()


def annotations_of(files: list[CameraFile], camera: Camera) -> Annotations:
    """How the files of a camera's inbox are read as annotations of its pictures."""
    class_files = tuple(file.path for file in files if file.refusal and _names_classes(file.path))
    return Annotations(PictureNames(files), class_files, lambda label: bool(label.strip()) and is_normal(label, camera))


def _names_classes(path: Path) -> bool:
    """Whether a file holds the names of classes: it is called so, or it is YAML with `names`."""
    if path.name.lower() in NAMES_FILES:
        return path.is_file()
    if path.suffix.lower() not in {".yaml", ".yml"} or not path.is_file() or path.stat().st_size > _LARGEST_NAMES:
        return False
    return re.search(r"^names:", path.read_text("utf-8", errors="replace"), re.MULTILINE) is not None
