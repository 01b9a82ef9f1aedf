"""Rows that a server sent as a table: checked as those of a file are, for the day that was asked for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sensors_data.series.intake.readings import read_frame
from sensors_data.settings import Family, Layout

PLAIN = Layout(kind="long", asset="asset")
OUTSIDE = "outside the day that was asked for"


def checked_day(table: pd.DataFrame, family: Family, day: date, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table in the family's layout as a day's readings and rejects; `name` is what the rejects call the source.

    UnreadableError when a column is missing or no time is readable.
    """
    if table.empty:
        return _nothing()
    table = table.set_axis(pd.RangeIndex(1, len(table) + 1)).rename(columns=str)
    readings, rejects = read_frame(table, pd.DataFrame({"line": [], "raw": []}), family, name)
    inside = readings["time"].to_numpy(dtype="datetime64[us]").astype("datetime64[D]") == np.datetime64(day)
    if not inside.all():
        outside = {"source": name, "line": 0, "raw": f"{int((~inside).sum())} values", "reason": OUTSIDE, "used": False}
        rejects = pd.concat([rejects, pd.DataFrame([outside])], ignore_index=True)
    return readings[inside].reset_index(drop=True), rejects.assign(source=name)


def checked_readings(readings: pd.DataFrame, family: Family, day: date, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows (time in UTC, asset, sensor, value) of a source that has no layout, as a day's readings and rejects."""
    return checked_day(readings, family.model_copy(update={"layout": PLAIN}), day, name)


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    readings = pd.DataFrame({"time": pd.DatetimeIndex([], tz="UTC"), "asset": [], "sensor": [], "value": []})
    rejects = pd.DataFrame({"source": [], "line": [], "raw": [], "reason": [], "used": []})
    return readings, rejects.astype({"line": "int64", "used": bool})
