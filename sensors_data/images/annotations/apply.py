"""Annotations given to the pictures they are of."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.images.annotations.listed import Listed
from sensors_data.images.annotations.picture_names import PictureNames
from sensors_data.images.annotations.read import annotations_of
from sensors_data.images.annotations.runs import without_useless_runs
from sensors_data.images.inbox import CameraFile
from sensors_data.images.marks import UNKNOWN, Annotation
from sensors_data.images.paths.roles import is_normal

UNLISTED = "a list gives labels and leaves it out; what it shows is unknown"
"""What is odd about a picture that a list of labels does not name."""
SHARED = "an annotation could be of it or of another picture of its name; what it shows is unknown"
"""What is odd about a picture of whose annotations one may be another's."""


@dataclass
class _Said:
    """What all files of annotations say of the pictures."""

    annotations: dict[Path, Annotation] = field(default_factory=dict)
    splits: dict[Path, str] = field(default_factory=dict)
    masks: dict[Path, Path] = field(default_factory=dict)
    """Of a mask that a list names, its picture."""
    shared: set[Path] = field(default_factory=set)
    """Pictures of which an annotation could be."""
    named: set[Path] = field(default_factory=set)
    covered: set[tuple[Path, date | None]] = field(default_factory=set)
    """Folders and days of which a list gives labels."""
    not_used: dict[Path, str] = field(default_factory=dict)
    """Files of which something cannot be used, and what."""
    used: set[Path] = field(default_factory=set)


def annotated(files: list[CameraFile], camera: Camera) -> list[CameraFile]:
    """A camera's files with the annotations of its pictures; files of annotations that were understood are left out.

    An annotation's label counts where the path names none or a defect; where the path says that the part is good, the
    path counts and the annotation stays beside it. A picture that a list of labels leaves out is `unknown`.
    """
    annotations = annotations_of(files, camera)
    listed = {file.path: annotations.in_file(file.path) for file in files if file.refusal}
    days = {file.path: file.day for file in files}
    several_parts = len({each.part for each in listed.values()} - {""}) > 1
    said = _Said()
    for path, each in listed.items():
        if each.problem:
            said.not_used[path] = each.problem
        _add(said, path, each, annotations.names, days)
        if each.part and several_parts:
            _add_splits(said, path, dict.fromkeys(each.annotations, each.part), annotations.names)
    if said.annotations:
        said.used |= set(annotations.class_files)
    empty = _empty_labels(files, said, camera)
    unlisted = _unlisted(files, said, empty)
    keys = {file.path: file.role.key for file in files if file.path in said.masks.values()}
    return [
        _with(file, said, unlisted, empty, keys, camera)
        for file in files
        if file.path not in said.used or file.path in said.not_used
    ]


def _add(said: _Said, path: Path, listed: Listed, names: PictureNames, days: dict[Path, date | None]) -> None:
    """Add what a file says; an annotation that could be of several pictures is given to none."""
    shared = {}
    owners = set()
    for name, annotation in listed.annotations.items():
        means = names.owners(name, path)
        if len(means) > 1:
            shared[name] = means
        elif means:
            said.annotations[means[0]] = annotation
            owners.add(means[0])
    _add_splits(said, path, listed.splits, names)
    for name, mask in listed.masks.items():
        pictures, masks = names.owners(name, path), names.owners(mask, path, masks=True)
        if len(pictures) == len(masks) == 1 and pictures != masks:
            said.masks[masks[0]] = pictures[0]
    if owners:
        said.used.add(path)
        said.named |= owners
    if owners and listed.labels_all:
        folder = Path(os.path.commonpath([path.parent, *{owner.parent for owner in owners}]))
        said.covered |= {(folder, days[owner]) for owner in owners}
    if shared:
        said.shared |= {picture for means in shared.values() for picture in means}
        name, means = next(iter(shared.items()))
        said.not_used[path] = (
            f"an annotation file with {len(shared):,} names that several pictures have, as {name} in "
            f"{' and '.join(sorted(owner.parent.name for owner in means)[:2])}; they are given to none"
        )


def _add_splits(said: _Said, path: Path, splits: dict[str, str], names: PictureNames) -> None:
    for name, split in splits.items():
        means = names.owners(name, path)
        if len(means) == 1:
            said.splits[means[0]] = split
            said.used.add(path)
            said.named |= {means[0]}


def _empty_labels(files: list[CameraFile], said: _Said, camera: Camera) -> set[str]:
    """The labels of paths that say nothing: none, and folders in which annotations call some pictures good."""
    labels = {file.role.label for file in files if _is_good_by(said.annotations.get(file.path), camera)}
    return {"", *(label for label in labels if not is_normal(label, camera))}


def _is_good_by(annotation: Annotation | None, camera: Camera) -> bool:
    return annotation is not None and annotation.label != "" and is_normal(annotation.label, camera)


def _unlisted(files: list[CameraFile], said: _Said, empty: set[str]) -> set[Path]:
    """The pictures of which no list and no folder says what they show, where a list says it of others of their day."""
    return {
        file.path
        for file in files
        if not (file.refusal or file.role.mask_of or file.path in said.named or file.path in said.masks)
        and file.role.label in empty
        and any((folder, file.day) in said.covered for folder in file.path.parents)
    }


def _with(
    file: CameraFile, said: _Said, unlisted: set[Path], empty: set[str], keys: dict[Path, str], camera: Camera
) -> CameraFile:
    """A file with what is said of it."""
    path, role = file.path, file.role
    if path in said.not_used:
        return replace(file, refusal=said.not_used[path], is_list=True)
    if path in said.masks:
        return replace(file, role=replace(role, mask_of=(keys[said.masks[path]],), is_mask=True))
    if path in said.splits and role.split not in ("test", "valid"):
        role = replace(role, split=said.splits[path])
    annotation, note = without_useless_runs(said.annotations.get(path), path)
    if annotation is None and (path in unlisted or path in said.shared):
        annotation, note = Annotation(UNKNOWN), UNLISTED if path in unlisted else SHARED
    if annotation is not None and (not role.label or not is_normal(role.label, camera)):
        says_nothing = annotation.label in ("", UNKNOWN) and role.label not in empty
        role = replace(role, label=role.label if says_nothing else annotation.label)
    return replace(file, role=role, annotation=annotation, note=note)
