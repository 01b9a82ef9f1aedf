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
from sensors_data.images.mask_pixels import is_like_mask, marked_of_picture, marked_pixels
from sensors_data.images.paths.mask_names import without_picture_word

_PHOTOGRAPH, _PLAIN = {".jpg", ".jpeg", ".jpe", ".jfif"}, {".png", ".bmp", ".gif", ".tif", ".tiff"}


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

    def mark(self, picture: CameraFile, camera: Camera) -> bool:
        """Whether one of the files that `beside` gives marks something, or cannot be read."""
        for marking in self.beside(picture):
            try:
                if marking == picture or marked_pixels(marking.path, camera.mask_background).any():
                    return True
            except UnreadableError:
                return True
        return False

    def marked(self, picture: CameraFile, shape: tuple[int, ...], camera: Camera) -> np.ndarray:
        """What is marked in a picture of `shape` (H, W), at that size, (1, H, W) bool.

        UnreadableError when it cannot be read or has other proportions than its picture.
        """
        return np.asarray(
            np.any([_marked(marking, picture, shape, camera) for marking in self.beside(picture)], axis=0)
        )

    def read(self, picture: CameraFile, shape: tuple[int, ...], camera: Camera) -> np.ndarray:
        """What is marked in a picture of `shape` (H, W), as it is kept, (1, H, W) uint8, 255 or 0."""
        return as_kept(self.marked(picture, shape, camera), camera)


def as_kept(marked: np.ndarray, camera: Camera) -> np.ndarray:
    """Marked pixels (1, H, W) as the camera keeps them, uint8, 255 where a pixel holds a marked one, else 0."""
    part = cut_out((marked * 255).astype(np.uint8), camera.region)
    return ((fitted(part, camera.shape[1:], camera.fit) > 0) * np.uint8(255)).astype(np.uint8)


def _marked(marking: CameraFile, picture: CameraFile, shape: tuple[int, ...], camera: Camera) -> np.ndarray:
    """The pixels that a mask or an annotation marks, uint8 (1, H, W), 255 or 0."""
    if marking.annotation is not None and marking.annotation.marks:
        return marking.annotation.mask(shape)
    return marked_of_picture(marking.path, picture.path, shape, camera.mask_background)


def masks_of(files: list[CameraFile], day: date) -> Masks:
    """The masks of a day's pictures.

    A file is a mask when it lies in a folder of masks (MVTec's `ground_truth`), when the settings say so, when it is
    called like a picture with `_mask`, `_gt` or `_label` behind (Kolektor) or `mask_` before, or when a JPEG of the
    same name lies beside it and it has two levels. One that is only called so is none without a picture, unless it has
    the content of a mask.
    """
    pictures = [file for file in files if not file.refusal and not file.role.is_mask]
    names = _names(pictures, day)
    of_picture: dict[Path, tuple[CameraFile, ...]] = {}
    lonely = []
    for file in files:
        if file.refusal or not (file.role.is_mask or file.role.mask_of) or file.day not in (day, None):
            continue
        if owners := _owners(file, names):
            owner = _nearest(owners, file).path
            of_picture[owner] = (*of_picture.get(owner, ()), file)
        elif file.day == day and (file.role.is_mask or is_like_mask(file.path)):
            lonely.append(file)
    for picture, mask in _pairs(pictures, day):
        of_picture.setdefault(picture.path, (mask,))
    return Masks(of_picture, lonely)


@dataclass(frozen=True)
class _Names:
    """A day's pictures by names of theirs."""

    by_key: dict[str, list[CameraFile]]
    by_short_key: dict[str, list[CameraFile]]
    """Without a word such as `img_` before the name."""
    by_stem: dict[str, list[CameraFile]]


def _names(pictures: list[CameraFile], day: date) -> _Names:
    names = _Names(defaultdict(list), defaultdict(list), defaultdict(list))
    for file in pictures:
        if file.day == day:
            folder, slash, stem = file.role.key.rpartition("/")
            names.by_key[file.role.key].append(file)
            names.by_short_key[folder + slash + without_picture_word(stem)].append(file)
            names.by_stem[stem].append(file)
    return names


def _owners(mask: CameraFile, names: _Names) -> list[CameraFile]:
    """The pictures that a mask may belong to: of its folders and name, else the only one of its name where the mask's
    path names no label (AITEX). Several masks of one picture lie in a folder of its name (MVTec LOCO).
    """
    keys = mask.role.mask_of
    folder = keys[0].rpartition("/")[0]
    places = [names.by_key.get(key) for key in (*keys, folder)] + [names.by_short_key.get(key) for key in keys]
    for owners in places:
        if others := [picture for picture in owners or [] if picture.path != mask.path]:
            return others
    for key in keys if not mask.role.label else ():
        alone = [picture for picture in names.by_stem.get(key.rpartition("/")[2], []) if picture.path != mask.path]
        if alone:
            return alone if len(alone) == 1 else []
    return []


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
        photographs = [f for f in files if f.path.suffix.lower() in _PHOTOGRAPH]
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
