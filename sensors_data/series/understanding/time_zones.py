"""The zone of a file's times, if it is given outside the times: in a column of its own, the header or the preamble."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from sensors_data.calendar_words import ZONES
from sensors_data.series.dates.formats import zone_minutes
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.time_guess import TimeColumns

_NAMES = frozenset(("tz", "tzcd", "timezone", "zone", "zeitzone", "utcoffset", "offset", "dst", "tijdzone"))
_STATED = re.compile(
    r"time ?zone|zeitzone|fuseau|zona horaria|huso|fuso|fus orar|tijdzone|tidssone|tidszon|aikavyöhyke|ajavöönd"
    r"|strefa czas|časové pásmo|časová zóna|vremensk\w zona|časovni pas|időzóna|часов\w+ пояс|временн\w+ зона"
    r"|saat dilimi|ζώνη ώρας|时区|時區|タイムゾーン|시간대|múi giờ|zona waktu|\bTZ(?=UTC|GMT)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\b(?:UTC|GMT)\s?[+-]\s?\d")
_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
"""An offset, which in a line without a date is said of all times."""
_PLACE = re.compile(r"(?<![\w/])(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)/[A-Z]")
"""A zone by its place, which may stand below the name of its cell."""
_WINDOWS = {
    "Eastern": "America/New_York", "Central": "America/Chicago", "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles", "W. Europe": "Europe/Berlin", "Central Europe": "Europe/Budapest",
    "Central European": "Europe/Warsaw", "Romance": "Europe/Paris", "GMT": "Europe/London", "FLE": "Europe/Helsinki",
    "GTB": "Europe/Athens", "Turkey": "Europe/Istanbul", "Russian": "Europe/Moscow", "Israel": "Asia/Jerusalem",
    "Arabian": "Asia/Dubai", "India": "Asia/Kolkata", "SE Asia": "Asia/Bangkok", "China": "Asia/Shanghai",
    "Singapore": "Asia/Singapore", "Tokyo": "Asia/Tokyo", "Korea": "Asia/Seoul", "AUS Eastern": "Australia/Sydney",
    "W. Australia": "Australia/Perth", "E. South America": "America/Sao_Paulo", "South Africa": "Africa/Johannesburg",
}  # fmt: skip
"""What Windows calls zones, before `Standard Time`; the names hold in summer too."""
_PAIRS = {
    ("CET", "CEST"): "CET", ("MEZ", "MESZ"): "CET", ("EST", "EDT"): "EST5EDT", ("PST", "PDT"): "PST8PDT",
    ("EET", "EEST"): "EET", ("WET", "WEST"): "WET", ("CST", "CDT"): "CST6CDT", ("MST", "MDT"): "MST7MDT",
}  # fmt: skip


def with_zone_column(time: TimeColumns, columns: list[Column]) -> TimeColumns:
    """A time whose zone stands in a column of its own, with that column; others as they are."""
    style = str(time.keys.get("time_format", ""))
    if not style or re.search(r"%[zZ]|Z$", style):
        return time
    for column in columns:
        words = [str(word) for word in column.distinct[:8]]
        if column.name in time.columns or column.numeric or not words or len(column.distinct) > 6:
            continue
        known = all(zone_minutes(word) is not None or _zone_named(word) for word in words)
        if known and (column.named(_NAMES) or tuple(sorted(words)) in {tuple(sorted(pair)) for pair in _PAIRS}):
            sign = "%z" if all(re.match(r"(?:UTC|GMT)?[+-]", word) for word in words) else "%Z"
            names = (*time.columns, column.name)
            keys = {**time.keys, "time": names, "time_format": f"{style}[ {sign}]"}
            return replace(
                time, keys=keys, columns=names, evidence=f"{time.evidence}; its zone stands in {column.name}"
            )
    return time


def zone_told(time: TimeColumns, preamble: tuple[str, ...]) -> str | None:
    """The zone that the name of a time's column or a line before the table states; None where neither does."""
    for name in time.columns:
        if zone := _zone_in(name):
            return zone
    below = zip(("", *preamble), preamble, strict=False)
    lines = [line for above, line in below if _states_zone(line) or (_STATED.search(above) and _PLACE.search(line))]
    lines.sort(key=lambda line: not _PLACE.search(line))  # a place says more than the name of an offset's cell
    return next((zone for line in lines if (zone := _zone_in(line))), None) or _hours_told(preamble)


def _states_zone(line: str) -> bool:
    """Whether a line says of the times in what zone they are."""
    return bool(_STATED.search(line) or (_OFFSET.search(line) and not _DATED.search(line)))


def zone_behind(cells: list[str]) -> str | None:
    """The zone that stands in brackets behind every one of some times, like `... - ... (CET)`; None for none."""
    words = {match[1] if (match := re.search(r"\(([A-Z]{2,5}(?:/[A-Z]{2,5})?)\)\s*$", cell)) else "" for cell in cells}
    pair = next((zone for pair, zone in _PAIRS.items() if words <= {*pair, "/".join(pair)}), None)
    return None if "" in words or not words else pair or (_zone_in(words.pop()) if len(words) == 1 else None)


def zone_in_column(columns: list[Column]) -> str | None:
    """The zone that a column of one offset in minutes or hours states, as `UTC Offset (minutes)`; None for none."""
    for column in columns:
        called = re.search(r"(?:utc|gmt|zone|tz)[ _]?offset|offset[ _]?(?:utc|gmt)", column.name, re.IGNORECASE)
        if called and column.numeric and len(column.distinct) == 1:
            hours = column.values[0] / (60 if abs(column.values[0]) > 14 or "min" in column.name.lower() else 1)
            if abs(hours) <= 14:
                return f"{'-' if hours < 0 else '+'}{int(abs(hours)):02d}:{round(abs(hours) % 1 * 60):02d}"
    return None


def _hours_told(preamble: tuple[str, ...]) -> str | None:
    """The zone that stands as hours right of, or below, a cell that is called so; None for none."""
    lines: list[list[str]] = [[cell.strip(' "') for cell in re.split(r"[,;\t]", line)] for line in preamble]
    for line, below in zip(lines, [*lines[1:], []], strict=False):
        for place, cell in enumerate(line):
            near = [part[n] for part, n in ((line, place + 1), (below, place)) if n < len(part)]
            hours = next((float(text) for text in near if re.fullmatch(r"[+-]?\d{1,2}(?:\.\d{1,2})?", text)), None)
            if hours is not None and _STATED.fullmatch(cell) and abs(hours) <= 14:
                return f"{'-' if hours < 0 else '+'}{int(abs(hours)):02d}:{round(abs(hours) % 1 * 60):02d}"
    return None


def _zone_in(text: str) -> str | None:
    """The zone that a text names: a place says more than its offset of one day."""
    for place in re.findall(r"\b[A-Z][a-z]+/[A-Z][A-Za-z_]+", text):
        if _zone_named(place):
            return str(place)
    if windows := next((zone for name, zone in _WINDOWS.items() if f"{name} Standard Time" in text), None):
        return windows
    text = re.sub(r"[_(),]", " ", text)
    if re.search(r"\b(?:norsk|svensk|dansk) normaltid\b|\bmitteleuropäische zeit\b", text, re.IGNORECASE):
        return "+01:00"
    if match := re.search(r"\b(?:TZ)?(?:UTC|GMT)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?\b", text):
        return f"{match[1]}{int(match[2]):02d}:{match[3] or '00'}"
    if match := re.search(r"(?<![\d:])([+-]\d{2}):(\d{2})\b", text):
        return f"{match[1]}:{match[2]}"
    for pair, zone in _PAIRS.items():
        if re.search(rf"\b{pair[0]}\s?/\s?{pair[1]}\b", text):
            return zone
    if re.search(r"\b(?:utc|gmt)\b", text, re.IGNORECASE):
        return "UTC"
    word = next((word for word in re.findall(r"\b[A-Z]{3,4}\b", text) if word.lower() in ZONES and word != "ART"), None)
    return f"{'-' if ZONES[word.lower()] < 0 else '+'}{abs(ZONES[word.lower()]) // 60:02d}:00" if word else None


def _zone_named(word: str) -> bool:
    """Whether a word is the name of a zone, like Europe/Berlin."""
    if "/" not in word:
        return False
    try:
        return bool(ZoneInfo(word))
    except (LookupError, ValueError, OSError):
        return False
