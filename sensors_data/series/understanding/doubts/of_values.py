"""Doubts about values: sizes that their unit or name cannot have, clocks in disguise, streams that were mixed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence, named
from sensors_data.series.understanding.label_keys import follows
from sensors_data.series.values.numbers import is_blank

_SIZES: tuple[tuple[str, str, float, float], ...] = (
    (
        r"°C|℃|deg_?C|degrees_?C(?:elsius)?|celsius",
        r"temp|vorlauf|rücklauf|ruecklauf|teplota|lämpötila",
        -120.0,
        1800.0,
    ),
    (r"°F|deg_?F|fahrenheit", "", -200.0, 3300.0),
    (r"%|percent|%rh|rh", r"humidity|feuchte|humedad|umidità|humidité|\brh\b|soc\b|state.of.charge", -20.0, 400.0),
    (r"ph", r"\bph\b", -1.0, 15.0),
    (r"hz", r"grid.?freq|netzfrequenz|mains.?freq", -1.0, 100_000.0),
    ("", r"power.?factor|cos.?phi|\bpf\b", -1.01, 1.01),
    ("", r"^(?:gps )?lat(?:itude)?$", -90.0, 90.0),
    ("", r"^(?:gps )?lon(?:g|gitude)?$", -180.0, 360.0),
    (r"deg|°|degt", r"wind.?dir|windrichtung|azimuth|heading", -360.0, 400.0),
)
"""Units and names, as regular expressions, and the least and most that the middle of such values may be."""
_ROOMS = (
    r"room|outdoor|outside|ambient|indoor|außen|aussen|raum|innen|ext[ée]rieur|esterna|exterior|buiten|binnen|weather"
)
_FACTOR = (
    r"(?:^|[\s(\[/*x×])(?:[x×*/] ?10+\b|[x×*] ?0[.,]0*1\b|1/10+\b|0[.,]0*1 ?(?=[A-Za-z°%]))"
    r"|10\^-?\d|\b1e-?\d+\b|\bdeci|\btenths?\b|zehntel"
)
_ALIKE = 0.995
"""Share of steps of one size from which a sensor counts rows or time."""

_LIMIT = r"[<>≤≥]=? ?\d[\d.,]*\D{0,8}"
"""What laboratories write for a value below or above what they can measure: `<0.3`."""


def doubts_of_values(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about the sizes of values and about what else they may be."""
    for name, values in seen.sensors.items():
        spec = seen.family.sensors.get(name)
        if spec is None or spec.states or not len(values):
            continue
        yield from _too_large(name, spec.unit, values)
        yield from _counted(name, values)
        yield from _of_two_sizes(name, values)
        if re.search(_FACTOR, f"{name} {spec.unit}", re.IGNORECASE):
            yield Doubt(
                f"the name or unit of {name} ({spec.unit}) states a factor, which is not used: divide it in the export",
                True,
            )
    yield from _mixed(seen)
    yield from _refused(seen)
    yield from _unparsed(seen)
    yield from _coded(seen)


def _too_large(name: str, unit: str, values: np.ndarray) -> Iterator[Doubt]:
    """Values whose middle is beyond what their unit or name allows."""
    middle, far = float(np.median(values)), float(np.quantile(values, 0.9))
    for units, words, low, high in _SIZES:
        stated = bool(units) and re.fullmatch(units, unit, re.IGNORECASE) is not None
        called = bool(words) and re.search(words, re.sub(r"[_\W]+", " ", name).strip(), re.IGNORECASE) is not None
        if not stated and (not called or (unit and units)):
            continue
        if not stated and units and units.startswith("°C"):
            low, high = -120.0, 4000.0
        if not low <= middle <= high:
            yield Doubt(
                f"{name} is about {middle:g} {unit}".rstrip()
                + ": is a divisor or a decimal mark missed (decimal, decimals)?",
                True,
            )
            return
    words = re.sub(r"[_\W]+", " ", name)
    degrees = re.search(r"temp|°C|℃|deg ?C", f"{name} {unit}", re.IGNORECASE) and not re.search(
        r"°?F\b|K\b|kelvin", unit
    )
    if (
        degrees
        and re.search(_ROOMS, words, re.IGNORECASE)
        and not -60 <= middle <= 120
        and far > 120
        and not 250 < middle < 330
    ):
        yield Doubt(
            f"{name} is about {middle:g}, no temperature of such a place: is a divisor or a decimal mark missed?", True
        )


def _second(moment: float) -> float:
    """The size of a second where such a number counts the time since 1970 in seconds, or thousandths and less."""
    return float(10 ** max(0, 3 * round((np.log10(moment) - 9.2) / 3)))


def _counted(name: str, values: np.ndarray) -> Iterator[Doubt]:
    """A sensor that goes up by one amount in every row: a row's number, or a clock."""
    steps = np.diff(values)
    if len(steps) < 20 or np.ptp(values) == 0:
        return
    usual = float(np.median(steps))
    if usual > 0 and (np.abs(steps - usual) <= 1e-9 * abs(usual) + 1e-12).mean() >= _ALIKE:
        yield Doubt(
            f"sensor {name} goes up by {usual:g} in every row: if it numbers rows or counts time, put it into ignore"
        )
    elif (steps > 0).mean() > 0.95 and values.min() > 0 and 6.3e8 < values.min() / _second(values.max()) < 2.9e9:
        yield Doubt(
            f"sensor {name} looks like a time since 1970: put it into ignore, or name it as the time (--time)", True
        )


def _of_two_sizes(name: str, values: np.ndarray) -> Iterator[Doubt]:
    """Values that leap by a factor of a thousand, or a hundred, from row to row: a mark of numbers is read two ways."""
    known = np.abs(values[values != 0])
    if len(known) < 60 or len(np.unique(known)) < 20:
        return
    ratio = np.log10(known[1:] / known[:-1])
    for power in (2, 3, 4):
        leaps = np.abs(np.abs(ratio) - power) < 0.12
        if leaps.mean() > 0.02 and (np.abs(ratio) < 0.5).mean() + leaps.mean() > 0.95:
            yield Doubt(
                f"sensor {name} leaps {10**power:,}-fold and back in {leaps.mean():.0%} of its rows: "
                "mend decimal or thousands",
                True,
            )
            return


def _mixed(seen: Evidence) -> Iterator[Doubt]:
    """Sensors whose values from row to row are those of several things."""
    explained: set[str] = set()
    labels = seen.understood.roles.labels
    keys = [seen.columns[name] for name in (*labels.asset, *labels.sensor)]
    for column in seen.left_out:
        if not 1 < len(column.distinct) <= min(60, 0.1 * len(column.cells)) or column.name in seen.said_more:
            continue
        if keys and follows(column, keys):
            continue  # where a machine stands, or what else is one for each
        words = column.cells.astype(str).to_numpy()
        apart = [name for name, number in _by_sensor(seen) if _explains(words, number)]
        if (words[1:] != words[:-1]).mean() > 0.2 and apart:
            explained |= set(apart)
            shown = named([str(word) for word in column.distinct])
            yield Doubt(
                f"the values of {named(apart)} differ by '{column.name}', which is left out, like {shown}: "
                f"does it name machines (--asset {column.name}) or sensors?",
                True,
            )
    for name, values in seen.sensors.items():
        alone = seen.values["asset"].nunique() == 1
        count = _streams(values) if alone and name not in explained else 0
        if count and not _is_a_day(count, seen):
            yield Doubt(
                f"sensor {name} goes round {count} levels, a row each: is a column of names of {count} things missed?",
                True,
            )


def _is_a_day(rows: int, seen: Evidence) -> bool:
    """Whether so many rows last half a day, a day or a week, by which plants work."""
    days = rows * seen.family.step.total_seconds() / 86_400
    return any(abs(days - length) < 0.02 * length for length in (0.5, 1, 7))


def _by_sensor(seen: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """Each sensor's numbers in the rows of the file, NaN where a row has none of it."""
    labels = seen.understood.roles.labels
    if not labels.sensor:
        return ((name, seen.columns[name].number) for name in seen.sensors if name in seen.columns)
    names, number = seen.columns[labels.sensor[0]].cells.astype(str), seen.columns[labels.value].number
    return ((str(name), np.where(names == name, number, np.nan)) for name in list(dict.fromkeys(names))[:12])


def _explains(labels: np.ndarray, number: np.ndarray) -> bool:
    """Whether the words beside numbers explain nearly all of their spread, beyond what the rows before do."""
    frame = pd.DataFrame({"label": labels, "number": number}).iloc[:20_000].dropna()
    if len(frame) < 40 or frame["label"].nunique() < 2 or frame["number"].nunique() < 12:
        return False
    total = float(frame["number"].var())
    within = float((frame["number"] - frame.groupby("label")["number"].transform("mean")).var())
    leaps = float(np.square(np.diff(frame["number"])).mean()) / 2
    return bool(total > 0 and within < 0.1 * total and leaps > 0.3 * total)


def _streams(values: np.ndarray) -> int:
    """Of how many things values come in turn; 0 where they are of one."""
    if len(values) < 60 or len(np.unique(values)) < 20:
        return 0
    spread = [float(np.square(values[lag:] - values[:-lag]).mean()) for lag in range(1, 13)]
    for lag in range(2, 12):
        others = spread[: lag - 1] + ([spread[lag]] if lag < 11 else [])
        if spread[lag - 1] < 0.02 * min(others):
            return lag
    return 0


def _refused(seen: Evidence) -> Iterator[Doubt]:
    """Many values that are refused."""
    total = len(seen.values) + sum(seen.refused.values())
    for why, count in seen.refused.items():
        known = re.search(r"code for no value|quality is not|no value|total|duplicate|replaced|not a number", why)
        if not known and count > max(5, 0.1 * total):
            yield Doubt(f"{count / total:.0%} of the values are refused: {why}", True)


def _unparsed(seen: Evidence) -> Iterator[Doubt]:
    """Cells with digits, of columns of numbers, that are no numbers."""
    worded = {name for name, sensor in seen.family.sensors.items() if sensor.states}
    cells = seen.readings[~seen.readings["sensor"].isin(worded)]
    texts = cells.loc[cells["number"].isna() & ~is_blank(cells["value"]), "value"].astype(str)
    digits = texts[texts.str.contains(r"\d", regex=True)]
    limited = digits.str.fullmatch(_LIMIT)
    limits, digits = digits[limited], digits[~limited]
    if len(limits) > max(2, 0.02 * len(cells)):
        yield Doubt(
            f"{len(limits):,} values are limits of what can be measured, like {named(list(limits.unique()))}, and are "
            "not used: to use a limit as the value, write it without its sign",
            True,
        )
    if len(digits) > max(2, 0.02 * len(cells)):
        shown = named([str(text) for text in digits.unique()])
        yield Doubt(
            f"{len(digits):,} values hold digits and are no numbers, like {shown}: mend decimal or cell_units",
            True,
        )


def _coded(seen: Evidence) -> Iterator[Doubt]:
    """A column of numbers that are left out though they vary."""
    for column in seen.left_out:
        evidence = next(role.evidence for role in seen.understood.roles.roles if role.column == column.name)
        known = re.search(
            r"clock|time|numbers the rows|label|always|revisions|number of a thing|one value in|end", evidence
        )
        if column.numeric and not known and len(column.distinct) > 10:
            yield Doubt(
                f"'{column.name}' holds {len(column.distinct):,} different numbers and is left out, as {evidence}"
            )
