"""What the folders and the name of a picture say: its asset, label and part of a set, and whether it is a mask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch

from sensors_data.camera import Camera
from sensors_data.images.paths import mask_names
from sensors_data.images.paths.label_words import IN_ANY_ORDER, is_container, is_view, same_label, says_good

SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "valid",
    "valid": "valid",
    "validation": "valid",
}
"""Folders that are a part of a labelled set, and how the part is called here."""
_PLACE = re.compile(
    r"(cam|camera|line|press|machine|station|cell|shift|lane|unit|side|view|hall|plant|site|robot|belt)"
    r"[-_ ]?[a-z0-9]{1,3}",
    re.IGNORECASE,
)
"""Folders that name where a picture was taken: `line-1`, `cam2`, `shift-A`."""
_NUMBER = re.compile(r"(?!ok|ng|io)[a-z]{0,3}[-_]?\d{2,}", re.IGNORECASE)
"""Folders that number parts, as `0042`, `S0001` or `kos07`: they name no defect."""
_WITH_FILLER = re.compile(r"^(.+?)[-_ ]?(?:images?|imgs?|set|public|private|private_mixed)$")


@dataclass(frozen=True)
class Role:
    """What a path says of its picture."""

    asset: str
    label: str
    split: str
    """train, valid, test, or nothing."""
    mask_of: tuple[str, ...]
    """For what may be a mask, keys that its picture may have, the likeliest first; nothing for a picture."""
    is_mask: bool
    """Whether it is a mask even where its picture is not there: by its folder, or by the settings."""
    key: str
    """What a picture and its mask have in common."""


def role_of(folders: list[str], stem: str, path: str, camera: Camera) -> Role:
    """The role of a file with these folders below the inbox, those of days left out."""
    words = [_word(folder) for folder in folders]
    of_mask = mask_names.FOLDERS | mask_names.stated_folders(camera)
    stems = [*mask_names.picture_stems(stem), *mask_names.stated_stems(stem, path, camera)]
    is_mask = not of_mask.isdisjoint(words) or mask_names.is_stated(path, camera)
    beside = {"label", "labels"} if stems else set()  # DAGM's folder of masks; a label may also be the product
    split = next((SPLITS[word] for word in reversed(words) if word in SPLITS), "")
    understood = of_mask | SPLITS.keys() | IN_ANY_ORDER | beside
    named = [folder for folder, word in zip(folders, words, strict=True) if word not in understood]
    named = named if camera.folders else [folder for folder in named if not is_container(folder)]
    asset, label = _asset_and_label(named, camera.folders)
    label = next((value for form, value in camera.labels.items() if fits(path, form)), label)
    if is_mask:
        stems = [mask_names.one_form(stem), *stems, *mask_names.heads(stem)]
    below = "".join(f"{folder.lower()}/" for folder in named)
    keys = tuple(dict.fromkeys(below + name for name in stems))
    return Role(asset, label, split, keys, is_mask, below + mask_names.one_form(stem))


def is_left_out(path: str, camera: Camera) -> bool:
    """Whether the settings leave a file out."""
    return any(fits(path, form) for form in camera.leave_out)


def is_normal(label: str, camera: Camera) -> bool:
    """Whether a label says that a picture shows nothing wrong; no label says so too."""
    if not label.strip() or says_good(label):
        return True
    return same_label(label) in {same_label(name) for name in camera.normal_labels}


def _asset_and_label(named: list[str], order: tuple[str, ...]) -> tuple[str, str]:
    """The asset and the label among folders that are neither a part of a set nor a container."""
    if order:
        roles = dict(zip(order, named, strict=False))
        return roles.get("asset", ""), roles.get("label", "")
    places = [f for f in named if names_place(f) or _NUMBER.fullmatch(f)]
    others = [folder for folder in named if folder not in places]
    good = [folder for folder in others if says_good(folder)]
    label = (good or others or [""])[-1]
    asset = places[-1] if places else others[-2] if len(others) > 1 else ""
    return asset, label


def names_place(folder: str) -> bool:
    """Whether a folder names where or from which side a picture was taken."""
    return _PLACE.fullmatch(folder) is not None or is_view(folder)


def _word(folder: str) -> str:
    """A folder's name in one form; without `images`, `set` or `public` behind the name of a part or of masks."""
    lower = mask_names.one_form(folder)
    match = _WITH_FILLER.match(lower)
    return match[1] if match and match[1] in mask_names.FOLDERS | SPLITS.keys() else lower


def fits(path: str, form: str) -> bool:
    """Whether a path or its last part has a form like `*_test.jpg`."""
    return fnmatch(path, form) or fnmatch(path.rpartition("/")[2], form)
