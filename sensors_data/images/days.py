"""A day of a camera's inbox: what each of its files shows, and why one cannot be used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.files import camera_image, decode_levels, depth_of, encode_png, read_image_file
from sensors_data.images.inbox import CameraFile, camera_files
from sensors_data.images.masks import Masks, masks_of
from sensors_data.images.shown import shown_by

SOURCE_SIZE = "source_size"
"""Text chunk of a stored PNG: the pixels that the camera sent, as 640x480."""
SOURCE_HASH = "source_hash"
"""Text chunk of a stored PNG: a short hash of the file that the camera sent."""
_IMAGE_COLUMNS = ["image_id", "time", "asset", "label", "png", "split", "mask"]


@dataclass(frozen=True)
class _Picture:
    """One picture of the day, at its own size and at the camera's."""

    file: CameraFile
    place: int
    shape: tuple[int, ...]
    x: np.ndarray  # (C, size, size) uint8
    hash: str
    """Of its file."""


def read_camera_day(camera: Camera, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A camera's images of a UTC day (as table `images`) and its rejects (source, reason, used).

    Every file of the inbox whose day this is, or whose day is unknown, gives a row in one of the two, but for masks,
    which join their picture's row. All images of a day have the size that most have, unless the camera's may differ;
    the others are rejects. UnreadableError when hardly any has. LookupError when the inbox holds no picture.
    """
    files = annotated(camera_files(camera), camera)
    today = [file for file in files if file.day == day and not file.refusal]
    rejects = [_reject(file, file.refusal) for file in files if file.refusal and file.day in (day, None)]
    rejects += [_reject(file, file.stamp.note) for file in files if not file.refusal and file.day is None]
    masks = masks_of(files, day)
    pictures, unusable = _pictures(camera, [file for file in today if file.path not in masks.paths])
    pictures, odd = _of_one_size(camera, pictures)
    rows, unfit = _rows(camera, day, pictures, masks)
    rejects += [*unusable, *odd, *unfit, *(_reject(file, "a mask whose picture is not there") for file in masks.lonely)]
    rejects += [_reject(p.file, p.file.stamp.note, used=True) for p in pictures if p.file.stamp.note]
    rejects += [_reject(p.file, p.file.note, used=True) for p in pictures if p.file.note]
    return pd.DataFrame(rows, columns=_IMAGE_COLUMNS), pd.DataFrame(rejects, columns=["source", "reason", "used"])


def _pictures(camera: Camera, files: list[CameraFile]) -> tuple[list[_Picture], list[dict[str, object]]]:
    """The day's pictures that can be decoded, and the rejects."""
    bits = camera.bits or _deepest(files)
    pictures, rejects = [], []
    for place, file in enumerate(files):
        try:
            data = read_image_file(file.path)
            x, shape = camera_image(data, camera, bits)
        except UnreadableError as error:
            rejects.append(_reject(file, str(error)))
            continue
        pictures.append(_Picture(file, place, shape, x, hashlib.sha256(data).hexdigest()[:16]))
    return pictures, rejects


def _deepest(files: list[CameraFile]) -> int | None:
    """The bits that the day's brightest deep picture takes, None where every picture has eight."""
    brightest = 0
    for file in files:
        if file.path.suffix.lower() in {".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".gif"}:
            continue  # formats of eight bits
        try:
            levels = decode_levels(read_image_file(file.path))
        except UnreadableError:
            continue  # reported when it is read
        brightest = max(brightest, int(levels.max()) if levels.dtype == np.uint16 else 0)
    return depth_of(brightest) if brightest else None


def _of_one_size(camera: Camera, pictures: list[_Picture]) -> tuple[list[_Picture], list[dict[str, object]]]:
    """The pictures of the day's usual size, and the others as rejects. UnreadableError when hardly any has one size."""
    if camera.any_size or not pictures:
        return pictures, []
    shapes = [picture.shape for picture in pictures]
    usual = max(dict.fromkeys(shapes), key=shapes.count)
    if 2 * shapes.count(usual) < len(shapes) and len(shapes) > 2:
        sizes = f"{len(set(shapes)):,} sizes, {usual[1]}x{usual[0]} the most frequent in {shapes.count(usual):,}"
        raise UnreadableError(
            f"{len(shapes):,} pictures have {sizes}", "set any_size = true for a camera whose sizes vary"
        )
    same = [picture for picture in pictures if picture.shape == usual]
    wanted = f"where most images of the day have {usual[1]}x{usual[0]}; state any_size = true if sizes may differ"
    odd = [p for p in pictures if p.shape != usual]
    return same, [_reject(p.file, f"{p.shape[1]}x{p.shape[0]} pixels, {wanted}") for p in odd]


def _rows(
    camera: Camera, day: date, pictures: list[_Picture], masks: Masks
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The rows of `images`, and a reject for each mask that is not used, or picture whose label it leaves unknown."""
    rows, rejects = [], []
    for picture in pictures:
        file = picture.file
        shown = shown_by(file, picture.shape, masks, camera)
        if shown.unused:
            rejects.append(_reject(masks.beside(file)[0], shown.unused))
        if shown.label is None:
            rejects.append(_reject(file, "its mask cannot be used, and no folder says whether the part is good"))
            continue
        about = {SOURCE_SIZE: f"{picture.shape[1]}x{picture.shape[0]}", SOURCE_HASH: picture.hash}
        rows.append(
            {
                "image_id": file.name,
                "time": _time(file, day, picture.place),
                "asset": file.role.asset,
                "label": shown.label,
                "png": encode_png(picture.x, about),
                "split": file.role.split,
                "mask": None if shown.mask is None else encode_png(shown.mask),
            }
        )
    return rows, rejects


def _time(file: CameraFile, day: date, place: int) -> datetime:
    """When a picture was taken; where only its day is known, the day's start plus its place in order."""
    return file.stamp.time or datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(microseconds=place)


def _reject(file: CameraFile, reason: str, used: bool = False) -> dict[str, object]:
    return {"source": file.name, "reason": reason, "used": used}
