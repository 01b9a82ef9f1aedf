"""The masks of a whole folder of pictures: settings by which they are found, and the labels that they give."""

from __future__ import annotations

import re
from collections import defaultdict

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.inbox import CameraFile, camera_files
from sensors_data.images.masks import Masks, masks_of
from sensors_data.images.orientation import upright_shape
from sensors_data.images.paths.label_words import says_good
from sensors_data.images.paths.roles import fits
from sensors_data.images.shown import shown_by
from sensors_data.images.understanding.mask_guess import masks_by_content, other_views

MOST_MASKS = 2000
"""Number of pictures up to which every mask is opened, so that the labels are those that ingestion will store."""


def files_of(camera: Camera) -> list[CameraFile]:
    """A camera's pictures and masks, with their annotations."""
    return [file for file in annotated(camera_files(camera), camera) if not file.refusal]


def with_masks(camera: Camera) -> tuple[Camera, dict[str, str]]:
    """The camera with settings by which its masks are found, and why."""
    reasons, files = {}, files_of(camera)
    views, why = other_views(files)
    if views:
        camera, reasons["leave_out"] = camera.model_copy(update={"leave_out": views}), why
        files = files_of(camera)
    forms = tuple(form for form in masks_by_content(files, all_masks(files)) if _serves(form, camera))
    if forms:
        names = " and ".join(f"'{form}'" for form in forms)
        reasons["masks"] = f"few levels, and a picture of the same name: {names}"
        camera = camera.model_copy(update={"masks": forms})
    return camera, reasons


def _serves(form: str, camera: Camera) -> bool:
    """Whether the files of a form, read as masks, belong to pictures that are not labelled as good parts."""
    files = files_of(camera.model_copy(update={"masks": (form,)}))
    group = {file.path for file in files if fits(file.name, form)}
    of_picture = {path: {mask.path for mask in marks} for path, marks in all_masks(files).of_picture.items()}
    labels = {file.path: file.role.label for file in files}
    good = sum(says_good(labels[path]) for path, marks in of_picture.items() if marks & group)
    return len(group & set().union(*of_picture.values())) >= 0.9 * len(group) and 2 * good <= len(group)


def all_masks(files: list[CameraFile]) -> Masks:
    """The masks of every day."""
    by_day = [masks_of(files, day) for day in sorted({file.day for file in files if file.day is not None})]
    return Masks(
        {path: mask for masks in by_day for path, mask in masks.of_picture.items()},
        [mask for masks in by_day for mask in masks.lonely],
    )


def labels_kept(
    pictures: list[CameraFile], masks: Masks, camera: Camera
) -> tuple[list[str | None], list[tuple[CameraFile, str]]]:
    """Each picture's label as ingestion stores it, None where it is left out; and the masks that it will not use, with
    the reason.
    """
    kept: list[str | None] = []
    unused = []
    decide = len(masks.of_picture) <= MOST_MASKS
    for file in pictures:
        label: str | None = file.role.label
        if decide and masks.beside(file):
            try:
                shown = shown_by(file, upright_shape(file.path), masks, camera)
            except UnreadableError:
                kept.append(None)
                continue
            label = shown.label
            if shown.unused:
                unused.append((masks.beside(file)[0], shown.unused))
        kept.append(label)
    return kept, unused


def mask_oddities(masks: Masks, unused: list[tuple[CameraFile, str]]) -> list[str]:
    """The masks that are not used, one line a kind of reason."""
    odd = []
    if masks.lonely:
        odd.append(f"{len(masks.lonely)} masks have no picture: {masks.lonely[0].name}")
    kinds: dict[str, list[tuple[CameraFile, str]]] = defaultdict(list)
    for mask, reason in unused:
        kinds[re.sub(r"\d+", "", reason)].append((mask, reason))
    odd += [f"{len(kind)} masks are not used: {kind[0][0].name} ({kind[0][1]})" for kind in kinds.values()]
    return odd
