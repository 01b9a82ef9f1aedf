"""Real defects from a folder: pictures with masks beside them, as a camera would keep them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.defects.likeness import RealDefect
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.annotations.apply import annotated
from sensors_data.images.files import camera_image, read_image_file
from sensors_data.images.inbox import camera_files
from sensors_data.images.masks import masks_of

_ANY_DAY = date(1970, 1, 1)
MASKS = "put a mask beside each, x_mask.png beside x.png, white where the defect is, or in a folder ground_truth"


def real_defects(folder: Path, camera: Camera) -> tuple[RealDefect, ...]:
    """Every picture of a folder whose mask marks something, at the camera's size, sorted by name.

    NotThereError when there is no folder or picture, UnusableError when no picture has a mask, UnreadableError when
    one cannot be read.
    """
    if not folder.is_dir():
        raise NotThereError(f"there is no folder {folder}", "name one with pictures of real defects")
    place = camera.model_copy(update={"inbox": str(folder), "undated_day": camera.undated_day or _ANY_DAY})
    files = [file for file in annotated(camera_files(place), place) if not file.refusal]
    defects = []
    for day in sorted({file.day for file in files if file.day is not None}):
        masks = masks_of(files, day)
        for file in sorted((file for file in files if file.day == day and masks.beside(file)), key=lambda f: f.path):
            x, shape = camera_image(read_image_file(file.path), camera)
            marked = masks.read(file, shape, camera)[0] > 0
            if marked.any():
                name = file.path.relative_to(folder).as_posix()
                defects.append(RealDefect(name, file.role.label or "defect", x, marked))
    if not defects:
        raise UnusableError(f"no picture in {folder} has a mask that marks something", MASKS)
    return tuple(defects)
