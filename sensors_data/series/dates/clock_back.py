"""The local hour that occurs twice when the clock goes back: the order of the rows distinguishes its two passes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.dates.far_times import without_far
from sensors_data.series.dates.parsing import parse_times, read_times


def row_times(raw: pd.DataFrame, layout: Layout) -> pd.Series:
    """The rows' times in UTC as `read_times` gives them; those of a doubled hour too, where the order tells them.

    NaT too where a time lies years from the others.

    `raw` holds the rows of one file (time, asset, sensor) in their order. Of each asset's sensor, the wall clock must
    fall back just once within the hour: rows before belong to the first pass, the others to the second. Else NaT.
    """
    moments = without_far(read_times(raw["time"], layout))
    unread = np.flatnonzero(moments.isna())
    if not len(unread) or layout.timezone == "UTC":
        return moments
    wall = parse_times(raw["time"].iloc[unread], layout.model_copy(update={"timezone": "UTC"})).dt.tz_localize(None)
    first, second = (_of_pass(wall, layout.timezone, summer) for summer in (True, False))
    doubled = (first.notna() & (first != second)).to_numpy()
    if not doubled.any():
        return moments
    places = unread[doubled]
    rows = raw.iloc[places][["asset", "sensor"]].assign(wall=wall.to_numpy()[doubled])
    late = _second_pass(rows.iloc[::-1] if _newest_first(moments) else rows).loc[rows.index].to_numpy()
    ordered = first[doubled].where(late == 0, second[doubled]).where(late >= 0)
    whole = moments.copy()
    whole.iloc[places] = ordered.array
    return whole


def _of_pass(wall: pd.Series, zone: str, summer: bool) -> pd.Series:
    """Wall-clock times in UTC, those of a doubled hour in summer time or after it."""
    passes = np.full(len(wall), summer)
    moments: pd.Series = wall.dt.tz_localize(zone, ambiguous=passes, nonexistent="NaT").dt.tz_convert("UTC")
    return moments


def _newest_first(moments: pd.Series) -> bool:
    steps = np.diff(moments.dropna().to_numpy(dtype="datetime64[us]").astype(np.int64))
    return bool((steps < 0).sum() > (steps > 0).sum())


def _second_pass(rows: pd.DataFrame) -> pd.Series:
    """For each row of doubled hours 1 in the second pass, 0 in the first, -1 if the order is not conclusive."""
    keys = [rows["asset"], rows["sensor"], rows["wall"].dt.floor("D")]
    falls = (rows["wall"].groupby(keys).diff() <= pd.Timedelta(0)).astype(int)
    passes: pd.Series = falls.groupby(keys).cumsum()
    return passes.where(falls.groupby(keys).transform("sum") == 1, -1)
