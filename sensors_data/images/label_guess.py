"""Guesses about labels that no single path allows: what names and marks of a whole set of pictures say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from sensors_data.camera import Camera
from sensors_data.images.inbox import CameraFile
from sensors_data.images.masks import Masks
from sensors_data.images.roles import is_normal

BAD = frozenset(
    {"ng", "nok", "nio", "bad", "defect", "defective", "fail", "failed", "faulty", "reject", "rejected", "scrap"}
)
"""Words of a verdict that a part is not good, in small letters."""
MOSTLY = 0.95
"""Share of names that have a word of a verdict, at least, where it is taken for one."""
_KIND_AND_NUMBER = re.compile(r"([A-Za-z]+(?:[-_ ][A-Za-z]+)*)[-_ ]?\(?\d+\)?")
TEMPLATE, TESTED = "_temp", "_test"
"""Ends of the names of a pair: the picture of a part without a fault, and the picture to be tested (DeepPCB)."""


def labels_of_set(pictures: list[CameraFile], masks: Masks, camera: Camera) -> tuple[dict[str, str], str]:
    """The setting `labels` for pictures of which no path says that one is good, and why; empty where nothing helps."""
    if not any(file.role.label or masks.beside(file) for file in pictures):
        return labels_of_names([file.path.stem for file in pictures], camera)
    if any(is_normal(file.role.label, camera) for file in pictures):
        return {}, ""
    stems = {file.path.stem for file in pictures}
    pairs = sum(stem.endswith(TEMPLATE) and stem[: -len(TEMPLATE)] + TESTED in stems for stem in stems)
    if 2 * pairs >= 0.9 * len(stems):
        return {f"*{TEMPLATE}.*": "good", f"*{TESTED}.*": "defect"}, f"{pairs} pairs of a template and a tested picture"
    for has_mark in (lambda file: bool(masks.beside(file)), lambda file: masks.mark(file, camera)):
        if mixed := _mixed(pictures, has_mark):
            return {"*": ""}, f"'{mixed}' holds pictures with and without marks and so names no defect; marks decide"
    return {}, ""


def _mixed(pictures: list[CameraFile], has_mark: Callable[[CameraFile], bool]) -> str:
    """The first label of pictures of which some have a mark and some do not; nothing where there is none."""
    marked: dict[str, bool] = {}
    for file in pictures:
        mark = has_mark(file)
        if marked.setdefault(file.role.label, mark) != mark:
            return file.role.label
    return ""


def labels_of_names(stems: list[str], camera: Camera) -> tuple[dict[str, str], str]:
    """The setting `labels` for pictures whose names say what they show, and why; empty where they do not.

    Either nearly every name has one word of a verdict, as in `SN0042_NG` and `OK_0043`, or all of them are a word and a
    number, as `scratch_001` and `good_017`, and one of the words means good.
    """
    verdicts = [[word for word in _words(stem) if _is_verdict(word, camera)] for stem in stems]
    counts = Counter(words[0] for words in verdicts if len(words) == 1)
    if counts.total() >= MOSTLY * len(stems) and any(not is_normal(word, camera) for word in counts):
        return {form: word for word in sorted(counts) for form in _forms(word)}, "a word in each name gives its verdict"
    kinds = Counter(match[1] for stem in stems if (match := _KIND_AND_NUMBER.fullmatch(stem)))
    several = {word for word, count in kinds.items() if count > 1}
    if kinds.total() == len(stems) and len(several) >= 2 and any(is_normal(word, camera) for word in several):
        return {f"{word}[-_ 0-9(]*": word for word in sorted(kinds)}, "each name is a kind and a number"
    return {}, ""


def _words(stem: str) -> list[str]:
    return [word for word in re.split(r"[^A-Za-z]+", stem) if word]


def _is_verdict(word: str, camera: Camera) -> bool:
    return word.lower() in BAD or is_normal(word, camera)


def _forms(word: str) -> list[str]:
    """Patterns of names with a word that stands by itself: first, last, or between."""
    return [f"{word}[!A-Za-z]*", f"*[!A-Za-z]{word}[!A-Za-z]*"]


def contradictions(pictures: list[CameraFile], camera: Camera) -> list[str]:
    """What is odd about labels: one that is a product's or a place's name elsewhere."""
    assets = Counter(file.role.asset for file in pictures if file.role.asset)
    labels = Counter(file.role.label for file in pictures)
    both = [label for label in labels if label in assets and not is_normal(label, camera)]
    return [
        f"'{label}' is the label of {labels[label]} pictures and the product or place of {assets[label]} others: "
        f"they count as defects; pass them over with leave_out"
        for label in both
    ]
