"""Doubts about the file around its rows: lines above that were not used, rows that gave nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence

_SCALES = re.compile(
    r"\b(?:divisors?|divide[ds]? by|scale|scaling|scale ?factor|factors?|multipliers?|gain"
    r"|faktor|skalierung|teiler|facteur)\b",
    re.IGNORECASE,
)
_ZONES = re.compile(
    r"time ?zone|zeitzone|fuseau|zona horaria|fuso|tijdzone|\butc\b|\bgmt\b|local time|ortszeit|summer ?time|daylight"
    r"|sommerzeit|tidssone|tidszon|aikavyöhyke|strefa czas|časové pásmo|часов\w+ пояс|saat dilimi|时区|時區|시간대"
    r"|heure locale|hora local|ora locale|lokal tid|lokale tijd|normaltid|czas lokalny|местное время|winterzeit",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?<![\w.,])0[.,]0*1 ?(?=[A-Za-z°%µ])|\btenths? of\b|\bhundredths? of\b|\bzehntel|\bin ?10\^?-\d")
"""How units of a tenth or a hundredth are written."""
LEAST_READ = 0.8
"""Share of a file's rows that give a value; below it a reading is doubtful."""


def doubts_of_files(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about lines that say something of the rows, and about rows that give no value."""
    dialect = seen.understood.dialect
    lines = (*dialect.preamble, *dialect.beside) if dialect is not None else ()
    for line in lines:
        if _SCALES.search(line) and any(float(n) not in (0.0, 1.0) for n in _numbers(line)):
            yield Doubt(
                f"a line above the rows states factors that are not used: '{line[:70]}'; apply them in the export", True
            )
            break
    parts = [line for line in lines if _PARTS.search(line)]
    if parts:
        yield Doubt(f"lines above the rows state units of a tenth or less, which are not used: '{parts[0][:70]}'", True)
    zone = next((line for line in lines if _ZONES.search(line)), None)
    if (
        zone is not None
        and not seen.understood.zoned
        and seen.family.layout.timezone == "UTC"
        and not re.search(r"\b(?:utc|gmt)\b(?! ?[+-])", zone, re.IGNORECASE)
    ):
        yield Doubt(
            f"a line above the rows tells of a zone that was not understood: '{zone[:70]}'; state it: --zone", True
        )
    yield from _unread(seen)


def _numbers(line: str) -> list[str]:
    """The numbers in a line, with a point for the decimal mark."""
    return [text.replace(",", ".") for text in re.findall(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w.,:/-])", line)]


def _unread(seen: Evidence) -> Iterator[Doubt]:
    """Rows of the file that give no value at all."""
    filled = sum((~column.blank).astype(int) for column in seen.understood.columns if column.name in _measured(seen))
    if isinstance(filled, int) or seen.family.layout.kind == "day":
        return
    rows = int((filled > 0).sum())
    lines = seen.readings.dropna(subset=["time"])
    read = lines["line"].nunique()
    if len(seen.understood.columns[0].cells) < 200_000 and read < LEAST_READ * rows and rows > 10:
        yield Doubt(
            f"of {rows:,} rows with values only {read:,} have a time that can be read: mend time_format (--format)",
            True,
        )


def _measured(seen: Evidence) -> set[str]:
    """The columns that hold values."""
    return {role.column for role in seen.understood.roles.roles if role.role in ("sensor", "state", "value")}
