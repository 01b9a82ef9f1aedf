"""The pictures that the names in a file of annotations mean."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from sensors_data.images.formats import SUFFIXES
from sensors_data.images.inbox import CameraFile
from sensors_data.images.paths.roles import SPLITS

_LOSSY = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})


class PictureNames:
    """The pictures of an inbox by the names that a list or an annotation may call them."""

    def __init__(self, files: list[CameraFile]) -> None:
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        self._masks = {file.path for file in files if file.role.mask_of}
        for file in files:
            if not file.refusal:
                self._by_name[file.path.name.lower()].append(file.path)
                self._by_stem[file.path.stem.lower()].append(file.path)

    def has_stem(self, stem: str) -> bool:
        """Whether a picture is called so, without its ending."""
        return stem.lower() in self._by_stem

    def __contains__(self, name: str) -> bool:
        """Whether a picture is called so, with or without its folders and its ending."""
        return bool(self._called(_plain(name)))

    def owners(self, name: str, beside: Path, masks: bool = False) -> list[Path]:
        """The picture that a name means in a file `beside` it; several where none of them is more likely.

        It is the one whose path ends so, shares most folders with the file, and has the words of the file's name in
        its folders: instances_train means train. A mask is meant by a list's column of masks alone, or by its own name.
        """
        plain = _plain(name)
        owners = self._called(plain)
        owners = [path for path in owners if masks or path not in self._masks] or owners
        ending = [path for path in owners if path.as_posix().lower().endswith("/" + plain)] or owners
        if len(ending) < 2:
            return ending
        closeness = {path: _closeness(path, beside) for path in ending}
        best = max(closeness.values(), default=None)
        nearest = [path for path, near in closeness.items() if near == best]
        if len({path.parent for path in nearest}) == 1:
            return [min(nearest, key=lambda path: (path.suffix.lower() not in _LOSSY, path.name))]
        return nearest

    def _called(self, plain: str) -> list[Path]:
        last = plain.rpartition("/")[2]
        if not last:
            return []
        if owners := self._by_name.get(last) or self._by_stem.get(last):
            return owners
        stem, point, ending = last.rpartition(".")
        return self._by_stem.get(stem, []) if f"{point}{ending}" in SUFFIXES else []  # 0.25 is not picture 0


def _plain(name: str) -> str:
    plain = name.strip().replace("\\", "/").lower()
    while plain.startswith("./"):
        plain = plain[2:]
    return plain


def _closeness(path: Path, beside: Path) -> tuple[int, int]:
    """How many folders a picture shares with a file, whatever their order, and how many words of the file's name."""
    folders = [folder.lower() for folder in path.parent.parts]
    words = words_of(beside.stem)
    shared = len(set(folders) & {folder.lower() for folder in beside.parent.parts})
    return shared, len(words & {word for folder in folders for word in words_of(folder)})


def words_of(name: str) -> set[str]:
    """The words of a name in small letters; a part of a set as it is called here, so that val is valid."""
    return {SPLITS.get(word, word) for word in re.findall(r"[a-z]+|\d+", name.lower())}
