"""Columns that say whose a row is: the machine, the sensor, the unit; found by what makes rows of one time differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from sensors_data.errors import UnusableError
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.companion_columns import repeats_number
from sensors_data.series.understanding.ignored_columns import numbers_a_thing
from sensors_data.series.understanding.label_keys import each_its_own, follows, key_columns, repeated
from sensors_data.series.understanding.label_words import (
    is_called_machine,
    is_called_value,
    is_states,
    is_unit_column,
    names_assets,
    names_quantities,
    names_sensors,
    rests,
    shown,
    switches,
)

_SENSOR = WORDS["sensor"]
_ASSET = WORDS["asset"]
_VALUE = WORDS["value"]
_METRICS = frozenset(("metric", "sensor", "signal", "field", "parameter", "variable", "quantity", "messgröße", "kpi"))
"""Names of columns that name sensors and nothing else."""
_IDS = WORDS["ids of sensors"]


@dataclass(frozen=True)
class Labels:
    """The columns that name a row's asset, its sensor and its value; all roles as (column, role, why, sure)."""

    asset: tuple[str, ...] = ()
    sensor: tuple[str, ...] = ()
    value: str = ""
    unit: str = ""
    named: tuple[tuple[str, str, str, float], ...] = ()
    odd: tuple[str, ...] = ()


def find_labels(columns: list[Column], moments: pd.Series, asset: tuple[str, ...] = ()) -> Labels:
    """The columns that distinguish rows of the same time, and whether they name machines or sensors."""
    by_name = {column.name: column for column in columns}
    if unknown := [name for name in asset if name not in by_name]:
        raise UnusableError(f"there is no column {unknown[0]} to name assets", f"--asset is one of {list(by_name)}")
    candidates = [column for column in columns if column.name in asset or _may_label(column)]
    candidates = [column for column in candidates if column.name in asset or not repeats_number(column, columns)]
    units = [column for column in candidates if is_unit_column(column) and column.name not in asset]
    unit = units[0] if units else None
    candidates = [column for column in candidates if column not in units]
    keys, repeats = key_columns(candidates, moments, asset)
    keys = [*keys, *_named_by_units(keys, candidates, unit)]
    if unit is not None and not keys and repeated([unit], moments) < repeats:
        keys = [unit]
        unit = None
    unneeded = [key for key in keys if not asset and each_its_own(key, keys, columns)]
    keys = [key for key in keys if key not in unneeded]
    numbers = [c for c in columns if c.numeric and c not in keys and c is not unit and c.cells.dtype.kind != "b"]
    measures = [c for c in numbers if len(c.distinct) > 1] or numbers
    sensor, machine, value, why = _split(keys, candidates, measures, unit, asset)
    named = [(c.name, "asset", why, 0.85) for c in machine] + [(c.name, "sensor names", why, 0.85) for c in sensor]
    if value is not None:
        named.append((value.name, "value", "the one column of numbers beside the names of sensors", 0.9))
    if unit is not None:
        named.append((unit.name, "unit", f"it holds units, like '{unit.distinct[0]}'", 0.95))
    named += [(c.name, "ignored", "each of its names has columns of values of its own", 0.8) for c in unneeded]
    taken = {name for name, *_ in named}
    for column in (c for c in candidates if c.name not in taken and not is_states(c)):
        of = ", ".join(c.name for c in (*machine, *sensor)) or "the file"
        if len(column.distinct) == 1 and not column.numeric:
            named.append((column.name, "ignored", f"it always holds '{str(column.distinct[0])[:30]}'", 0.9))
        elif rests(column) or _once(column, moments):
            continue
        elif (keys or unneeded) and follows(column, [*keys, *unneeded]):
            named.append((column.name, "ignored", f"it says more of {of}", 0.8))
    left = repeated([*machine, *sensor, *unneeded], moments)
    odd = (f"{left:.1%} of the rows have the time of another row of the same machine",) if left > 0.02 else ()
    odd = (*odd, *_doubtful(machine, value, measures, asset))
    names = (tuple(c.name for c in machine), tuple(c.name for c in sensor))
    return Labels(*names, value.name if value else "", unit.name if unit else "", tuple(named), odd)


def _may_label(column: Column) -> bool:
    """Whether a column could name machines or sensors: few different words, or whole numbers that come again."""
    count, rows = len(column.distinct), len(column.filled)
    if (
        not count
        or 2 * rows < len(column.cells)
        or column.typed_times
        or (column.cells.dtype.kind in "fb" and not column.whole)
        or column.cells.dtype.kind == "b"
        or switches(column)
    ):
        return False
    if not column.numeric:
        return bool(not column.coded and count <= max(20, 0.34 * rows) and column.filled.str.len().max() <= 128)
    digits = column.filled.str.fullmatch(r"-?\d+(?:\.0)?").mean() > 0.99  # the last row may say that it is a sum
    plain = column.whole and column.values.min() >= -1 and digits
    return bool(
        plain and count <= max(2, 0.2 * rows) and (column.named(_ASSET) or names_sensors(column) or count <= 500)
    )


def says_more_of(column: Column, columns: list[Column], keys: tuple[str, ...]) -> bool:
    """Whether a column of numbers is a property of machines: each of three or more has one number, no two the same."""
    names = [key for key in columns if key.name in keys]
    count = len(column.distinct)
    if not column.numeric or count < (2 if column.named(WORDS["place"]) else 3) or count != _count(names):
        return False
    return follows(column, names)


def _once(column: Column, moments: pd.Series) -> bool:
    """Whether a column of numbers is seen at one time alone, so that it may be measured all the same."""
    return column.numeric and moments.nunique() == 1


def _count(keys: list[Column]) -> int:
    """How many machines there are by their names."""
    return len(set(zip(*(key.cells.astype(str) for key in keys), strict=True)))


def _split(
    keys: list[Column], candidates: list[Column], measures: list[Column], unit: Column | None, asset: tuple[str, ...]
) -> tuple[list[Column], list[Column], Column | None, str]:
    """Which of the keys name sensors and which machines, the column of values, and why."""
    measures = [column for column in measures if column not in keys]
    measures = [column for column in measures if not keys or not follows(column, keys)] or measures
    sums = sum(column.called(WORDS["kinds of sum"]) for column in measures)  # mean, min, max: three values of a row
    values = [c for c in measures if c.called(_VALUE) and sums < 2] or measures
    value = values[0] if len(values) == 1 or len(measures) == 1 else None
    if value is not None and any((value.blank & ~other.blank).mean() > 0.2 for other in measures):
        value = None  # other columns hold what this one does not
    constant = [
        c
        for c in candidates
        if len(c.distinct) == 1
        and c.blank.mean() <= 0.02  # each row is of some machine
        and (not c.numeric or names_assets(c) or len(str(c.distinct[0])) >= 5)
    ]
    if value is None:
        machine = keys or [c for c in constant if names_assets(c)][:1]
        return [], machine, None, shown(machine, "rows of one time differ by it") if machine else ""
    free = [column for column in keys if column.name not in asset]
    likely = [*free, *(c for c in constant if c.named(_SENSOR - {"name"}) or c.called(frozenset(("name",))))]
    named = [c for c in likely if names_sensors(c) and (not c.named(_ASSET) or not c.numeric)]
    generic = is_called_value(value)
    quantities = [c for c in free if names_quantities(c)]
    named = quantities if named and quantities else named or quantities
    has_units = [c for c in free if unit is not None and len(unit.distinct) > 1 and follows(unit, [c])]
    sensor = has_units if len(has_units) == 1 else named[:1]
    if len(named) > 1 and len(has_units) != 1:
        sensor = [
            max(named, key=lambda c: (len(c.distinct) > 1, c.lower.split()[-1] in ("field", "sensor", "tag"), -c.place))
        ]
    if not sensor and free and ((unit is not None and len(unit.distinct) > 1) or generic or len(free) > 1):
        likely = [c for c in free if names_sensors(c) or not (is_called_machine(c) or numbers_a_thing(c))]
        sensor = likely[:1] if len(likely) == 1 or not likely else [max(likely, key=lambda c: _apart(c, value))]
    first = free[0] if free and not (is_called_machine(free[0]) or numbers_a_thing(free[0])) else None
    if not sensor and first is not None and _apart(first, value) > 3:
        sensor = [first]
    if sensor and not generic and len(sensor[0].distinct) == 1:
        sensor = []
    if not sensor and generic:  # each machine has one of its own
        sensor = [c for c in candidates if c.named(_METRICS) and not c.numeric and len(c.distinct) > 1][:1]
    sensor = [_of_value(_worded(column, candidates), candidates, value) for column in sensor]
    machine = [_by_name(c, candidates) for c in keys if c not in sensor and not _is_code_of(c, sensor)]
    machine = machine or [c for c in constant if names_assets(c) and c not in sensor][:1]
    if not sensor:
        return [], machine, None, shown(machine, "rows of one time differ by it")
    return sensor, machine, value, f"rows of one time differ by it; {shown(sensor, 'names of sensors')}"


def _named_by_units(keys: list[Column], candidates: list[Column], unit: Column | None) -> list[Column]:
    """The column of words beside the keys that settles each row's unit, where the keys do not: it names sensors."""
    if unit is None or len(unit.distinct) < 2 or (keys and follows(unit, keys)):
        return []
    words = [c for c in candidates if c not in keys and not c.numeric and follows(unit, [c])]
    return sorted(words, key=lambda column: len(column.distinct))[:1]


def _worded(column: Column, candidates: list[Column]) -> Column:
    """For a column of numbers of sensors the one of words that names the same, if there is one."""
    words = [other for other in candidates if not other.numeric and len(other.distinct) == len(column.distinct)]
    return next((other for other in words if _alike(column, other)), column) if column.numeric else column


def _of_value(column: Column, candidates: list[Column], value: Column) -> Column:
    """Of the columns that name the same as one of sensors the one called after the values, as CounterName is."""
    stem = value.lower.removesuffix("value").strip()
    named = (c for c in candidates if stem and c.lower == f"{stem} name" and _alike(c, column))
    return next(named, column)


def _by_name(column: Column, candidates: list[Column]) -> Column:
    """For a column of ids the one of names of the same things: `sensor_name` for `sensor_id`."""
    stem = re.fullmatch(r"(.*?) ?(?:id|uuid|guid|eui|no|nr|number|code)", column.lower)
    named = (c for c in candidates if stem and c.lower in (f"{stem[1]} name", f"{stem[1]}name") and not c.numeric)
    return next((other for other in named if _alike(column, other)), column)


def _is_code_of(column: Column, sensor: list[Column]) -> bool:
    """Whether a column that is not called one of machines names the same as that of the sensors' names."""
    return bool(sensor) and (column.numeric or not is_called_machine(column)) and _alike(column, sensor[0])


def _alike(column: Column, other: Column) -> bool:
    """Whether two columns name the same things."""
    return column is not other and follows(column, [other]) and follows(other, [column])


def _doubtful(machine: list[Column], value: Column | None, measures: list[Column], asset: tuple[str, ...]) -> list[str]:
    """What is said of a column that is taken for machines though nothing but the rows of one time shows it."""
    unsure = [c for c in machine if c.name not in asset and not c.named(_ASSET) and len(c.distinct) > 1]
    if value is not None or len(measures) != 1 or not unsure:
        return []
    column = unsure[0]
    shown_one = f"like '{column.distinct[0][:30]}', are taken for machines"
    names = f"the {len(column.distinct)} names in '{column.name}', {shown_one}"
    keys = f'kind = "long", sensor = "{column.name}", value = "{measures[0].name}"'
    return [f"{names}; if they are sensors, write {keys} in the layout, and no asset"]


def _apart(label: Column, value: Column) -> float:
    """How far apart the labels' values lie: the spread of their medians in typical spreads within one label."""
    frame = pd.DataFrame({"label": label.cells.astype(str).to_numpy(), "value": value.number}).dropna()
    groups = frame.groupby("label")["value"]
    within = float(groups.std().median())
    middle = groups.median()
    return float((middle.max() - middle.min()) / (within or 1e-9)) if len(middle) > 1 else 0.0
