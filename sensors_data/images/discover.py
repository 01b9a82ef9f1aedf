"""A look at a folder of pictures: sizes, depth, colours, days, labels and masks, and settings that fit them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.files import camera_image, read_image_file
from sensors_data.images.formats import SUFFIXES
from sensors_data.images.inbox import CameraFile, camera_days, camera_files
from sensors_data.images.label_guess import contradictions, labels_of_set
from sensors_data.images.looks import look_oddities, open_some, with_shapes
from sensors_data.images.marks import DEFECT
from sensors_data.images.mask_guess import background_of
from sensors_data.images.masks import Masks
from sensors_data.images.roles import is_normal
from sensors_data.images.set_masks import all_masks, files_of, labels_kept, mask_oddities, with_masks
from sensors_data.images.shown import shown_by


@dataclass(frozen=True)
class Sample:
    """One picture as the settings would keep it."""

    label: str
    name: str
    x: np.ndarray  # (C, size, size) uint8
    mask: np.ndarray | None  # (1, size, size) uint8


@dataclass(frozen=True)
class CameraDiscovery:
    """What a folder of pictures holds, and settings for it."""

    name: str
    camera: Camera
    reasons: dict[str, str]
    """Why a key of the settings is as it is."""
    pictures: int
    labels: dict[str, int]
    """How many pictures have each label; the empty one too."""
    splits: dict[str, int]
    masks: int
    days: list[date]
    odd: list[str]
    samples: list[Sample]


def holds_pictures(source: Path) -> bool:
    """Whether a path is a picture, or a folder with more pictures than other files."""
    if source.is_file():
        return source.suffix.lower() in SUFFIXES
    suffixes = Counter(path.suffix.lower() in SUFFIXES for path in source.rglob("*") if path.is_file())
    return suffixes[True] > suffixes[False]


def discover_camera(source: Path, name: str | None = None) -> CameraDiscovery:
    """What a folder of pictures, or the folder of one, holds. NotThereError when none can be read."""
    folder = source if source.is_dir() else source.parent
    first = Camera(inbox=str(folder))
    every = annotated(camera_files(first), first)
    files, refused = ([file for file in every if bool(file.refusal) == which] for which in (False, True))
    dated, reasons = _with_days(first, files)
    dated, more = with_masks(dated)
    files = files_of(dated)
    masks = all_masks(files)
    background, why, odd_masks = background_of(masks)
    if background:
        dated, more["mask_background"] = dated.model_copy(update={"mask_background": background}), why
    reasons |= more
    pictures = [file for file in files if file.path not in masks.paths and file.day is not None]
    labels, why = labels_of_set(pictures, masks, dated)
    if labels:
        dated, reasons = dated.model_copy(update={"labels": labels}), {**reasons, "labels": why}
        files = files_of(dated)
        masks = all_masks(files)
        pictures = [file for file in files if file.path not in masks.paths and file.day is not None]
    opened, unusable = open_some(pictures)
    if not opened:
        why = f": {unusable[0]}" if unusable else ""
        raise NotThereError(f"no picture in {folder} can be used{why}", "name a folder of pictures of parts")
    camera, more = with_shapes(dated, [levels for _, levels in opened])
    counts, unused = labels_kept(pictures, masks, camera)
    return CameraDiscovery(
        name or re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-")[:64] or "camera",
        camera,
        {**reasons, **more},
        len(pictures),
        dict(sorted(counts.items())),
        dict(Counter(file.role.split for file in pictures if file.role.split)),
        sum(bool(masks.beside(file)) for file in pictures) - len(unused),
        camera_days(camera),
        [
            *_oddities(camera, files, pictures, refused, counts),
            *odd_masks,
            *mask_oddities(masks, unused),
            *look_oddities([levels for _, levels in opened], unusable),
        ],
        _samples(camera, opened, masks),
    )


def _with_days(camera: Camera, files: list[CameraFile]) -> tuple[Camera, dict[str, str]]:
    """The camera with settings by which its pictures have a day."""
    dated = sum(file.day is not None for file in files)
    if 2 * dated >= len(files):
        return camera, {}
    by_exif = camera.model_copy(update={"day_from": "exif"})
    if 2 * sum(file.day is not None for file in camera_files(by_exif) if not file.refusal) >= len(files):
        return by_exif, {"day_from": "the paths name no day; the photographs hold the time they were taken"}
    newest = max(datetime.fromtimestamp(file.path.stat().st_mtime, UTC) for file in files).date()
    why = "neither paths nor photographs name a day; this is the newest file's"
    return camera.model_copy(update={"undated_day": newest}), {"undated_day": why}


def _oddities(
    camera: Camera,
    files: list[CameraFile],
    pictures: list[CameraFile],
    refused: list[CameraFile],
    counts: Counter[str],
) -> list[str]:
    """What a person should look at."""
    odd = []
    if refused:
        odd.append(f"{len(refused)} files are no pictures: {refused[0].name} ({refused[0].refusal})")
    if undated := [file for file in files if file.day is None]:
        odd.append(f"{len(undated)} pictures have no day: {undated[0].name} ({undated[0].stamp.note})")
    if noted := [file for file in pictures if file.stamp.note]:
        odd.append(f"{len(noted)} names contradict their folder: {noted[0].name} ({noted[0].stamp.note})")
    odd += contradictions(pictures, camera)
    if set(counts) == {DEFECT} and not any(file.role.label for file in pictures):
        odd.append("every picture is a defect by its marks: see whether they mark the defect, and add good parts")
    elif not any(is_normal(label, camera) for label in counts):
        names = ", ".join(sorted(counts))
        odd.append(f"no label says that a part is good ({names}): name those of good parts in normal_labels")
    return odd


def _samples(camera: Camera, opened: list[tuple[CameraFile, np.ndarray]], masks: Masks, most: int = 8) -> list[Sample]:
    """Some pictures of every label as the settings would keep them."""
    samples: list[Sample] = []
    taken: Counter[str] = Counter()
    for file, _ in opened:
        if taken[file.role.label] >= most:
            continue
        try:
            x, shape = camera_image(read_image_file(file.path), camera)
            marked = shown_by(file, shape, masks, camera).mask
        except UnreadableError:
            continue
        taken[file.role.label] += 1
        samples.append(Sample(file.role.label, file.name, x, marked))
    return sorted(samples, key=lambda sample: (not is_normal(sample.label, camera), sample.label, sample.name))


def pictures_at(source: Path) -> list[Path]:
    """The files of a folder by name, or the one that is named. NotThereError when there are none."""
    paths = sorted(path for path in source.iterdir() if path.is_file()) if source.is_dir() else [source]
    if not paths or not all(path.is_file() for path in paths):
        raise NotThereError(f"there is no picture at {source}", "name a picture or a folder of some")
    return paths
