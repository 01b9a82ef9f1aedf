"""Annotations given to the pictures they are of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.images.annotations.boxes import read_voc, read_yolo, yolo_names
from sensors_data.images.annotations.json_files import read_json
from sensors_data.images.annotations.tables import read_table
from sensors_data.images.inbox import CameraFile
from sensors_data.images.marks import Annotation
from sensors_data.images.roles import is_normal

_LARGEST = 64 * 2**20
"""Largest size of an annotation file, bytes; a larger one is reported as not being a picture."""
_CLASSES = frozenset({"data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names"})


def annotated(files: list[CameraFile], camera: Camera) -> list[CameraFile]:
    """A camera's files with the annotations of its pictures; files of annotations that were understood are left out.

    An annotation's label counts where the path names none or a defect; where the path says that the part is good, the
    path counts and the annotation stays beside it.
    """
    by_name, by_stem = defaultdict(list), defaultdict(list)
    for file in files:
        if not file.refusal:
            by_name[file.path.name].append(file.path)
            by_stem[file.path.stem].append(file.path)
    annotations: dict[Path, Annotation] = {}
    used = set()
    for file in files:
        if not file.refusal or file.path.is_dir() or file.path.stat().st_size > _LARGEST:
            continue
        of_pictures = {
            owner: annotation
            for name, annotation in _read(file.path, by_stem).items()
            if (owner := _owner(name, file.path, by_name, by_stem)) is not None
        }
        if of_pictures:
            annotations |= of_pictures
            used.add(file.path)
    used |= {file.path for file in files if annotations and file.path.name.lower() in _CLASSES}
    return [_with(file, annotations.get(file.path), camera) for file in files if file.path not in used]


def _read(path: Path, by_stem: dict[str, list[Path]]) -> dict[str, Annotation]:
    """The annotations of a file by the names of pictures; of a file beside one picture, by its own stem."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return read_json(path)
    if suffix in {".csv", ".tsv"}:
        return read_table(path)
    if path.stem not in by_stem:
        return {}
    if suffix == ".xml":
        annotation = read_voc(path)
    elif suffix == ".txt":
        annotation = read_yolo(path, yolo_names(path.parent))
    else:
        annotation = None
    return {path.stem: annotation} if annotation is not None else {}


def _owner(name: str, beside: Path, by_name: dict[str, list[Path]], by_stem: dict[str, list[Path]]) -> Path | None:
    """The picture that a name means: the one whose path ends so and shares most folders with the annotation's file."""
    last = name.rpartition("/")[2]
    owners = by_name.get(last) or by_stem.get(last) or by_stem.get(Path(last).stem) or []
    ending = [path for path in owners if path.as_posix().endswith("/" + name)] or owners
    return max(ending, key=lambda path: (_shared(path, beside), path.as_posix()), default=None)


def _shared(path: Path, other: Path) -> int:
    """How many folders two paths have in common, whatever their order: images/train and labels/train share train."""
    return len(set(path.parent.parts) & set(other.parent.parts))


def _with(file: CameraFile, annotation: Annotation | None, camera: Camera) -> CameraFile:
    if annotation is None:
        return file
    label = file.role.label
    counts = not label or not is_normal(label, camera)
    return replace(file, annotation=annotation, role=replace(file.role, label=annotation.label if counts else label))
