"""Masks beside pictures: pictures of the same name that mark where a defect is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import cut_out, fitted
from sensors_data.images.files import decode_levels, read_image_file
from sensors_data.images.inbox import CameraFile
from sensors_data.images.roles import is_mask_folder

_LOSSY, _PLAIN = {".jpg", ".jpeg", ".jpe", ".jfif"}, {".png", ".bmp", ".gif", ".tif", ".tiff"}


@dataclass(frozen=True)
class Masks:
    """The masks of a day."""

    of_picture: dict[Path, tuple[CameraFile, ...]]
    """A picture's path and its masks."""
    lonely: list[CameraFile]
    """Masks of the day whose picture is not there."""

    @property
    def paths(self) -> frozenset[Path]:
        """The paths of all masks."""
        return frozenset(mask.path for mask in (*chain.from_iterable(self.of_picture.values()), *self.lonely))

    def beside(self, picture: CameraFile) -> tuple[CameraFile, ...]:
        """The files that mark a picture's defect: its masks, or the picture itself where an annotation of it does."""
        annotated = picture.annotation is not None and picture.annotation.marks
        return self.of_picture.get(picture.path, (picture,) if annotated else ())

    def mark(self, picture: CameraFile) -> bool:
        """Whether one of the files that `beside` gives marks something; one that cannot be read marks nothing."""
        for marking in self.beside(picture):
            if marking.annotation is not None and marking.annotation.marks:
                return True
            try:
                if decode_levels(read_image_file(marking.path)).any():
                    return True
            except UnreadableError:
                continue
        return False

    def read(self, markings: tuple[CameraFile, ...], shape: tuple[int, ...], camera: Camera) -> np.ndarray:
        """What `beside` gave, as the picture is kept, (1, H, W) uint8, 255 where one of them marks something, else 0.

        UnreadableError when it cannot be read or has another size than its picture, (H, W).
        """
        marked = np.any([_marked(marking, shape) for marking in markings], axis=0)
        part = cut_out((marked * 255).astype(np.uint8), camera.region)
        return ((fitted(part, camera.shape[1:], camera.fit) > 0) * np.uint8(255)).astype(np.uint8)


def _marked(mask: CameraFile, shape: tuple[int, ...]) -> np.ndarray:
    """The pixels that a mask or an annotation marks, uint8 (1, H, W), 255 or 0."""
    if mask.annotation is not None and mask.annotation.marks:
        return mask.annotation.mask(shape)
    levels = decode_levels(read_image_file(mask.path))
    if levels.shape[1:] != shape:
        sizes = f"{levels.shape[2]}x{levels.shape[1]} pixels, its picture {shape[1]}x{shape[0]}"
        raise UnreadableError(f"a mask of {sizes}", "the picture is kept without it")
    marked: np.ndarray = ((levels > levels.max() // 2).any(axis=0, keepdims=True) * 255).astype(np.uint8)
    return marked


def masks_of(files: list[CameraFile], day: date) -> Masks:
    """The masks of a day's pictures.

    A file is a mask when it lies in a folder of masks (MVTec's `ground_truth`), when it is called like a picture with
    `_mask`, `_gt` or `_label` behind (Kolektor), or when a JPEG of the same name lies beside it and it has two levels.
    """
    pictures = [file for file in files if not file.refusal and not _in_mask_folder(file)]
    by_key: dict[str, list[CameraFile]] = defaultdict(list)
    by_stem: dict[str, list[CameraFile]] = defaultdict(list)
    for file in pictures:
        by_key[file.role.key].append(file)
        by_stem[file.path.stem.lower()].append(file)
    of_picture: dict[Path, tuple[CameraFile, ...]] = {}
    lonely = []
    for file in files:
        if file.refusal or not file.role.mask_of or file.day not in (day, None):
            continue
        owners = _owners(file, by_key, by_stem, day)
        if owners:
            owner = _nearest(owners, file).path
            of_picture[owner] = (*of_picture.get(owner, ()), file)
        elif _in_mask_folder(file) and file.day == day:
            lonely.append(file)
    for picture, mask in _pairs(pictures, day):
        of_picture.setdefault(picture.path, (mask,))
    return Masks(of_picture, lonely)


def _owners(
    mask: CameraFile, by_key: dict[str, list[CameraFile]], by_stem: dict[str, list[CameraFile]], day: date
) -> list[CameraFile]:
    """The pictures of a day that a mask may belong to: of its folders and name, else the only one of its name where the
    mask's path names no label (AITEX). Several masks of one picture lie in a folder of its name (MVTec LOCO).
    """
    folder, _, stem = mask.role.mask_of.rpartition("/")
    for owners in (by_key.get(mask.role.mask_of, []), by_key.get(folder, [])):
        if today := [p for p in owners if p.day == day and p.path != mask.path]:
            return today
    alone = [p for p in by_stem.get(stem, []) if p.day == day and p.path != mask.path]
    return alone if len(alone) == 1 and not mask.role.label else []


def _in_mask_folder(file: CameraFile) -> bool:
    return any(is_mask_folder(part) for part in file.name.split("/")[:-1])


def _nearest(owners: list[CameraFile], mask: CameraFile) -> CameraFile:
    """The picture that a mask belongs to: of its folder, of its part of the set, of the test part, or the first."""
    return min(
        owners,
        key=lambda p: (
            p.path.parent != mask.path.parent,
            p.role.split != (mask.role.split or "test"),
            p.role.split == "train",
            p.name,
        ),
    )


def _pairs(pictures: list[CameraFile], day: date) -> list[tuple[CameraFile, CameraFile]]:
    """Photographs of the day with a file of two levels of the same name beside them."""
    beside: dict[tuple[Path, str], list[CameraFile]] = defaultdict(list)
    for file in pictures:
        if file.day == day:
            beside[(file.path.parent, file.path.stem)].append(file)
    pairs = []
    for files in beside.values():
        photographs = [f for f in files if f.path.suffix.lower() in _LOSSY]
        others = [f for f in files if f.path.suffix.lower() in _PLAIN]
        if len(photographs) == 1 and len(others) == 1 and _has_two_levels(others[0].path):
            pairs.append((photographs[0], others[0]))
    return pairs


def _has_two_levels(path: Path) -> bool:
    """Whether a picture has one or two levels, as masks have."""
    try:
        return len(np.unique(decode_levels(read_image_file(path)))) <= 2
    except UnreadableError:
        return False
