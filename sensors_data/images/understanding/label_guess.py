"""Guesses about labels that no single path allows: what names, folders and marks of a whole set of pictures say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sensors_data.camera import Camera
from sensors_data.images.inbox import CameraFile, camera_files
from sensors_data.images.masks import Masks
from sensors_data.images.paths.label_words import denied, is_view, names_fault, same_label, says_good
from sensors_data.images.paths.roles import SPLITS, is_normal
from sensors_data.images.understanding.camera_folders import are_cameras
from sensors_data.images.understanding.name_words import labels_of_names

TEMPLATE, TESTED = "_temp", "_test"
"""Ends of the names of a pair: the picture of a part without a fault, and the picture to be tested (DeepPCB)."""

_DEEPEST = 4
"""Folders below the inbox among which those of cameras are looked for."""


@dataclass(frozen=True)
class Guess:
    """Settings that make labels of a set plain, and why."""

    settings: dict[str, object] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def labels_of_set(
    pictures: list[CameraFile], masks: Masks, camera: Camera, of_path: Mapping[Path, str] | None = None
) -> Guess:
    """Settings for pictures of which nothing says that one is good; empty where nothing helps.

    `of_path` has the labels that the paths give, where annotations gave others.
    """
    if not any(file.role.label or masks.beside(file) for file in pictures):
        return _guess("labels", *labels_of_names([file.name for file in pictures], camera))
    folders: dict[str, list[CameraFile]] = defaultdict(list)
    for file in pictures:
        folders[(of_path or {}).get(file.path, file.role.label)].append(file)
    if views := _views_beside_good(pictures):
        names = " and ".join(f"'{view}'" for view in views)
        labels = {form: view for view in views for form in (f"{view}/*", f"*/{view}/*")}
        return _guess("labels", labels, f"{names} stands beside a folder of good parts, so it is a label, no side")
    if any(is_normal(label, camera) for label in folders):
        return Guess()
    if any(is_normal(file.role.label, camera) for file in pictures):
        return Guess() if all(file.annotation for file in pictures) else _guess("labels", *_one_folder(folders))
    for key, (value, why) in (
        ("labels", _pairs(pictures)),
        ("labels", _mixed(folders, masks, camera)),
        ("labels", _names(folders, camera)),
        ("normal_labels", good_of_labels({label: len(files) for label, files in folders.items()})),
        ("labels", _one_folder(folders)),
        ("folders", _cameras(folders, camera)),
    ):
        if value:
            return _guess(key, value, why)
    return Guess()


def _views_beside_good(pictures: list[CameraFile]) -> list[str]:
    """Folders called like a side, without another label, that stand beside one of good parts."""
    folders = {PurePosixPath(file.name).parent for file in pictures}
    good = {_set_of(folder) for folder in folders if says_good(folder.name)}
    bare = {PurePosixPath(file.name).parent for file in pictures if not file.role.label}
    return sorted({folder.name for folder in bare if is_view(folder.name) and _set_of(folder) in good})


def _set_of(folder: PurePosixPath) -> PurePosixPath:
    """What holds a folder of labels, above the parts for training and test."""
    return folder.parent.parent if folder.parent.name.lower() in SPLITS else folder.parent


def _guess(key: str, value: object, why: str) -> Guess:
    return Guess({key: value}, {key: why}) if value else Guess()


def _pairs(pictures: list[CameraFile]) -> tuple[dict[str, str], str]:
    stems = {file.path.stem for file in pictures}
    pairs = sum(stem.endswith(TEMPLATE) and stem[: -len(TEMPLATE)] + TESTED in stems for stem in stems)
    if 2 * pairs < 0.9 * len(stems):
        return {}, ""
    return {f"*{TEMPLATE}.*": "good", f"*{TESTED}.*": "defect"}, f"{pairs} pairs of a template and a tested picture"


def _mixed(folders: Mapping[str, list[CameraFile]], masks: Masks, camera: Camera) -> tuple[dict[str, str], str]:
    """Labels for a set of which a folder that names no known fault holds pictures with marks and others without."""
    has_marks: tuple[Callable[[CameraFile], bool], ...] = (
        lambda file: bool(masks.beside(file)),
        lambda file: masks.mark(file, camera),
    )
    for has_mark in has_marks:
        for label, files in folders.items():
            if not names_fault(label) and 0 < sum(map(has_mark, files)) < len(files):
                return {
                    "*": ""
                }, f"'{label}' holds pictures with and without marks and so names no defect; marks decide"
    return {}, ""


def _names(folders: Mapping[str, list[CameraFile]], camera: Camera) -> tuple[dict[str, str], str]:
    """Labels that the names give, for folders that name no known fault."""
    if any(names_fault(label) for label in folders):
        return {}, ""
    labels, why = labels_of_names([file.name for files in folders.values() for file in files], camera)
    return ({**labels, **_unlabelled(folders)}, f"{why}, which no folder says") if labels else ({}, "")


def good_of_labels(counts: Mapping[str, int]) -> tuple[tuple[str, ...], str]:
    """The labels that mean good because of the others, and why: 0 beside 1, negative beside positive, X beside X_def.

    A label that denies another one is good where it is the more frequent of the two.
    """
    plain = {same_label(label): label for label in counts}
    if {"negative", "positive"} == plain.keys():
        return (plain["negative"],), f"'{plain['negative']}' stands beside '{plain['positive']}'"
    if {"0", "1"} == plain.keys() and counts[plain["0"]] >= counts[plain["1"]]:
        return (plain["0"],), f"'{plain['0']}' stands beside the rarer '{plain['1']}'"
    denials = {label: other for label in counts if (other := plain.get(denied(label), "")) and other != label}
    faulty = {
        other: label
        for label in counts
        for other in counts
        if not names_fault(other) and names_fault(label) and re.match(rf"{re.escape(other)}[-_ ]", label)
    }
    if any(label not in faulty and label not in faulty.values() for label in counts):
        faulty = {}
    pairs = {label: other for label, other in denials.items() if counts[label] > counts[other]} or faulty
    beside = ", ".join(f"'{label}' stands beside '{other}'" for label, other in pairs.items())
    return tuple(sorted(pairs)), beside


def _one_folder(folders: Mapping[str, list[CameraFile]]) -> tuple[dict[str, str], str]:
    """Labels for a set of which every picture lies in one folder that names no known fault."""
    label = next(iter(folders))
    if len(folders) > 1 or not label or names_fault(label):
        return {}, ""
    return _unlabelled(folders), f"every picture lies in '{label}', so it names no defect"


def _unlabelled(folders: Mapping[str, list[CameraFile]]) -> dict[str, str]:
    """Patterns by which what lies in these folders has no label; a folder that comes later still names one."""
    names = [re.sub(r"([*?[])", r"[\1]", label) for label in folders if label]
    return {form: "" for name in names for form in (f"{name}/*", f"*/{name}/*")}


def _cameras(folders: Mapping[str, list[CameraFile]], camera: Camera) -> tuple[tuple[str, ...], str]:
    """The meaning of folders that are cameras: each has its own size and colour, none names a known fault."""
    if len(folders) < 2 or any(names_fault(label) or not label for label in folders):
        return (), ""
    if any(file.role.asset for files in folders.values() for file in files) or not are_cameras(folders):
        return (), ""
    why = f"{' and '.join(sorted(folders))} have pictures of their own size or colour: cameras, no defects"
    labels = {file.path: label for label, files in folders.items() for file in files}
    for order in (("skip",) * depth + ("asset",) for depth in range(_DEEPEST)):
        files = camera_files(camera.model_copy(update={"folders": order}))
        if all(labels[file.path] == file.role.asset for file in files if file.path in labels):
            return order, why
    return (), ""


def contradictions(pictures: list[CameraFile], camera: Camera) -> list[str]:
    """What is odd about labels: one that is a product's or a place's name elsewhere."""
    assets = Counter(file.role.asset for file in pictures if file.role.asset not in ("", file.role.label))
    labels = Counter(file.role.label for file in pictures)
    both = [label for label in labels if label in assets and not is_normal(label, camera)]
    return [
        f"'{label}' is the label of {labels[label]} pictures and the product or place of {assets[label]} others: "
        f"they count as defects; pass them over with leave_out"
        for label in both
    ]
