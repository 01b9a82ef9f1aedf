"""What each column is: time, asset, sensor, value, quality, unit, counter, state or none of them, by what it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sensors_data.series.files.workbooks import SHEET
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.companion_columns import marks_beside, says_unit, stands_within
from sensors_data.series.understanding.ignored_columns import (
    CLOCKWORK,
    ROW_NUMBER,
    THING,
    are_uneven,
    numbers_a_thing,
    why_aside,
)
from sensors_data.series.understanding.labels import Labels, find_labels, says_more_of
from sensors_data.series.understanding.measures import Measured, Role, measured, on_off
from sensors_data.series.understanding.quality import Quality, find_quality
from sensors_data.series.understanding.time_guess import TimeColumns


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
    roles = _of_time(time)
    rest = [column for column in columns if column.name not in {role.column for role in roles}]
    aside = _aside(rest, moments, asset)
    quality = find_quality([column for column in rest if column.name not in aside])
    graded = set(quality.columns) if quality else set()
    open_ = [column for column in rest if column.name not in aside and column.name not in graded]
    labels = find_labels(open_, moments, asset)
    roles += [Role(name, "quality", quality.evidence) for name in sorted(graded)] if quality else []
    roles += [Role(name, "ignored", why) for name, why in aside.items()]
    roles += [Role(column, role, why, sure) for column, role, why, sure in labels.named]
    named = {role.column for role in roles}
    judged = [_judged(column, columns, open_, labels, moments) for column in open_ if column.name not in named]
    roles += [one.role for one in judged]
    order = {column.name: column.place for column in columns}
    roles.sort(key=lambda role: order[role.column])
    measures = tuple(one.role.column for one in judged if one.role.role != "ignored")
    states = {one.role.column: one.states for one in judged if one.states}
    odd = (*labels.odd, *_odd(open_, measures, states), *_perhaps_cycles(rest, aside, moments))
    return Roles(tuple(roles), labels, quality, measures, states, odd)


def _of_time(time: TimeColumns) -> list[Role]:
    """The roles of the columns with the readings' time, or with another time."""
    end = time.keys.get("end")
    roles = [Role(name, "time", time.evidence, time.confidence) for name in time.columns]
    roles += [Role(str(end), "end", "ends each row's interval")] if end else []
    return roles + [Role(name, "ignored", "another time") for name in time.others if name != end]


def _aside(columns: list[Column], moments: pd.Series, asset: tuple[str, ...]) -> dict[str, str]:
    """The columns that are no part of a reading, with the reasons; a clock counts where nothing else is measured."""
    aside = {column.name: why for column in columns if (why := why_aside(column, moments)) and column.name not in asset}
    by_name = {column.name: column for column in columns}
    aside |= {c.name: why for c in columns if c.name not in aside and (why := stands_within(c, by_name))}
    units = [c for c in columns if c.named(WORDS["unit"]) and c.name not in {*aside, *asset}]
    aside |= {c.name: why for c in units if (why := says_unit(c, columns))}
    if any(column.numeric and column.name not in aside for column in columns):
        return aside
    return {name: why for name, why in aside.items() if why != CLOCKWORK}


def _perhaps_cycles(columns: list[Column], aside: dict[str, str], moments: pd.Series) -> list[str]:
    """What is said of row numbers that may be counters: they do not begin at 0 or 1, and the rows' times are uneven."""
    numbers = [column for column in columns if aside.get(column.name) == ROW_NUMBER and column.values[0] > 1]
    if not numbers or not are_uneven(moments):
        return []
    name = numbers[0].name
    return [
        f"'{name}' goes up by one in each row and is left out as its number: if it counts cycles, take it out of ignore"
    ]


def _judged(column: Column, columns: list[Column], open_: list[Column], labels: Labels, moments: pd.Series) -> Measured:
    """What a column measures, or why it is ignored beside the other `columns` and the `labels` of the rows."""
    judged = measured(column, moments)
    why, sure = "", 0.9
    if labels.sensor:
        why = f"of each row the one value in {labels.value} is read"
    elif labels.asset and len(columns) > 3 and moments.nunique() > 1 and says_more_of(column, open_, labels.asset):
        why = f"it says more of {', '.join(labels.asset)}: each has one, no two alike"
    elif column.numeric and judged.role.role == "sensor" and numbers_a_thing(column):
        why = THING
    elif judged.role.role in ("state", "ignored") and (value := marks_beside(column, columns)):
        why, sure = f"it says something of {value} in codes that are not known", 0.6
    elif column.name == SHEET and not column.numeric:
        why = "the sheets follow one another in time, or hold one machine"
    return Measured(Role(column.name, "ignored", why, sure)) if why else judged


def _odd(columns: list[Column], measures: tuple[str, ...], states: dict[str, dict[str, float]]) -> list[str]:
    """Sentences on what is odd about what the columns were taken for."""
    odd = []
    if coded := [column.name for column in columns if column.coded]:
        odd.append(f"{', '.join(coded[:6])}: a number and a code stand in one cell, which is not read; part them")
    for name in [name for name, words in states.items() if len(words) == 2 and not on_off(np.array(list(words)))][:4]:
        off, on = states[name]
        odd.append(f"'{name}': {off} is 0 and {on} is 1, as {off} comes more often; if it is the other way, swap them")
    if measures and len(measures) == len(states):
        shown = ", ".join(measures[:3])
        odd.append(f"no column is measured, only words for states come again ({shown}): a log of events?")
    return odd


def _ranks(column: Column) -> bool:
    """Whether a column of a few whole numbers ranks what happened, as a priority does."""
    return column.numeric and column.whole and len(column.distinct) <= 10 and column.named(WORDS["ranks"])


def tells_events(roles: Roles, columns: dict[str, Column]) -> bool:
    """Whether a table lists what happened, as a journal of alarms does: words alone, and none of them ON or OFF."""
    measures = [name for name in roles.measures if not _ranks(columns[name])]
    words = [columns[name] for name in measures if not columns[name].numeric]
    switched = any(on_off(column.distinct) for column in words)
    told_apart = [role for role in roles.roles if role.role in ("state", "asset")]
    return (
        bool(words)
        and len(words) == len(measures)
        and not switched
        and len(told_apart) > 2 - (len(measures) < len(roles.measures))
    )
