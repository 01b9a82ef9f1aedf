"""Columns that are the parts of a day: named by their clock, or numbered from the first part to the last."""

from __future__ import annotations

import re

_PARTS_OF_A_DAY = (24, 48, 96, 144, 288)
_BEGIN = re.compile(r"begin|start|from|desde|inicio|inizio|d[ée]but|anfang|\b(?:hb|von|ab|da|od)\b", re.IGNORECASE)
"""What stands in names of columns that say when their part of the day begins."""
HOUR_ENDING, PART_BEGINNING = "hour ending", "part beginning"
"""The column of clocks made of columns numbered from 1 to 24, and of those of shorter parts."""


def clocks_of(columns: list[str]) -> dict[str, str]:
    """The time of day of each column's part of the day, by the column's name; others are left out.

    A name holds its clock (`00:15-00:30`, `0015`), or all are numbered. Hours from 1 to 24 (`H1` to `H24`) stand at
    their ends, unless their names say that they begin then; of other numbered parts the first begins the day. Where
    one hour is two (`3A` and `3B`, or `02A:00` and `02B:00`), each hour stands where it begins, both at one clock.
    """
    named = {
        name: match
        for name in columns
        if (match := re.search(r"(?<!\d)([01]?\d|2[0-4])[AB]?[:.h]([0-5]\d)(?!\d)", name))
    }
    if len(named) >= 12:
        return _ends_at_24({name: f"{match[1]}:{match[2]}" for name, match in named.items()})
    digits = [name for name in columns if re.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d", name)]
    if len(digits) in _PARTS_OF_A_DAY:
        return _ends_at_24({name: f"{name[:2]}:{name[2:]}" for name in digits})
    return _of_two_runs(columns) or _numbered(columns)


def _ends_at_24(clocks: dict[str, str]) -> dict[str, str]:
    """Clocks of which a last one of midnight is the day's end: the columns are named by the ends of their parts."""
    last = next(reversed(clocks))
    return clocks | {last: "24:00"} if re.fullmatch(r"0?0:00", clocks[last]) else clocks


def _numbered(columns: list[str]) -> dict[str, str]:
    """Columns of one name and a running number, as many as a day has parts; one more for the longer day of autumn."""
    groups: dict[str, dict[int, str]] = {}
    for name in columns:
        if match := re.fullmatch(r"(\D*?)[ _.-]*(\d{1,3})(\D*)", name):
            groups.setdefault(f"{match[1]}\x1f{match[3]}", {})[int(match[2])] = name
    for group in groups.values():
        first = min(group)
        parts = next((count for count in _PARTS_OF_A_DAY if len(group) in (count, count + count // 24)), 0)
        if parts and first in (0, 1) and sorted(group) == list(range(first, first + len(group))):
            width = 1440 // parts
            if first and parts == 24 and not any(map(_BEGIN.search, group.values())):
                return {name: f"{number:02d}:00" for number, name in group.items() if number <= parts}
            starts = {name: (number - first) * width for number, name in group.items() if number - first < parts}
            return {name: f"{start // 60:02d}:{start % 60:02d}" for name, start in starts.items()}
    return {}


def _of_two_runs(columns: list[str]) -> dict[str, str]:
    """Columns of the hours of a day, numbered from 1 or 0, one of them as `3A` and `3B` or `3A` alone; else none."""
    groups: dict[str, dict[str, tuple[int, str]]] = {}
    for name in columns:
        if match := re.fullmatch(r"(\D*?)[ _.-]*(\d{1,2}) ?([AB]?)", name):
            groups.setdefault(match[1], {})[name] = (int(match[2]), match[3])
    for group in groups.values():
        numbers, first = {number for number, _ in group.values()}, min(number for number, _ in group.values())
        runs = sorted(hour for hour in group.values() if hour[1])
        one = len({number for number, _ in runs}) == 1 and [run for _, run in runs] in (["A"], ["A", "B"])
        if one and first in (0, 1) and numbers == set(range(first, first + 24)) and len(group) == 23 + len(runs):
            return {name: f"{number - first:02d}:00" for name, (number, _) in group.items()}
    return {}


def numbered_parts(columns: list[str]) -> tuple[str, ...]:
    """A sentence on columns that are numbered from 1, none on others: their numbers leave open when they begin."""
    numbered = not any(re.search(r"\d[AB]?[:.h]\d\d", name) for name in columns)
    clocks = (_of_two_runs(columns) or _numbered(columns)) if numbered else {}
    names, parts = list(clocks), len(set(clocks.values()))
    if parts not in _PARTS_OF_A_DAY or re.search(r"\b0+\D*$", names[0]):
        return ()
    at_end = clocks[names[-1]] == "24:00"
    where = "the end of the first hour" if at_end else f"the beginning of the first of {parts} parts of the day"
    return (
        f"the columns '{names[0]}' to '{names[-1]}' are numbered: '{names[0]}' is read as {clocks[names[0]]}, {where}",
    )
