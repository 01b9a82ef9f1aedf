"""Guesses about masks that no single path or file allows: which folders and names are theirs, what they mark."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from sensors_data.errors import UnreadableError
from sensors_data.images.inbox import CameraFile
from sensors_data.images.mask_pixels import is_like_mask, marked_pixels
from sensors_data.images.masks import Masks
from sensors_data.images.paths.day_folders import is_like_day
from sensors_data.images.paths.mask_names import heads, one_form, without_picture_word
from sensors_data.images.paths.roles import SPLITS, names_place

_MOST_OPENED = 200
"""Files of a group that are opened, spread evenly."""
_MOSTLY = 0.9
"""Share of a group's files that have a picture of their name, at least."""
_OTHER_VIEWS = frozenset({"xyz", "depth"})
"""Folders beside `rgb` with other measurements of the same parts."""


def masks_by_content(files: list[CameraFile], known: Masks) -> list[str]:
    """Patterns of files that are no known masks and look like some; empty where there are none.

    A folder, or an end of names, is one of masks if its files have the content of masks and each has a photograph of
    its name outside.
    """
    masks = known.paths
    unknown = [file for file in files if file.path not in masks]
    folders, by_name = _by_folder(unknown), _by_name(unknown)
    forms: list[str] = []
    for folder, group in folders.items():
        if _are_masks(group, by_name):
            below = {"*/" if "/" in file.name.partition(f"{folder}/")[0] else "" for file in group}
            forms += [f"{start}{folder}/*" for start in sorted(below)]
    inside = {file.path for form in forms for file in folders[form.split("/")[-2]]}
    for end, group in _by_end(unknown).items():
        rest = [file for file in group if file.path not in inside]
        if rest and _are_masks(rest, by_name):
            forms.append(f"*{end}.*")
    return forms


def _by_folder(files: list[CameraFile]) -> dict[str, list[CameraFile]]:
    """The files below every folder of a name, of folders that do not hold them all and are no part of a set."""
    groups: dict[str, list[CameraFile]] = defaultdict(list)
    for file in files:
        for folder in dict.fromkeys(file.name.split("/")[:-1]):
            is_place = names_place(folder) or is_like_day(folder)
            if one_form(folder) not in SPLITS and not is_place and not re.search(r"[*?\[]", folder):
                groups[folder].append(file)
    return {folder: group for folder, group in groups.items() if len(group) < len(files)}


def _by_end(files: list[CameraFile]) -> dict[str, list[CameraFile]]:
    """The files whose name is that of another one of their folder with an end of letters behind, by that end."""
    stems: dict[Path, set[str]] = defaultdict(set)
    for file in files:
        stems[file.path.parent].add(file.path.stem)
    groups: dict[str, list[CameraFile]] = defaultdict(list)
    for file in files:
        stem = file.path.stem
        starts = [stem[: match.start()] for match in re.finditer(r"[-_ ]+(?=[A-Za-z])", stem)]
        if owner := next((start for start in starts if start in stems[file.path.parent]), ""):
            groups[stem[len(owner) :]].append(file)
    return {end: group for end, group in groups.items() if not re.search(r"[*?\[.]", end)}


def _by_name(files: list[CameraFile]) -> dict[str, list[Path]]:
    """The paths of files by their names with and without a word for pictures."""
    paths: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        for name in dict.fromkeys([one_form(file.path.stem), without_picture_word(file.path.stem)]):
            paths[name].append(file.path)
    return paths


def _are_masks(group: list[CameraFile], by_name: dict[str, list[Path]]) -> bool:
    """Whether the files of a group have the content of masks, one of them a mark, and each has a photograph outside."""
    inside = {file.path for file in group}
    paths = _spread([file.path for file in group])
    if not all(is_like_mask(path) for path in paths):
        return False
    wanted = {name for path in inside for name in _names_of(path)}
    outside = {name: [path for path in by_name.get(name, []) if path not in inside] for name in wanted}
    names = Counter(next((name for name in _names_of(path) if outside[name]), "") for path in inside)
    paired = sum(min(count, len(outside[name])) for name, count in names.items() if name)
    if paired < _MOSTLY * len(group):
        return False
    photographs = _spread(sorted(outside[name][0] for name in names if name), 8)
    return not any(is_like_mask(path) for path in photographs) and any(_marks_a_part(path) for path in paths)


def _names_of(path: Path) -> list[str]:
    """The names that the picture of a mask may have, the likeliest first."""
    return [one_form(path.stem), without_picture_word(path.stem), *heads(path.stem)]


def _spread(paths: Sequence[Path], most: int = _MOST_OPENED) -> list[Path]:
    places = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), most)).astype(int))
    return [paths[place] for place in places]


def other_views(files: Iterable[CameraFile]) -> tuple[tuple[str, ...], str]:
    """The setting `leave_out` for other measurements of the same parts, as folders beside `rgb`, and why."""
    folders = {PurePosixPath(file.name).parent for file in files}
    beside = {folder.parent for folder in folders if folder.name.lower() == "rgb"}
    views = {folder for folder in folders if folder.parent in beside and folder.name.lower() in _OTHER_VIEWS}
    forms = sorted({f"{'*/' if len(view.parts) > 1 else ''}{view.name}/*" for view in views})
    return tuple(forms), "other measurements of the parts that `rgb` shows" if forms else ""


def background_of(masks: Masks) -> tuple[str, str, list[str]]:
    """The setting `mask_background` that suits the set where that is not black, and why; else what is odd about it.

    White is what most masks have at their border, where half of them cover more than half of their picture as if black
    were outside the defect.
    """
    paths = _spread([mask.path for owned in masks.of_picture.values() for mask in owned if mask.annotation is None])
    covered, bordered = [], []
    for path in paths:
        try:
            marked = marked_pixels(path, "black")[0]
        except UnreadableError:
            continue
        covered.append(marked.mean())
        bordered.append(np.concatenate([marked[0], marked[-1], marked[:, 0], marked[:, -1]]).mean() > 0.5)
    if not covered or np.median(covered) <= 0.5:
        return "", "", []
    share = f"half of the masks are white over {np.median(covered):.0%} of their picture or more"
    if 2 * sum(bordered) > len(bordered):
        return "white", f"{share}, and at its border", []
    return "", "", [f"{share}, but not at its border: see whether they mark the defect"]


def _marks_a_part(path: Path) -> bool:
    try:
        return 0 < float(marked_pixels(path, "black").mean()) < 1
    except UnreadableError:
        return False
