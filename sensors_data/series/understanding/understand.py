"""One file understood: its dialect, its marks, its time, and the role of each column; and the layout that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.layout import Layout
from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.parsing import read_times
from sensors_data.series.files.day_columns import clocks_of
from sensors_data.series.files.file_source import joined_cells
from sensors_data.series.understanding.assets_in_names import with_assets_in_names
from sensors_data.series.understanding.clock_columns import at_midnight
from sensors_data.series.understanding.columns import Column, values_by_type
from sensors_data.series.understanding.dialect import Dialect
from sensors_data.series.understanding.first_rows import columns_of
from sensors_data.series.understanding.label_keys import follows
from sensors_data.series.understanding.label_words import is_called_machine, names_quantities, names_sensors
from sensors_data.series.understanding.labels import Labels
from sensors_data.series.understanding.roles import Roles, roles_of
from sensors_data.series.understanding.run_starts import UNDATED, begun, start_told
from sensors_data.series.understanding.time_columns import find_time
from sensors_data.series.understanding.time_guess import TimeColumns
from sensors_data.series.understanding.time_numbers import counted_in
from sensors_data.series.understanding.time_zones import zone_behind, zone_in_column, zone_told
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.series.values.marks import Marks
from sensors_data.settings import parse


@dataclass(frozen=True)
class Understood:
    """What a file holds: the layout that reads it, and why."""

    layout: Layout
    dialect: Dialect | None
    marks: Marks
    time: TimeColumns
    roles: Roles
    columns: tuple[Column, ...]
    zoned: bool  # the times say their zone themselves


def understand(path: Path, wishes: Wishes, files: Sequence[Path] = ()) -> Understood:
    """How a file, maybe one of `files`, is to be read. UnreadableError says what is missing, and what to state."""
    columns, dialect, marks = columns_of(path, wishes, files)
    cells = {column.name: column.cells for column in columns}
    time = _stated_time(columns, wishes) or find_time(columns, path.name, len(files) > 1)
    time = counted_in(time, columns, dialect.units if dialect else {})
    keys = {**(dialect.keys() if dialect else {}), **time.keys}
    if wishes.style:
        keys |= {"time_format": wishes.style, "time_unit": "text"}
    if wishes.start:
        keys["start"] = wishes.start
    zone = zone_told(time, dialect.preamble if dialect else ()) or zone_in_column(columns)
    if not zone and "%*" in str(time.keys.get("time_format", "")):
        zone = zone_behind(cells[time.columns[0]].dropna().astype(str).iloc[:200].str.strip().tolist())
    if dialect and str(time.keys.get("start", "")) == UNDATED and (begin := start_told(dialect.preamble)):
        time = begun(time, begin)
        keys |= time.keys
    keys |= {"timezone": wishes.zone or zone or "UTC", **marks.keys()}
    first = parse(Layout, keys, "what was stated or understood")
    joined = joined_cells(pd.DataFrame(cells), first.time)
    moments = read_times(joined, first)
    if moments.notna().sum() < 2:
        raise _no_times(path.name, first, joined)
    if parted := values_by_type(columns):
        raise UnreadableError(
            f"{path.name}: each row has its value in another of the columns {parted[:4]}, by its type",
            f"export them as one column: SELECT COALESCE({', '.join(parted[:3])}) AS value",
        )
    if first.time_format and not _needs_style(_with_others(joined, columns, first), first):
        keys.pop("time_format")
    roles = roles_of(columns, time, moments, wishes.asset)
    daily = _a_row_a_day(moments, first.timezone)
    layout = Layout.model_validate({**keys, **_layout_keys(roles, columns, first.time_format, daily)})
    if len(files) < 2:
        layout = with_assets_in_names(layout, roles.measures, columns)
    return Understood(layout, dialect, marks, time, roles, tuple(columns), bool(zone) or _zoned(joined, layout))


def _stated_time(columns: list[Column], wishes: Wishes) -> TimeColumns | None:
    """The time columns that a person names, or the column that the stated format reads; None where nothing is stated.

    The format is found where it is not stated.
    """
    if not wishes.time:
        style = wishes.style
        read = {c.name: (~np.isnat(read_texts(c.filled.iloc[:200], style)[0])).mean() for c in columns} if style else {}
        best = max(read, key=lambda name: read[name], default="")
        if not read or not read[best] > 0.5:
            return None
        return TimeColumns({"time": (best,), "time_format": style}, (best,), "the stated format reads it", 1.0)
    by_name = {column.name: column for column in columns}
    if unknown := [name for name in wishes.time if name not in by_name]:
        raise UnusableError(f"there is no column '{unknown[0]}'", f"--time is one or more of {list(by_name)[:12]}")
    keys: dict[str, object] = {"time": wishes.time}
    if wishes.style:
        return TimeColumns(keys, wishes.time, "stated", 1.0)
    time = find_time([by_name[name] for name in wishes.time], "--time")
    if len(time.columns) == len(wishes.time):
        return time
    return TimeColumns({**time.keys, **keys}, wishes.time, "stated", 1.0, time.odd)


def _no_times(name: str, layout: Layout, cells: pd.Series) -> UnreadableError:
    """The refusal of a file whose time column cannot be read, with its first cell that cannot."""
    unread = cells[read_times(cells, layout).isna()]
    shown = str(unread.iloc[0])[:40] if len(unread) else ""
    count = len(cells) - len(unread)
    return UnreadableError(
        f"{name} has {count} rows with a readable time; two are needed; column {list(layout.time)}, first: '{shown}'",
        "name the column with --time, or its form with --format such as '%d.%m.%Y %H:%M'",
    )


def _with_others(cells: pd.Series, columns: list[Column], layout: Layout) -> pd.Series:
    """The times of a file and, where one column holds them, those of other files."""
    beside = next((column.beside for column in columns if (column.name,) == layout.time), ())
    return pd.concat([cells, pd.Series(beside, dtype="str")], ignore_index=True) if beside else cells


def _needs_style(cells: pd.Series, layout: Layout) -> bool:
    """Whether a column is read less or otherwise without its format stated: ISO 8601 is read without."""
    moments = read_times(cells, layout)
    plain = read_times(cells, layout.model_copy(update={"time_format": None}))
    return not plain.equals(moments)


def _zoned(cells: pd.Series, layout: Layout) -> bool:
    """Whether times are moments wherever one is: they say their zone, or count from a moment that all share."""
    if isinstance(cells.dtype, pd.DatetimeTZDtype) or layout.time_unit not in ("text", "excel", "matlab"):
        return not layout.start
    other = layout.model_copy(update={"timezone": "Asia/Kathmandu" if layout.timezone == "UTC" else "UTC"})
    sample = cells.iloc[:50]
    return read_times(sample, layout).equals(read_times(sample, other))


def _a_row_a_day(moments: pd.Series, zone: str) -> bool:
    """Whether all times are of one time of day on the clock of a zone, so that a row may hold a whole day."""
    known = moments.dropna().dt.tz_convert(zone)
    return bool(len(known) and known.dt.time.nunique() == 1)


def _layout_keys(roles: Roles, columns: list[Column], style: str | None, daily: bool) -> dict[str, object]:
    """The keys of the layout that the columns' roles give."""
    labels = roles.labels
    keys: dict[str, object] = {"asset": labels.asset or None}
    spare = [role.column for role in roles.roles if role.role == "unit"]
    if labels.sensor:
        keys |= {"kind": "long", "sensor": labels.sensor, "value": labels.value}
    elif daily and len(days := clocks_of(list(roles.measures))) >= max(12, 0.8 * len(roles.measures)):
        others = [name for name in roles.measures if name not in days]
        of_autumn = set(clocks_of([column.name for column in columns])) - set(days)  # may be empty the year round
        ignored = [name for name in roles.ignored if name not in of_autumn]
        keys["time_format"] = f"{at_midnight(style or '%Y-%m-%d')} %H:%M"
        keys |= {"kind": "day", "value": "value", "ignore": (*ignored, *spare, *others)}
        if sensor := _sensors_among(labels, columns):
            asset = tuple(name for name in labels.asset if name not in sensor)
            keys |= {"asset": asset or None, "sensor": sensor, "value": ""}
    else:
        keys |= {"ignore": tuple(c.name for c in columns if c.name in {*roles.ignored, *spare})}
    if roles.quality is not None:
        setting = roles.quality.setting
        if labels.sensor and isinstance(setting, dict):
            setting = next(iter(setting.values()))
        keys |= {"quality": setting, "good": roles.quality.good}
    return keys


def _sensors_among(labels: Labels, columns: list[Column]) -> tuple[str, ...]:
    """Of the columns that tell rows of one day apart, the one that names sensors; () where all name machines.

    It is called so, its words are quantities, or each of its names has a unit and not all the same.
    """
    by_name = {column.name: column for column in columns}
    unit = by_name.get(labels.unit)
    for column in (by_name[name] for name in labels.asset):
        measured_in = unit is not None and len(unit.distinct) > 1 and follows(unit, [column])
        if names_sensors(column) or (names_quantities(column) and not is_called_machine(column)) or measured_in:
            return (column.name,)
    return ()
