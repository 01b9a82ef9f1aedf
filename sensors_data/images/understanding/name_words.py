"""Labels in the names of files: the word that varies between them, where one of its values means a good part."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import PurePosixPath

from sensors_data.camera import Camera
from sensors_data.images.paths.label_words import VERDICTS, is_negation, words_of
from sensors_data.images.paths.roles import fits, is_normal

MOSTLY = 0.95
"""Share of names that have a word of a verdict, at least, where it is taken for one."""
_USUAL = "-_ .,()0-9"
"""Signs that stand around words in names."""
_JOINTS = " -_."
"""What may stand between a negation and the word that it denies."""


def labels_of_names(names: list[str], camera: Camera) -> tuple[dict[str, str], str]:
    """The setting `labels` for pictures whose names, paths below the inbox, say what they show, and why; empty where
    they do not.

    Either every name has one word of a verdict, as in `SN0042_NG` and `OK_0043`, or the names vary in a word besides
    days, times and numbers, as in `IMG_20260301_123407_gut` and `scratch_001`, and one of its values means good.
    """
    words = [_words(PurePosixPath(name).stem) for name in names]
    verdicts = [[word for word in of_name if _is_verdict(word, camera)] for of_name in words]
    values = [of_name[0] if len(of_name) == 1 else "" for of_name in verdicts]
    shows_fault = any(value and not is_normal(value, camera) for value in values)
    if all(values) and shows_fault:
        return patterns_of(names, values), "a word in each name gives its verdict"
    for varying in _varying(words):
        if _says_label(varying, camera) and (labels := patterns_of(names, varying)):
            return labels, "a word in the names varies, and one of its values means good" + _without(varying)
    if sum(map(bool, values)) >= MOSTLY * len(names) and shows_fault:
        return patterns_of(names, values), "a word in nearly each name gives its verdict" + _without(values)
    return {}, ""


def _without(values: list[str]) -> str:
    count = sum(not value for value in values)
    return f"; {count:,} names have none and count as unlabelled" if count else ""


def _words(stem: str) -> list[str]:
    """The words of a name in any script; a negation is one with what follows it: `not_ok`."""
    words: list[str] = []
    end = -1
    letters = "".join("x" if unicodedata.category(char)[0] in "LM" else "-" for char in stem)
    for match in re.finditer("x+", letters):
        word = stem[match.start() : match.end()]
        joined = words and is_negation(words[-1].rpartition("_")[2]) and set(stem[end : match.start()]) <= set(_JOINTS)
        words[-1:] = [f"{words[-1]}_{word}"] if joined else [*words[-1:], word]
        end = match.end()
    return words


def _is_verdict(word: str, camera: Camera) -> bool:
    return "".join(words_of(word)) in VERDICTS or is_normal(word, camera)


def _varying(words: list[list[str]]) -> list[list[str]]:
    """What may be the label of each name: its words that are not in all of them together, the last, or the first."""
    always = set.intersection(*map(set, words)) if words else set()
    left = [[word for word in of_name if word not in always] for of_name in words]
    return [
        ["_".join(of_name) for of_name in left],
        [of_name[-1] if of_name else "" for of_name in left],
        [of_name[0] if of_name else "" for of_name in left],
    ]


def _says_label(values: list[str], camera: Camera) -> bool:
    """Whether values, few beside the pictures, name several kinds, one of which is good more than once."""
    counts = Counter(value for value in values if value)
    good = max((count for value, count in counts.items() if is_normal(value, camera)), default=0)
    return good > 1 and 2 <= len(counts) <= 1 + len(values) // 2


def patterns_of(names: list[str], values: list[str]) -> dict[str, str]:
    """Patterns that give each name its value, longer ones first; empty where patterns cannot tell them apart."""
    known = sorted({value for value in values if value}, key=lambda value: (-value.count("_"), -len(value), value))
    apart = _apart(names)
    labels = {form: value for value in known for form in _forms(value, apart)}
    matched = [next((label for form, label in labels.items() if fits(name, form)), "") for name in names]
    return labels if matched == values else {}


def _apart(names: list[str]) -> str:
    """What stands before and behind a word in names, as a pattern: a digit, or any sign that is in one of them."""
    signs = {char for name in names for char in name if unicodedata.category(char)[0] not in "LM"}
    more = sorted(signs - set(_USUAL) - set("12345678/]"))
    return "[" + "]" * ("]" in signs) + _USUAL + "".join(more) + "]"


def _forms(value: str, apart: str) -> list[str]:
    """Patterns of names with a value that stands by itself: first, last, or between."""
    text = value.replace("_", "*")
    return [f"{text}{apart}*", f"*{apart}{text}{apart}*"]
