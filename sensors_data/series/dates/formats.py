"""Formats of times: `%d.%m.%Y %H:%M[:%S[.%f]]` compiled to a pattern, and texts read by it.

The signs are those of strptime; what stands in [ ] may be absent. Beyond strptime: month names of many languages,
24:00, 02A:00 and 02B:00 for the two runs of the hour in which clocks go back, a minute or second of 60, zones by
their name, any mark before the fraction, %N for hour and minute as one number (130 is half past one), %P and %Q for
the half hour or quarter of the day from 1, %h, %i, %s for the hours, minutes, seconds since midnight, %J for the day
of the year with its fraction, %K for a year of the Buddhist calendar (2569 is 2026), %E for whole seconds since 1970,
%L, %u and %n for milliseconds, microseconds and nanoseconds in a column of their own (7 is seven of them), and %* for
anything, like the end of an interval.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from sensors_data.calendar_words import AFTERNOON, HALVES, HALVES_BEHIND, MONTHS, ZONES, plain_word
from sensors_data.errors import UnusableError

BUDDHIST = 543
"""Years by which the Buddhist calendar is ahead."""

_SIGNS = {
    "Y": (r"\d{4}", r"\d{4}"),
    "K": (r"\d{4}", r"\d{4}"),
    "y": (r"\d{2}", r"\d{2}"),
    "m": (r"\d{1,2}", r"\d{2}"),
    "d": (r"\d{1,2}(?:st|nd|rd|th|er|º|ª)?", r"\d{2}"),
    "H": (r"\d{1,2}(?:[AB](?=:))?", r"\d{2}"),
    "I": (r"\d{1,2}", r"\d{2}"),
    "M": (r"\d{1,2}", r"\d{2}"),
    "S": (r"\d{1,2}", r"\d{2}"),
    "j": (r"\d{1,3}", r"\d{3}"),
    "f": (r"\d{1,9}", r"\d{1,9}"),
    "L": (r"\d{1,3}(?:\.0)?", r"\d{3}"),
    "u": (r"\d{1,6}(?:\.0)?", r"\d{6}"),
    "n": (r"\d{1,9}(?:\.0)?", r"\d{9}"),
    "E": (r"\d{9,10}(?:\.0)?", r"\d{10}"),
    "N": (r"\d{1,4}", r"\d{4}"),
    **dict.fromkeys("PQhisJ", (r"\d{1,5}(?:[.,]\d{1,12})?",) * 2),
}
"""Each sign's digits where something stands between it and its neighbours, and where nothing does."""

_COUNTS = {"P": (1800, 1), "Q": (900, 1), "h": (3600, 0), "i": (60, 0), "s": (1, 0), "J": (86_400, 1)}
"""Signs of a count of the day or, %J, of the year: the seconds of one, and the first number."""

_WORDS = {
    "b": r"(?:[^\W\d_]{2,14}\.?|[\u0e01-\u0e4e.]{3,14})",
    "a": r"\(?[^\W\d_]{1,12}\)?\.?,?",
    "p": rf"(?:[aApP](?:\.?\s?[mM]\.?)?|{HALVES_BEHIND}|{HALVES})",
    "z": r"(?:[zZ]|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?(?::?\d{2})?|UTC|GMT)",
    "Z": r"(?:[A-Za-z]{1,5}|\[?[A-Z][A-Za-z]+(?:/[A-Za-z_+\-]+){1,2}\]?)",
}
_ALIKE = {"B": "b", "A": "a"}
_BLANK = r"[\s\u00a0\u202f]"


@lru_cache(maxsize=256)
def pattern_of(style: str) -> re.Pattern[str]:
    """The pattern of a format, a group for each of its signs. UnusableError for a sign that is not known."""
    parts, last, place, names = [], "", 0, set[str]()
    pieces = re.findall(r"%.|\[|\]|\s+|.", style, re.DOTALL)
    while place < len(pieces):
        piece, follows = pieces[place], pieces[place + 1] if place + 1 < len(pieces) else ""
        sign = _ALIKE.get(piece[1:], piece[1:]) if piece.startswith("%") else ""
        if piece == "[":
            parts.append("(?:")
        elif piece == "]":
            parts.append(")?")
        elif piece == "%*":
            parts.append(".*")
        elif piece == "%%":
            parts.append("%")
        elif sign:
            if (sign not in _SIGNS and sign not in _WORDS) or sign in names:
                raise UnusableError(f"time_format '{style}' has a sign that cannot be read: {piece}")
            names.add(sign)
            tight = last in _SIGNS or (follows[1:2] in _SIGNS and follows.startswith("%"))
            parts.append(f"(?P<{sign}>{_WORDS[sign] if sign in _WORDS else _SIGNS[sign][tight]})")
        else:
            parts.append(f"{_BLANK}+" if piece.isspace() else re.escape(piece))
        last, place = sign, place + 1
    try:
        return re.compile("".join(parts))
    except re.error as error:
        raise UnusableError(f"time_format '{style}' has a bracket that is not closed") from error


def read_texts(texts: pd.Series, style: str) -> tuple[np.ndarray, pd.Series]:
    """Wall-clock times of texts, (N,) datetime64[us], NaT where they are none, and each one's zone as it is written.

    The zone is empty where none is written.
    """
    pattern = pattern_of(style)
    matches = [pattern.fullmatch(text) for text in texts.fillna("").astype(str)]
    groups = [match.groupdict() if match else {} for match in matches]
    cells = {sign: [group.get(sign) or "" for group in groups] for sign in pattern.groupindex}
    matched = np.array([match is not None for match in matches], dtype=bool)
    zone = pd.Series(cells.get("z") or cells.get("Z") or [""] * len(matches), dtype="object")
    if "z" in cells and "Z" in cells:
        zone = pd.Series([a or b for a, b in zip(cells["z"], cells["Z"], strict=True)], dtype="object")
    day, day_known = _days(cells, len(matches))
    clock, clock_known = _clocks(cells, len(matches))
    times = day.astype("datetime64[us]") + clock
    times[~(matched & day_known & clock_known)] = np.datetime64("NaT")
    return times, zone


def _numbers(words: list[str] | None, count: int, default: int) -> np.ndarray:
    """The numbers at the start of words, (count,), the default for empty ones."""
    if words is None:
        return np.full(count, default)
    digits = (re.match(r"\d*", word) for word in words)
    return np.array([int(d[0]) if d and d[0] else default for d in digits], dtype=np.int64)


def _days(cells: dict[str, list[str]], count: int) -> tuple[np.ndarray, np.ndarray]:
    """The days, (count,) datetime64[D], and which of them exist."""
    if "E" in cells:
        return np.full(count, np.datetime64("1970-01-01")), np.ones(count, dtype=bool)
    year = _numbers(cells.get("Y"), count, 1900)
    if "K" in cells:
        year = _numbers(cells["K"], count, 1900 + BUDDHIST) - BUDDHIST
    if "y" in cells and "Y" not in cells:
        short = _numbers(cells["y"], count, 0)
        year = np.where(short < 70, 2000, 1900) + short
    first = (year - 1970).astype("datetime64[Y]")
    if "j" in cells:
        of_year = _numbers(cells["j"], count, 0)
        day = first.astype("datetime64[D]") + (of_year - 1)
        return day, (of_year > 0) & (day.astype("datetime64[Y]") == first)
    month = _numbers(cells.get("m"), count, 1)
    if "b" in cells:
        month = np.array([MONTHS.get(plain_word(word), 0) for word in cells["b"]], dtype=np.int64)
    there = (month >= 1) & (month <= 12)
    start = first.astype("datetime64[M]") + (np.where(there, month, 1) - 1)
    number = _numbers(cells.get("d"), count, 1)
    day = start.astype("datetime64[D]") + (number - 1)
    return day, there & (number > 0) & (day.astype("datetime64[M]") == start)


def _clocks(cells: dict[str, list[str]], count: int) -> tuple[np.ndarray, np.ndarray]:
    """The time since midnight, (count,) timedelta64[us], and which of them a clock or a log can show."""
    hour = _numbers(cells.get("H", cells.get("I")), count, 0)
    minute, second = _numbers(cells.get("M"), count, 0), _numbers(cells.get("S"), count, 0)
    if "N" in cells:
        hour, minute = np.divmod(_numbers(cells["N"], count, 0), 100)
    known = (minute <= 60) & (second <= 60) & (hour <= 24)
    known &= (minute < 60) | (second == 0)
    known &= (hour < 24) | ((minute == 0) & (second == 0))
    if "I" in cells or "p" in cells:
        half = np.array([AFTERNOON.get(plain_word(word), 0) for word in cells.get("p", [""] * count)], dtype=np.int64)
        marked = np.array([bool(word) for word in cells.get("p", [""] * count)], dtype=bool)
        hour = np.where(marked & (hour <= 12), hour % 12 + half, hour)
    fraction = np.array([int(f"{word:0<6}"[:6]) for word in cells["f"]]) if "f" in cells else np.zeros(count, np.int64)
    fraction += _numbers(cells.get("L"), count, 0) * 1000 + _numbers(cells.get("u"), count, 0)
    fraction += _numbers(cells.get("n"), count, 0) // 1000 + _numbers(cells.get("E"), count, 0) * 1_000_000
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    for sign in cells.keys() & _COUNTS.keys():
        counted = np.array([_seconds(word, *_COUNTS[sign]) for word in cells[sign]])
        known &= (counted >= 0) & (counted <= (86_400 if sign != "J" else 366 * 86_400))
        micros = micros + counted * 1_000_000
    return micros.astype("timedelta64[us]"), known


def _seconds(word: str, size: int, first: int) -> int:
    """What a count of some seconds each stands for: whole minutes where its digits show no seconds; -1 for none."""
    if not word:
        return -1
    count, _, digits = word.replace(",", ".").partition(".")
    seconds = (float(f"{count}.{digits or 0}") - first) * size
    coarse = bool(digits) and size >= 10 ** len(digits)
    return round(seconds / 60) * 60 if coarse else round(seconds)


def zone_minutes(zone: str) -> int | None:
    """Minutes east of Greenwich of a zone as it is written, None for one that has no fixed offset."""
    word = zone.strip()
    if word.lower() in ZONES:
        return ZONES[word.lower()]
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?", word)
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes
