"""Where pictures stand in a folder of files: a folder a label, and masks beside, as MVTec AD has them."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

from sensors_data.errors import UnusableError
from sensors_data.images.formats import SUFFIXES


class Pictures(StrEnum):
    """The tables whose pictures are written as such a folder."""

    synthetic = "synthetic_images"
    painted = "painted_images"
    real = "images"


UNLABELLED = "images"
"""The folder of pictures without a label; it is read as one that names none."""
MASKS = "ground_truth"
LONGEST = 200
"""Bytes of a name, at most; file systems allow 255, with the ends that are added."""


def picture_path(image_id: str, label: str, split: str = "") -> str:
    """Where a picture stands below the folder. UnusableError for an id or a label that gives no name."""
    return "/".join([*([_safe(split, "split")] if split else []), _folder_of(label), f"{_stem_of(image_id)}.png"])


def mask_path(image_id: str, label: str) -> str:
    """Where a picture's mask stands below the folder. UnusableError as `picture_path` raises it."""
    return f"{MASKS}/{_folder_of(label)}/{_stem_of(image_id)}_mask.png"


def _folder_of(label: str) -> str:
    return _safe(label, "label") if label else UNLABELLED


def _stem_of(image_id: str) -> str:
    """An id as a file's name; that of a real image is its path below the inbox, of which the suffix is dropped."""
    path = PurePosixPath(image_id)
    return _safe(str(path.with_suffix("")) if path.suffix.lower() in SUFFIXES else image_id, "image id")


def _safe(text: str, what: str) -> str:
    """A text as one part of a path: what could lead elsewhere is replaced. UnusableError when no name is left."""
    name = re.sub(r"^[@+=-]|[^\w .@+=,()-]", "_", text.strip())  # first, some would be a formula or an option
    if not name or name.startswith(".") or len(name.encode()) > LONGEST:
        problem = "hidden" if name.startswith(".") else "too long" if name else "empty"
        raise UnusableError(
            f"the {what} {text[:LONGEST]!r} gives a file name that is {problem}", "rename it and ingest its day again"
        )
    return name
