"""An asset's day as a picture: values and their band, score and threshold, what was found."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from anomaly.series.plot import asset_figure, png_of
from sensors_data.errors import NotThereError
from sensors_data.settings import Family
from sensors_data.store import Store


def asset_picture(store: Store, spec: Family, family: str, asset: str, first: date, last: date) -> bytes:
    """A PNG of an asset's scored days [first, last]. LookupError when none of them holds a scored row of it."""
    days = [first + timedelta(days=d) for d in range((last - first).days + 1)]
    scores, sensors, anomalies = (rows_of(store, table, family, days, asset) for table in _TABLES)
    if scores.empty:
        known = ", ".join(sorted(rows_of(store, "scores", family, days, None)["asset"].unique())[:12]) or "none"
        raise NotThereError(f"no scored row of asset '{asset}' in {family} {first} to {last} (scored there: {known})")
    days_named = str(first) if first == last else f"{first} to {last}"
    figure = asset_figure(scores, sensors, anomalies, spec, f"{asset} · {family} · {days_named}")
    return png_of(figure)


_TABLES = ("scores", "sensor_scores", "anomalies")


def rows_of(store: Store, table: str, family: str, days: list[date], asset: str | None) -> pd.DataFrame:
    """A table's rows of some days of a family, of one asset or all."""
    return store.read_files(table, store.written(table, days, family=family), None if asset is None else [asset])
