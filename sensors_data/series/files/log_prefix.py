"""What stands before the values in the lines of a log: their time, and words such as the host's name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sensors_data.calendar_words import ZONES
from sensors_data.series.dates.shapes import shape_of

_MOST_PARTS = 6
"""Parts, by blanks, of a time: `Mon Feb 2 00:00:00 CET 2026`."""
_YEAR_LAST = re.compile(r"(?:[^\W\d_]{2,4} )?[^\W\d_]{3} \d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)?(?: [A-Z]{2,5})? \d{4}")
_ABOUT_THE_LINE = re.compile(
    r"trace|debug|verbose|info|information|notice|warn|warning|error|err|critical|fatal|[\d\W_]*", re.IGNORECASE
)
"""A part that tells of the line and of no machine: its weight, a number, a dash."""


@dataclass(frozen=True)
class LogPrefix:
    """Which of the parts before a line's values, by blanks, are the time."""

    first: int
    count: int

    def cells(self, text: str) -> dict[str, str]:
        """The time, and each word beside it in a column of its own."""
        parts = text.split()
        beside = [re.sub(r"\[\d+\]$", "", part.rstrip(":,;")) for part in parts[: self.first]]
        beside += [re.sub(r"\[\d+\]$", "", part.rstrip(":,;")) for part in parts[self.first + self.count :]]
        words = {f"word {place}": part.strip("[]()<>") for place, part in enumerate(beside, start=1)}
        time = _bare(parts[self.first : self.first + self.count])
        return {"time": time} | {name: word for name, word in words.items() if not _ABOUT_THE_LINE.fullmatch(word)}


def log_prefix(texts: list[str]) -> LogPrefix | None:
    """Where the time stands in what most of some lines begin with; None where they begin with none."""
    places = [place for text in texts if (place := _place_of_time(text.split())) is not None]
    if len(places) < 0.9 * len(texts) or not places:
        return None
    return LogPrefix(*Counter(places).most_common(1)[0][0])


def _place_of_time(parts: list[str]) -> tuple[int, int] | None:
    """The first part of the longest time among a text's parts, and how many it has."""
    for first in range(min(len(parts), 6)):
        for count in range(min(_MOST_PARTS, len(parts) - first), 0, -1):
            if _is_time(_bare(parts[first : first + count])):
                return first, count
    return None


def _bare(parts: list[str]) -> str:
    return " ".join(parts).strip("[]()<>:;, ")


def _is_time(text: str) -> bool:
    """Whether a text is a date with a clock, and nothing behind it but a known zone."""
    shape = shape_of(text)
    if shape is None:
        return bool(_YEAR_LAST.fullmatch(text))
    zone = text.split()[-1].casefold()
    return bool(shape.clock) and not shape.tail and ("%Z" not in shape.zone or zone in ZONES)
