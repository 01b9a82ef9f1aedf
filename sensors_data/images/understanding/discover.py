"""A look at a folder of pictures: sizes, depth, colours, days, labels and masks, and settings that fit them."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnreadableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.annotations.recognise import annotation_files
from sensors_data.images.files import camera_image, read_image_file
from sensors_data.images.formats import SUFFIXES
from sensors_data.images.inbox import CameraFile, camera_days, camera_files, files_below
from sensors_data.images.marks import DEFECT
from sensors_data.images.masks import Masks
from sensors_data.images.paths.roles import is_normal
from sensors_data.images.shown import shown_by
from sensors_data.images.understanding.camera_folders import cameras_in_one
from sensors_data.images.understanding.day_settings import DaySettings, day_settings
from sensors_data.images.understanding.label_guess import contradictions, labels_of_set
from sensors_data.images.understanding.looks import look_oddities, open_some, with_shapes
from sensors_data.images.understanding.mask_guess import background_of
from sensors_data.images.understanding.set_masks import all_masks, files_of, labels_kept, mask_oddities, with_masks

MOST_LISTS = 5
"""Lists that were not understood and are told one by one."""


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
    learnable: dict[date, int] = field(default_factory=dict)
    """How many normal pictures of each day a detector may learn from."""
    defects: dict[date, int] = field(default_factory=dict)
    unclear_day: str = ""
    """Why a person must state `day_pattern`, and which; there are no days then."""


def holds_pictures(source: Path) -> bool:
    """Whether a path is a picture, or a folder with more pictures than other files, annotations of them left out."""
    if source.is_file():
        return source.suffix.lower() in SUFFIXES
    suffixes = Counter(path.suffix.lower() in SUFFIXES for path in files_below(source) if path.is_file())
    pictures, others = suffixes[True], suffixes[False]
    return pictures > others or (pictures > 0 and pictures > others - annotation_files(source))


def discover_camera(source: Path, name: str | None = None) -> CameraDiscovery:
    """What a folder of pictures, or the folder of one, holds. NotThereError when none can be read."""
    folder = source if source.is_dir() else source.parent
    first = Camera(inbox=str(folder))
    every = annotated(camera_files(first), first)
    files, refused = ([file for file in every if bool(file.refusal) == which] for which in (False, True))
    by_day = day_settings(first, files, datetime.now(UTC).date())
    dated, more = with_masks(by_day.camera)
    of_path = camera_files(dated)
    files = files_of(dated)
    masks = all_masks(files)
    background, why, odd_masks = background_of(masks)
    if background:
        dated, more["mask_background"] = dated.model_copy(update={"mask_background": background}), why
    reasons = {**by_day.reasons, **more}
    pictures = [file for file in files if file.path not in masks.paths and file.day is not None]
    guess = labels_of_set(pictures, masks, dated, {file.path: file.role.label for file in of_path})
    if guess.settings:
        dated, reasons = dated.model_copy(update=guess.settings), {**reasons, **guess.reasons}
        files = files_of(dated)
        masks = all_masks(files)
        pictures = [file for file in files if file.path not in masks.paths and file.day is not None]
    opened, unusable = open_some(pictures)
    if not opened and by_day.unclear:
        raise NotThereError(f"no picture in {folder} has a clear day: {by_day.unclear}")
    if not opened:
        why = f": {unusable[0]}" if unusable else ""
        raise NotThereError(f"no picture in {folder} can be used{why}", "name a folder of pictures of parts")
    camera, more = with_shapes(dated, [levels for _, levels in opened])
    kept, unused = labels_kept(pictures, masks, camera)
    normal = [label is not None and is_normal(label, camera) for label in kept]
    learnable = [good and file.role.split not in ("test", "valid") for file, good in zip(pictures, normal, strict=True)]
    counts = Counter(label for label in kept if label is not None)
    stated = camera.model_copy(update={"day_pattern": None}) if by_day.unclear else camera
    return CameraDiscovery(
        name or re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-")[:64] or "camera",
        stated,
        {**reasons, **more},
        len(pictures),
        dict(sorted(counts.items())),
        dict(Counter(file.role.split for file in pictures if file.role.split)),
        sum(bool(masks.beside(file)) for file in pictures) - len(unused),
        [] if by_day.unclear else camera_days(camera),
        [
            *_oddities(camera, files, pictures, refused, counts),
            *cameras_in_one(opened),
            *odd_masks,
            *mask_oddities(masks, unused),
            *look_oddities([levels for _, levels in opened], unusable),
        ],
        _samples(camera, opened, masks),
        _by_day(pictures, learnable),
        _by_day(pictures, [not good for good in normal]),
        _to_state(by_day),
    )


def _by_day(pictures: list[CameraFile], wanted: list[bool]) -> dict[date, int]:
    """How many of the wanted pictures each day has."""
    return dict(Counter(file.day for file, is_wanted in zip(pictures, wanted, strict=True) if is_wanted and file.day))


def _to_state(by_day: DaySettings) -> str:
    """The key that a person must decide on, as TOML, and why; nothing where days are clear."""
    return f"day_pattern = {json.dumps(by_day.camera.day_pattern)}  # {by_day.unclear}" if by_day.unclear else ""


def _oddities(
    camera: Camera,
    files: list[CameraFile],
    pictures: list[CameraFile],
    refused: list[CameraFile],
    counts: Counter[str],
) -> list[str]:
    """What a person should look at."""
    lists = [file for file in refused if file.is_list]
    odd = [f"{file.name} is {file.refusal}" for file in lists[:MOST_LISTS]]
    if others := [file for file in refused if not file.is_list]:
        odd.append(f"{len(others)} files are no pictures: {others[0].name} ({others[0].refusal})")
    if more := lists[MOST_LISTS:]:
        odd.append(f"{len(more)} more lists and annotations were not understood: {more[0].name} ({more[0].refusal})")
    odd += _notes(pictures)
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


def _notes(pictures: list[CameraFile]) -> list[str]:
    """What is odd about the annotations of pictures, and how many are unknown for it."""
    noted = [file for file in pictures if file.note]
    counts = Counter(file.note for file in noted).most_common()
    first = {file.note: file.name for file in reversed(noted)}
    lines = [f"{count} pictures such as {first[note]}: {note}" for note, count in counts[:MOST_LISTS]]
    if more := sum(count for _, count in counts[MOST_LISTS:]):
        lines.append(f"{more} more pictures are unknown for reasons like these")
    return [*lines, *(["unknown pictures are neither learned from nor evaluated"] if lines else [])]


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
