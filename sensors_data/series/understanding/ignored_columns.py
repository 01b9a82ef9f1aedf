"""Columns that are not part of a reading: they label anomalies, number rows or things, or follow the clock."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sensors_data.section import LABEL
from sensors_data.series.understanding.clock_columns import goes_round
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column, rising
from sensors_data.series.values.units import unit_in

CLOCKWORK = "it runs with the clock"
ROW_NUMBER = "it numbers the rows"
THING = "it is a number of a thing, not a measured one"
_LABELS = WORDS["labels of anomalies"]
_NAMES_TOO = frozenset(("target", "label", "labels"))
"""Those of them that name series as well."""
_SPARE = WORDS["spare"]
_FRACTIONS = WORDS["fractions of a second"]
_CYCLES = re.compile(
    r"cyc|cicl|zykl|cykl|tact|takt|shots?\b|strokes?\b|schuss|schüsse|h[uü]be?\b|stück|pieces?\b|parts?\b|pezz|piezas|coups"
    r"|pièces|colpi|golpes|cyclus|slagen",
    re.IGNORECASE,
)
"""Names of counters of what a machine does once a row."""
_CALENDAR = {"hour": "hour", "minute": "minute", "weekday": "weekday", "dayofweek": "weekday", "month": "month",
             "year": "year", "day": "day"}  # fmt: skip
"""Columns by name that may repeat a part of the time."""


def why_aside(column: Column, moments: pd.Series) -> str:
    """Why a column is not part of a reading; empty if it may be."""
    if not len(column.filled):
        return "it is empty"
    word = column.lower.replace(" ", "")
    if word in _LABELS and (column.numeric or word not in _NAMES_TOO or _tells_anomalies(column)):
        return "its name says that it labels anomalies"
    if not re.fullmatch(LABEL, column.name):
        return "its name is no printable text of at most 128 characters"
    if not column.numeric or column.cells.dtype.kind == "b":
        return ""
    values = column.values
    if len(column.distinct) == 1 and re.search(r"(?:utc|gmt|zone|tz)[ _]?offset", column.name, re.IGNORECASE):
        return "it says in what zone the times are"
    if column.whole and column.called(WORDS["revisions"]) and values.min() >= 0:
        return "it counts revisions: of a time's rows the last is taken"
    percent = column.lower == "us" and 0 < values.max() <= 100  # of the processor's time, in lists of Unix
    fraction = (column.called(_FRACTIONS) and not percent) or "fract" in column.lower.split()
    if column.whole and values.min() >= 0 and fraction:
        return "it is a part of the time"
    if len(values) and np.ptp(values) == 0 and column.named(WORDS["settings"]):
        return "it says how was measured, and is always the same"
    if len(values) and np.ptp(values) == 0 and values[0] != 0 and column.named(WORDS["place"]):
        return "it says where, and is always the same"
    if _counts_hours(column):
        return ""
    by_one = len(values) > 2 and column.whole and (np.abs(np.diff(values)) == 1).mean() > 0.99
    if by_one and _spare(column) and not _counts_cycles(column, moments):
        return ROW_NUMBER
    if len(values) > 2 and column.whole and column.named(_SPARE) and len(np.unique(values)) == len(values):
        return ROW_NUMBER
    if numbers_a_thing(column) and len(column.distinct) == 1:
        return THING
    return _clockwork(column, moments)


def numbers_a_thing(column: Column) -> bool:
    """Whether a column holds a few long whole numbers, as those of meters are."""
    values = column.values
    few = len(values) > 8 and column.whole and len(np.unique(values)) < max(3, 0.01 * len(values) + 2)
    return bool(few and np.abs(values).max() >= 1e11)


def _tells_anomalies(column: Column) -> bool:
    """Whether a column labels anomalies, with words like normal."""
    return any(
        re.search(r"normal|anomal|outlier|fault|true|false", str(word).casefold()) for word in column.distinct[:50]
    )


def _counts_hours(column: Column) -> bool:
    """Whether a column counts the hours of a machine, which may have run all the time, and not those of a log."""
    in_hours = unit_in(column.name).lower() in ("h", "hrs", "std")
    return in_hours and bool(column.values.min() > 1) and not column.named(WORDS["time"])


def _counts_cycles(column: Column, moments: pd.Series) -> bool:
    """Whether a column that goes up by one in every row counts a machine's cycles, which last unequally long."""
    return bool(_CYCLES.search(column.name)) and not column.named(_SPARE) and are_uneven(moments)


def are_uneven(moments: pd.Series) -> bool:
    """Whether times do not keep to a clock's beat: counted in their usual distance, they fall anywhere between two."""
    instants = moments.dropna().to_numpy("datetime64[us]").astype(np.int64)
    steps = np.abs(np.diff(instants))
    if not len(steps[steps > 0]):
        return False
    phase = 2j * np.pi * ((instants - instants[0]) % (usual := np.median(steps[steps > 0]))) / usual
    return bool(np.abs(np.exp(phase).mean()) < 0.5)


def _spare(column: Column) -> bool:
    """Whether a column counts rows: it goes up by one from the first row to the last."""
    return bool(rising(column.values, 0.999) and len(np.unique(column.values)) == len(column.values))


def _clockwork(column: Column, moments: pd.Series) -> str:
    """Why a column is a part of the calendar or follows the clock; empty if it does not."""
    instant = moments.to_numpy("datetime64[us]")
    known = ~np.isnat(instant) & np.isfinite(column.number)
    if known.sum() < 20:
        return ""
    values = column.number[known]
    part = _part_named(column)
    if part:
        from_zero = values - (part == "hour" and values.max() >= 24)
        if _repeats(moments[known], part, from_zero):
            return "it repeats a part of the time"
    if column.named(WORDS["%H"]) and _counts_the_day(values):
        return "it repeats a part of the time"
    hours = column.whole and np.ptp(values) == 23 and len(np.unique(values)) == 24
    if hours and _repeats(moments[known], "hour", values - values.min()):
        return "it repeats a part of the time"
    seconds = instant[known].astype(np.int64) / 1e6
    if np.ptp(values) > 0 and np.ptp(seconds) > 0:
        scaled = values / np.abs(values).max()
        apart, level = seconds - seconds.mean(), scaled - scaled.mean()
        slope = float(apart @ level) / float(apart @ apart)
        straight = (
            slope > 0
            and not column.named(WORDS["place"])
            and np.abs(level - slope * apart).max() <= 5e-5 * np.ptp(scaled)
        )
        beside = len(np.unique(values)) > 10 and len(np.unique(seconds)) > 10
        if straight and beside and _counts_time(slope * np.abs(values).max()):
            return CLOCKWORK
    return ""


def _part_named(column: Column) -> str:
    """The part of the calendar that a column is called after, in any language; empty for none."""
    word = column.lower.replace(" ", "")
    signs = {"%Y": "year", "%m": "month", "%d": "day", "%H": "hour"}
    return _CALENDAR.get(word, "") or next((part for sign, part in signs.items() if column.called(WORDS[sign])), "")


def _repeats(times: pd.Series, part: str, values: np.ndarray) -> bool:
    """Whether values are a part of their times, such as the hour, in some zone."""
    zones = (times + pd.Timedelta(hours=shift) for shift in range(-14, 15))
    return any((getattr(local.dt, part).to_numpy() == values).mean() > 0.95 for local in zones)


def _counts_the_day(values: np.ndarray) -> bool:
    """Whether whole numbers go round as the hours of days do, in whatever zone."""
    turns = (np.diff(values) < 0).sum()
    return bool(values.min() >= 0 and values.max() <= 25 and turns >= 2 and goes_round(values))


def _counts_time(a_second: float) -> bool:
    """Whether a number grows by a power of ten in a second, a minute, an hour or a day; a counter has its own pace."""
    power = np.log10(a_second * np.array([1.0, 60.0, 3600.0, 86_400.0]))
    return bool((np.abs(power - np.round(power)) < 2e-3).any())
