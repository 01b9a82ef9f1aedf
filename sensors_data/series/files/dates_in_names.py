"""The date in the names of a folder's files or of its folders: its form decided over all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.series.dates.formats import pattern_of, read_texts
from sensors_data.series.files.file_names import without_ending

_ORDERS = ("Ymd", "dmY", "mdY", "ymd", "dmy", "mdy", "dbY", "bdY", "Ybd", "dby")
_WITH_HOURS = ("%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%y%m%d%H", "%y%m%d%H%M")
_STYLES = (*(mark.join(f"%{sign}" for sign in order) for mark in ("-", "_", ".", " ", "") for order in _ORDERS),)
FORMS = (*_STYLES, *_WITH_HOURS)
"""Forms of a date in a name; behind a slash it is that of the folder."""
_MOST, _CLEAR = 400, 0.5
"""Names that are looked at; how far apart the days of the best form lie at most, against those of the next one."""


def form_of_names(paths: Sequence[Path]) -> str:
    """The form of the dates in the names of files, else of their folders; empty where none suits all of them.

    Of several forms it is the one in whose days the files follow one another. For dates that two forms read alike well,
    the day stands before the month where points part them.
    """
    places = np.unique(np.linspace(0, len(paths) - 1, min(_MOST, len(paths))).astype(int))
    looked = [paths[place] for place in places]
    return _best(looked, FORMS) or _best(looked, tuple(f"{form}/" for form in FORMS))


def day_in(path: Path, form: str) -> date | None:
    """The date of a form that is in the name of a file, or of its folder; None where there is none."""
    day = _days([path], form)[0]
    return None if np.isnat(day) else day.astype(date)


def _best(paths: list[Path], forms: tuple[str, ...]) -> str:
    """The form that reads all names as days that follow one another; empty where none does, or two do."""
    read = {form: days for form in forms if not np.isnat(days := _days(paths, form)).any()}
    if not read:
        return ""
    count = {form: len(np.unique(days)) for form, days in read.items()}
    likely = {form: np.ptp(days.astype(int)) for form, days in read.items() if count[form] == max(count.values())}
    first = min(likely, key=lambda form: likely[form])
    others = [form for form in likely if (read[form] != read[first]).any()]
    if all(likely[first] <= _CLEAR * likely[form] for form in others if likely[form]) and all(map(likely.get, others)):
        return first
    return next((form for form in likely if form.startswith("%d.")), "")


def _days(paths: list[Path], form: str) -> np.ndarray:
    """The day in each path's name, (N,) datetime64[D], NaT where it has none of this form in the years 1990 to 2099."""
    style = form.removesuffix("/")
    names = [path.parent.name if form.endswith("/") else without_ending(path.name) for path in paths]
    matches = [_pattern(style).search(name) for name in names]
    texts = pd.Series([match[0] if match else "" for match in matches], dtype="str")
    if not any(matches):
        return np.full(len(paths), np.datetime64("NaT", "D"))
    days = np.asarray(read_texts(texts, style)[0]).astype("datetime64[D]")
    outside = (days < np.datetime64("1990-01-01")) | (days >= np.datetime64("2100-01-01"))
    return np.where(outside, np.datetime64("NaT", "D"), days)


@lru_cache(maxsize=256)
def _pattern(style: str) -> re.Pattern[str]:
    """The pattern of a date within a name: no digit or letter of its own kind stands before or behind it."""
    before = r"(?<![^\W\d_])" if style.startswith("%b") else r"(?<!\d)"
    return re.compile(rf"{before}{pattern_of(style).pattern}(?!\d)")
