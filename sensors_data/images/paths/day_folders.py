"""Which folders of a path are a part of its day, and so name neither a label nor an asset."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sensors_data.calendar_words import month_number
from sensors_data.images.paths.clocks import hour_behind
from sensors_data.images.paths.day_forms import DAY_IN_INBOX, WrittenDay, last_day
from sensors_data.images.paths.day_patterns import day_by_pattern

_LIKE_A_DAY = re.compile(rf".*{DAY_IN_INBOX}.*|\d{{1,2}}([-_.])\d{{1,2}}\1\d{{4}}.*|\d\d([-_.])\d\d\2\d\d")
"""Folders that are no label, also where their day is unclear."""
_MONTH = re.compile(r"(?:20\d\d[-_.]?)?(?P<m>\d{1,2})?[-_. ]{0,2}(?P<word>[^\W\d_]+)?")


def folders_without_day(name: str, below: str, pattern: str | None, hours: bool) -> list[str]:
    """The folders of `below`, which ends the path `name`, that are no part of a day or, with `hours`, of its hour."""
    folders = name.split("/")[:-1]
    dated = set()
    if written := _written(name, pattern):
        path = unicodedata.normalize("NFC", "/".join(folders)) + "/"
        first, last = path[: written.start].count("/"), path[: written.end].count("/")
        if hours and (hour := hour_behind(path, written.end)) and int(hour["h"]) <= 23:
            last += hour[0].count("/")
        dated = {*range(_outermost(folders, first, written), last + 1)}
    start = len(folders) - len(below.split("/")[:-1])
    return [f for n, f in enumerate(folders) if n >= start and n not in dated and not is_like_day(f)]


def is_like_day(folder: str) -> bool:
    """Whether a folder is called as a day, also where it is unclear which."""
    return _LIKE_A_DAY.fullmatch(folder) is not None


def behind_days_are_hours(names: Iterable[str], pattern: str | None) -> bool:
    """Whether the two digits behind the days of a set's folders are hours: none of them is over 23."""
    for folder in {name.rpartition("/")[0] + "/" for name in names}:
        composed = unicodedata.normalize("NFC", folder)
        written = _written(composed, pattern)
        if written and (hour := hour_behind(composed, written.end)) and int(hour["h"]) > 23:
            return False
    return True


def _written(name: str, pattern: str | None) -> WrittenDay | None:
    """The day that the folders of a path name."""
    folder = unicodedata.normalize("NFC", name.rpartition("/")[0] + "/")
    return day_by_pattern(pattern, folder)[0] if pattern else last_day(folder)


def _outermost(folders: list[str], first: int, written: WrittenDay) -> int:
    """The place of the first of the folders above a day that are its year or its month: 2026/03/2026-03-13."""
    place, day = first, written.day
    if place and (match := _MONTH.fullmatch(folders[place - 1])) and (match["m"] or match["word"]):
        months = {int(match["m"] or day.month), month_number(match["word"]) if match["word"] else day.month}
        has_year = folders[place - 1].startswith(str(day.year)) or folders[place - 2 : place - 1] == [str(day.year)]
        place -= months == {day.month} and has_year
    return place - (place > 0 and folders[place - 1] == str(day.year))
