"""What each column is: time, asset, sensor, value, quality, unit, counter, state or none of them, by what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sensors_data.section import LABEL
from sensors_data.series.files.workbooks import SHEET
from sensors_data.series.understanding.beside import marks_beside, stands_within
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column, rising
from sensors_data.series.understanding.label_words import bare
from sensors_data.series.understanding.labels import Labels, find_labels, says_more_of
from sensors_data.series.understanding.quality import Quality, find_quality
from sensors_data.series.understanding.time_guess import TimeColumns
from sensors_data.series.values.word_states import states_in, told_by_calendar

_LABELS = WORDS["labels of anomalies"]
_NAMES_TOO = frozenset(("target", "label", "labels"))
"""Those of them that name series as well."""
_SPARE = WORDS["spare"]
_FRACTIONS = WORDS["fractions of a second"]
_NAMES_THINGS = WORDS["asset"] | WORDS["spare"]
_CALENDAR = {"hour": "hour", "minute": "minute", "weekday": "weekday", "dayofweek": "weekday", "month": "month",
             "year": "year", "day": "day"}  # fmt: skip
"""Columns by name that may repeat a part of the time."""

_ON_OFF = {frozenset(pair.split("/")): pair.split("/") for pair in sorted(map(bare, WORDS["off/on"]))}


_CLOCKWORK = "it runs with the clock"
_THING = "it is a number of a thing, not a measured one"


@dataclass(frozen=True)
class Role:
    """What a column is taken for, why, and how sure that is."""

    column: str
    role: str
    evidence: str
    confidence: float = 0.9


@dataclass(frozen=True)
class Roles:
    """The role of every column, and what follows for the layout."""

    roles: tuple[Role, ...]
    labels: Labels
    quality: Quality | None
    measures: tuple[str, ...]
    states: dict[str, dict[str, float]]
    odd: tuple[str, ...]

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are not read, in the file's order."""
        return tuple(role.column for role in self.roles if role.role == "ignored")


def roles_of(columns: list[Column], time: TimeColumns, moments: pd.Series, asset: tuple[str, ...] = ()) -> Roles:
    """The roles of a table's columns beside its time; `moments` are the rows' times."""
    roles = [Role(name, "time", time.evidence, time.confidence) for name in time.columns]
    if end := time.keys.get("end"):
        roles.append(Role(str(end), "end", "ends each row's interval"))
    roles += [Role(name, "ignored", "another time") for name in time.others if name != end]
    rest = [column for column in columns if column.name not in {role.column for role in roles}]
    aside = {column.name: why for column in rest if (why := _aside(column, moments)) and column.name not in asset}
    by_name = {column.name: column for column in rest}
    aside |= {c.name: why for c in rest if c.name not in aside and (why := stands_within(c, by_name))}
    if not any(column.numeric and column.name not in aside for column in rest):
        aside = {name: why for name, why in aside.items() if why != _CLOCKWORK}
    quality = find_quality([column for column in rest if column.name not in aside])
    graded = set(quality.columns) if quality else set()
    open_ = [column for column in rest if column.name not in aside and column.name not in graded]
    labels = find_labels(open_, moments, asset)
    roles += [Role(name, "quality", quality.evidence) for name in sorted(graded)] if quality else []
    roles += [Role(name, "ignored", why) for name, why in aside.items()]
    roles += [Role(column, role, why, sure) for column, role, why, sure in labels.named]
    named = {role.column for role in roles}
    states: dict[str, dict[str, float]] = {}
    measures: list[str] = []
    for column in (column for column in open_ if column.name not in named):
        role = _measure(column, moments, states)
        if column.name == SHEET and not column.numeric:
            states.pop(column.name, None)
            role = Role(column.name, "ignored", "the sheets follow one another in time, or hold one machine")
        if (value := marks_beside(column, columns)) and role.role in ("state", "ignored"):
            states.pop(column.name, None)
            role = Role(column.name, "ignored", f"it says something of {value} in codes that are not known", 0.6)
        if column.numeric and role.role == "sensor" and _numbers_a_thing(column):
            role = Role(column.name, "ignored", _THING)
        if labels.asset and len(columns) > 3 and says_more_of(column, open_, labels.asset):
            role = Role(
                column.name, "ignored", f"it says more of {', '.join(labels.asset)}: each has one, no two alike"
            )
        if labels.sensor:
            role = Role(column.name, "ignored", f"of each row the one value in {labels.value} is read")
        roles.append(role)
        if role.role != "ignored":
            measures.append(column.name)
    order = {column.name: column.place for column in columns}
    roles.sort(key=lambda role: order[role.column])
    odd = [*labels.odd]
    if coded := [column.name for column in open_ if column.coded]:
        odd.append(f"{', '.join(coded[:6])}: a number and a code stand in one cell, which is not read; part them")
    for name in [name for name, words in states.items() if len(words) == 2 and not on_off(np.array(list(words)))][:4]:
        off, on = states[name]
        odd.append(f"'{name}': {off} is 0 and {on} is 1, as {off} comes more often; if it is the other way, swap them")
    if measures and len(measures) == len(states):
        odd.append(
            f"no column is measured, only words for states come again ({', '.join(measures[:3])}): a log of events?"
        )
    return Roles(tuple(roles), labels, quality, tuple(measures), states, tuple(odd))


def _aside(column: Column, moments: pd.Series) -> str:
    """Why a column is none of a reading's parts, empty where it may be one."""
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
    if column.whole and column.called(WORDS["revisions"]) and values.min() >= 0:
        return "it counts revisions: of a time's rows the last is taken"
    if column.whole and values.min() >= 0 and (column.called(_FRACTIONS) or "fract" in column.lower.split()):
        return "it is a part of the time"
    if len(values) and np.ptp(values) == 0 and column.named(WORDS["settings"]):
        return "it says how was measured, and is always the same"
    if len(values) and np.ptp(values) == 0 and column.named(WORDS["place"]):
        return "it says where, and is always the same"
    if len(values) > 2 and column.whole and (np.abs(np.diff(values)) == 1).mean() > 0.99 and _spare(column):
        return "it numbers the rows"
    if len(values) > 2 and column.whole and column.named(_SPARE) and len(np.unique(values)) == len(values):
        return "it numbers the rows"
    if _numbers_a_thing(column) and len(np.unique(values)) == 1:
        return _THING
    return _clockwork(column, moments)


def _numbers_a_thing(column: Column) -> bool:
    """Whether a column holds a few long whole numbers, as those of meters are."""
    values = column.values
    few = len(values) > 8 and column.whole and len(np.unique(values)) < max(3, 0.01 * len(values) + 2)
    return bool(few and np.abs(values).max() >= 1e11)


def _tells_anomalies(column: Column) -> bool:
    """Whether a column's words, like normal, tell anomalies from what is none."""
    return any(
        re.search(r"normal|anomal|outlier|fault|true|false", str(word).casefold()) for word in column.distinct[:50]
    )


def _is_padded(column: Column) -> bool:
    """Whether a column's one whole number is written with zeros in front, as numbers of things are."""
    return (
        len(column.distinct) == 1 and str(column.distinct[0]).startswith("0") and str(column.distinct[0])[1:].isdigit()
    )


def _spare(column: Column) -> bool:
    """Whether a column counts rows: it goes up by one from the first row to the last."""
    return bool(rising(column.values, 0.999) and len(np.unique(column.values)) == len(column.values))


def _clockwork(column: Column, moments: pd.Series) -> str:
    """Why a column is a part of the calendar or runs with the clock, empty where it is not."""
    instant = moments.to_numpy("datetime64[us]")
    known = ~np.isnat(instant) & np.isfinite(column.number)
    if known.sum() < 20:
        return ""
    values = column.number[known]
    word = column.lower.replace(" ", "")
    if word in _CALENDAR:
        times = moments[known]
        for shift in range(-14, 15):
            if (
                getattr((times + pd.Timedelta(hours=shift)).dt, _CALENDAR[word]).to_numpy()
                == values - (word == "hour" and values.max() >= 24)
            ).mean() > 0.95:
                return "it repeats a part of the time"
    if column.whole and np.ptp(values) == 23 and len(np.unique(values)) == 24:
        times = moments[known]
        for shift in range(-14, 15):
            if ((times + pd.Timedelta(hours=shift)).dt.hour.to_numpy() == values - values.min()).mean() > 0.95:
                return "it repeats a part of the time"
    seconds = instant[known].astype(np.int64) / 1e6
    if np.ptp(values) > 0 and np.ptp(seconds) > 0:
        scaled = values / np.abs(values).max()
        apart, level = seconds - seconds.mean(), scaled - scaled.mean()
        slope = float(apart @ level) / float(apart @ apart)
        straight = slope > 0 and np.abs(level - slope * apart).max() <= 5e-5 * np.ptp(scaled)
        beside = len(np.unique(values)) > 10 and len(np.unique(seconds)) > 10
        if straight and beside and _counts_time(slope * np.abs(values).max()):
            return _CLOCKWORK
    return ""


def _counts_time(a_second: float) -> bool:
    """Whether a number grows by a power of ten in a second, a minute, an hour or a day; a counter has its own pace."""
    power = np.log10(a_second * np.array([1.0, 60.0, 3600.0, 86_400.0]))
    return bool((np.abs(power - np.round(power)) < 2e-3).any())


def _measure(column: Column, moments: pd.Series, states: dict[str, dict[str, float]]) -> Role:
    """A column that is none of the others: a sensor of numbers or states, or ignored with the reason."""
    if column.cells.dtype.kind == "b":
        return Role(column.name, "state", "false and true are 0 and 1")
    if column.numeric and not column.coded:
        return _numeric(column)
    if column.coded:
        return Role(column.name, "ignored", f"a number and a code stand in one cell, like {column.distinct[0]}")
    pair = on_off(column.distinct) if len(column.distinct) == 2 else {}
    if pair:
        states[column.name] = pair
        return Role(column.name, "state", f"{' and '.join(pair)} are 0 and 1")
    if len(column.distinct) == 1:
        return Role(column.name, "ignored", f"it always holds '{column.distinct[0][:30]}'")
    if told_by_calendar(column.filled, moments):
        return Role(column.name, "ignored", "it repeats a part of the time")
    if 2 * len(column.filled) >= len(column.cells) and (words := states_in(column.filled)):
        states[column.name] = words
        return Role(column.name, "state", f"{len(words)} words come again and again, like {next(iter(words))}", 0.7)
    shown = ", ".join(str(word)[:16] for word in column.distinct[:4])
    return Role(column.name, "ignored", f"text of {len(column.distinct)} kinds without an order ({shown})")


def on_off(words: pd.Index | np.ndarray) -> dict[str, float]:
    """The numbers of two words such as OFF and ON, as they are written; empty for other words."""
    lower = {bare(str(word)): str(word) for word in words}
    for pair, (off, on) in _ON_OFF.items():
        if lower and lower.keys() <= pair:
            return {lower.get(off, off): 0.0, lower.get(on, on): 1.0}
    return {}


def tells_events(roles: Roles, columns: dict[str, Column]) -> bool:
    """Whether a table lists what happened, as a journal of alarms does: words alone, and none of them ON or OFF."""
    words = [columns[name] for name in roles.measures if not columns[name].numeric]
    switched = any(on_off(column.distinct) for column in words)
    told_apart = [role for role in roles.roles if role.role in ("state", "asset")]
    return bool(words) and len(words) == len(roles.measures) and not switched and len(told_apart) > 2


def _numeric(column: Column) -> Role:
    """A sensor of numbers, with what it looks like."""
    values = column.values
    if np.ptp(values) == 0 and (column.named(_NAMES_THINGS) or _is_padded(column) or column.name == column.distinct[0]):
        return Role(column.name, "ignored", "it is the number of a thing, and always the same")
    odd = len(column.filled) - len(values)
    words = f", {odd} cells are words" if odd else ""
    if set(np.unique(values)) <= {0.0, 1.0} and len(values) > 2:
        return Role(column.name, "state", f"only 0 and 1{words}")
    return Role(column.name, "sensor", f"{len(values) / max(1, len(column.filled)):.1%} numbers{words}")
