"""Names of masks: folders of them, and what a file's name has before or behind that of its picture."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from sensors_data.camera import Camera

FOLDERS = frozenset(
    [
        "ground_truth",
        "groundtruth",
        "gt",
        "mask",
        "masks",
        "annotation",
        "annotations",
        "segmentation",
        "segmentations",
    ]
)
"""Folders of masks, as `one_form` gives them."""
_WORDS = "masks?|gt|labels?|ground_?truth|seg|segmentations?|annos?|annotations?"
_BEHIND = re.compile(rf"(.+)_(?:{_WORDS})(?:_?\d{{1,2}})?")
_BEFORE = re.compile(r"(?:masks?|gt|ground_?truth|segmentations?|annotations?)_(.+)")
_PICTURE = re.compile(r"(?:imgs?|images?|pics?|pictures?|photos?|frames?|rgb)_(.+)")


def one_form(name: str) -> str:
    """A name in small letters, with `_` for every space, `-` and `_` in it."""
    return re.sub(r"[-_ ]+", "_", name.lower())


def picture_stems(stem: str) -> list[str]:
    """The names that the picture of a file called like a mask may have, the longest first; none for another name."""
    stems, rest = [], one_form(stem)
    while behind := _BEHIND.fullmatch(rest):
        rest = behind[1]
        stems.append(rest)
    if stems and rest.endswith("_defect"):
        stems.append(rest.removesuffix("_defect"))
    stems += [before[1] for name in (one_form(stem), *stems) if (before := _BEFORE.fullmatch(name))]
    return stems


def without_picture_word(stem: str) -> str:
    """A picture's name without a word such as `img_` before it."""
    match = _PICTURE.fullmatch(one_form(stem))
    return match[1] if match else one_form(stem)


def heads(stem: str) -> list[str]:
    """The starts of a name that end before a separator, the longest first: `a_1` and `a` of `a_1_bw`."""
    parts = one_form(stem).split("_")
    return ["_".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def is_stated(path: str, camera: Camera) -> bool:
    """Whether the settings say that a path is a mask's."""
    return any(_fits(path, form) for form in camera.masks)


def stated_stems(stem: str, path: str, camera: Camera) -> list[str]:
    """The name without what the forms of the settings have before and behind their `*`."""
    stems = []
    for form in camera.masks:
        before, star, behind = form.rpartition("/")[2].partition("*")
        end = behind.rpartition(".")[0] or behind
        if star and before + end and "*" not in end and _fits(path, form):
            stems.append(one_form(stem[len(before) :].removesuffix(end)))
    return stems


def stated_folders(camera: Camera) -> set[str]:
    """The folders that the settings name as those of masks, in one form."""
    folders = [form.split("/")[-2] for form in camera.masks if "/" in form]
    return {one_form(folder) for folder in folders if not re.search(r"[*?\[]", folder)}


def _fits(path: str, form: str) -> bool:
    """Whether a path fits a form; one without a folder is for names alone."""
    return fnmatch(f"/{path}", form) or fnmatch(path if "/" in form else path.rpartition("/")[2], form)
