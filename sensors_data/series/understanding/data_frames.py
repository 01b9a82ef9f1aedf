"""A pandas DataFrame as readings: one row per value (long) or one column per sensor (wide)."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np
import pandas as pd

from sensors_data.errors import UnusableError
from sensors_data.series.understanding.first_training import usual_step
from sensors_data.settings import LABEL

TIME, ASSET, SENSOR, VALUE = COLUMNS = ["time", "asset", "sensor", "value"]
ONE_ASSET = "asset"
"""What an asset is called where the frame names none."""


def readings_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Readings (time UTC, asset, sensor, value) of a long or wide frame, sorted; of repeated ones the last is taken.

    Long: columns time, sensor, value and, for several machines, asset. Wide: a DatetimeIndex or a column time, a
    numeric column a sensor and, for several machines, a column asset. Times without a zone are UTC. NaN is no reading.
    UnusableError names the column, what was found in it, and the remedy.
    """
    rows = _with_time(frame)
    if not {SENSOR, VALUE} <= set(rows.columns):
        rows = _melted(rows)
    readings = pd.DataFrame(
        {
            TIME: _utc(rows[TIME]),
            ASSET: _names(rows[ASSET], ASSET) if ASSET in rows else ONE_ASSET,
            SENSOR: _names(rows[SENSOR], SENSOR),
            VALUE: _numbers(rows[VALUE], VALUE),
        }
    ).dropna(subset=[VALUE])
    if readings.empty:
        raise UnusableError("the frame holds no value at all", "give rows with numbers; NaN is no reading")
    return readings.drop_duplicates(COLUMNS[:3], keep="last").sort_values(COLUMNS[:3], ignore_index=True)


def step_of(readings: pd.DataFrame, step: str | timedelta | None) -> timedelta:
    """The step as given, else the usual distance of two readings. UnusableError when it does not divide the day."""
    if step is None:
        if readings[TIME].nunique() < 2:
            raise UnusableError(
                "all readings are of one time, which says nothing about the step", 'say it: step="5min"'
            )
        return usual_step(readings)
    try:
        width: timedelta = pd.Timedelta(step).to_pytimedelta()
    except ValueError as error:
        raise UnusableError(f"step '{step}' is not a duration", 'write it like step="5min" or "1h"') from error
    if width <= timedelta(0) or timedelta(days=1) % width:
        raise UnusableError(f"a step of {width} does not divide the day", "use one that does, like 1s, 1min, 5min, 1h")
    return width


def _with_time(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its times in a column `time`, its other columns under text names, its index numbered."""
    rows = frame.rename(columns=str)
    if twice := rows.columns[rows.columns.duplicated()].unique().tolist():
        raise UnusableError(f"column '{twice[0]}' appears more than once", "rename one of the two")
    if TIME in rows:
        return rows.reset_index(drop=True)
    if isinstance(rows.index, pd.DatetimeIndex):
        return rows.rename_axis(TIME).reset_index()
    dated = [name for name in rows if rows[name].dtype.kind == "M" or isinstance(rows[name].dtype, pd.DatetimeTZDtype)]
    rename = f"readings.rename(columns={{'{dated[0] if dated else 'TIMESTAMP'}': 'time'}})"
    raise UnusableError(
        f"there is no column 'time' and the index holds no times but {rows.index.dtype}; columns: {list(rows)[:12]}",
        f"name the time column: {rename}",
    )


def _melted(rows: pd.DataFrame) -> pd.DataFrame:
    """A wide frame as one row a value."""
    keys = [name for name in (TIME, ASSET) if name in rows]
    sensors = [str(name) for name in rows if name not in keys]
    if not sensors:
        raise UnusableError(f"beside {keys} there is no column, so no sensor", "give a numeric column for each sensor")
    numbers = {name: _numbers(rows[name], name) for name in sensors}
    return rows[keys].assign(**numbers).melt(keys, var_name=SENSOR, value_name=VALUE)


def _utc(times: pd.Series) -> pd.Series:
    """Times as UTC microseconds; text is read as ISO 8601."""
    if times.dtype.kind in "iufb":
        number = f"numbers ({times.iloc[0]}, ...)" if len(times) else "numbers"
        raise UnusableError(f"column 'time' holds {number}", "convert them: pd.to_datetime(readings['time'], unit='s')")
    try:
        parsed = pd.to_datetime(times, utc=True, format=None if times.dtype.kind == "M" else "ISO8601")
    except (ValueError, TypeError) as error:
        raise UnusableError(f"column 'time' holds no times: {error}", "convert it with pd.to_datetime") from error
    if missing := int(parsed.isna().sum()):
        raise UnusableError(
            f"column 'time' is empty in {missing:,} rows", "drop them: readings.dropna(subset=['time'])"
        )
    return parsed.astype("datetime64[us, UTC]")


def _names(names: pd.Series, column: str) -> pd.Series:
    """Names as text. UnusableError for a missing or unprintable one."""
    if names.isna().any():
        raise UnusableError(f"column '{column}' is empty in {int(names.isna().sum()):,} rows", "name every row's")
    codes, distinct = pd.factorize(names)
    text = [str(name) for name in distinct]
    for name in text:
        if not re.fullmatch(LABEL, name):
            raise UnusableError(f"column '{column}' holds {name!r}", "use printable names of at most 128 characters")
    return pd.Series(np.array(text, dtype=object)[codes], index=names.index)


def _numbers(values: pd.Series, column: str) -> pd.Series:
    """Values as float64. UnusableError where one is no finite number."""
    try:
        number = pd.to_numeric(values).astype(np.float64)
    except (ValueError, TypeError) as error:
        bad = pd.to_numeric(values, errors="coerce").isna() & values.notna()
        example = values[bad].iloc[0] if bad.any() else values.dtype
        remedy = f"drop the column, or convert it: pd.to_numeric(readings['{column}'], errors='coerce')"
        raise UnusableError(f"column '{column}' holds '{example}', which is no number", remedy) from error
    if endless := int(np.isinf(number).sum()):
        raise UnusableError(f"column '{column}' holds {endless:,} infinite values", "replace them by NaN")
    return number
