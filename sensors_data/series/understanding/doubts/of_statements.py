"""Doubts about what lines above the rows state: codes for no value, the distance of rows, their number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence

_NUMBER = r"(-?\d+(?:[.,]\d+)?)"
_CODES = re.compile(
    r"(?:missing|no[ -_]?data|no[ -_]?value|fill[ _-]?value|null value|invalid|bad value|error value|fehlwert"
    r"|fehlende?r? werte?|ungültig|manquante?|valeur absente|mancant[ei]|dato mancante|sin dato|sem dado|ontbrek\w*"
    rf"|saknad\w*|mangler|brak danych|chybějící|нет данных|欠測|缺测|결측)[^\d\n;]{{0,24}}?{_NUMBER}(?![\w:/.,-]*\d)",
    re.IGNORECASE,
)
"""What is said of a code for no value, with the number."""
_STEP = re.compile(
    r"(?:interval\w*|intervall\w*|sampl\w+ (?:rate|period|time)|log(?:ging)? (?:rate|period)|abtast\w*|messtakt"
    r"|zeitschritt|pas de temps|p[ée]riode? d.{1,14}|time ?step|takt)[^\d\n]{0,12}?"
    r"(\d+(?:[.,]\d+)?) ?(s|secs?|seconds?|sek\w*|m|mins?|minut\w*|h|hrs?|hours?|std|stunden?|heures?|horas?)\b(?!/)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?:number of (?:records|samples|readings|rows|points|data points|measurements)|records|samples|readings"
    r"|data ?points|anzahl (?:der )?\w+|datensätze|messwerte|enregistrements|registros|registrazioni|mediciones)"
    r"\W{1,4}(\d{2,7})\s*$",
    re.IGNORECASE,
)
FAR = 1.8
"""How much longer or shorter a stated distance of rows is than the one found where one of them is wrong."""


def doubts_of_statements(seen: Evidence) -> Iterator[Doubt]:
    """Doubts that lines above the rows raise by what they state of them."""
    dialect = seen.understood.dialect
    for line in (*dialect.preamble, *dialect.beside)[:30] if dialect is not None else ():
        cells = re.sub(r'["\t]+', " ", line)
        if match := _CODES.search(cells):
            yield from _codes(seen, line, float(match[1].replace(",", ".")))
        if match := _STEP.search(cells):
            yield from _steps(seen, line, float(match[1].replace(",", ".")) * _seconds(match[2]))
        if match := _COUNT.search(re.sub(r"[;, ]+$", "", cells)):
            yield from _counts(seen, line, int(match[1]))


def _seconds(unit: str) -> float:
    """The seconds of a unit of time."""
    return {"s": 1.0, "m": 60.0, "h": 3600.0}[unit[0].lower()] if not unit.lower().startswith("st") else 3600.0


def _codes(seen: Evidence, line: str, code: float) -> Iterator[Doubt]:
    """A stated code for no value that is read as measured."""
    if often := int((seen.values["value"] == code).sum()):
        yield Doubt(
            f"a line above the rows says that {code:g} is no value, '{line[:60]}', and {often:,} values are: "
            f"add missing = [{code:g}] to those sensors",
            True,
        )


def _steps(seen: Evidence, line: str, stated: float) -> Iterator[Doubt]:
    """A stated distance of rows that is not the one found."""
    step = seen.family.step.total_seconds()
    if stated > 0 and not 1 / FAR < stated / step < FAR:
        yield Doubt(
            f"a line above the rows states another distance of rows, '{line[:60]}', than the one found, "
            f"{seen.family.step}: are the times read right?",
            True,
        )


def _counts(seen: Evidence, line: str, stated: int) -> Iterator[Doubt]:
    """A stated number of rows that is not the one read."""
    rows = seen.readings["line"].nunique()
    several = seen.readings.drop_duplicates(["line", "sensor"]).shape[0]
    if min(abs(rows - stated), abs(several - stated)) > max(2, 0.02 * stated) and len(seen.understood.columns) > 1:
        yield Doubt(f"a line above the rows states their number, '{line[:60]}', and {rows:,} are read", True)
