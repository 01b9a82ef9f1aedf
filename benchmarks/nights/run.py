"""A dated series through the product's own nights: the intervals that they tell."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.series.files import serving
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series, training_due
from benchmarks.series.data import Listed
from sensors_data.provenance import Provenance
from sensors_data.series.jobs import impute
from sensors_data.settings import Family, Settings
from sensors_data.store import Store

FAMILY = ASSET = "series"
EPOCH = np.datetime64("2020-01-06", "us")  # a Monday: where a series has no dates, a row is a minute
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Dated:
    """A series on its clock: values (T, D), labels (T,), and how many rows are for fitting."""

    times: NDArray[np.datetime64]
    values: NDArray[np.float64]
    labels: NDArray[np.int64]
    train_end: int
    step: timedelta

    @property
    def sensors(self) -> list[str]:
        """Names of the columns."""
        return [f"v{n}" for n in range(self.values.shape[1])]


def read_dated(listed: Listed) -> Dated:
    """A series with its own dates where it has them; the step is the most frequent one that divides the day."""
    table = pd.read_parquet(listed.path)
    values = table.drop(columns=["timestamp", "label"], errors="ignore").to_numpy(dtype=np.float64, na_value=np.nan)
    labels = table["label"].to_numpy(dtype=np.int64)
    if pd.api.types.is_datetime64_any_dtype(table["timestamp"]):
        times = table["timestamp"].to_numpy(dtype="datetime64[us]")
        common = pd.Series(np.diff(times)).mode().iloc[0]
        step = timedelta(seconds=max(1.0, pd.Timedelta(common).total_seconds()))
        if not timedelta(days=1) % step:
            return Dated(times, values, labels, listed.train_end, step)
    step = timedelta(minutes=1)
    return Dated(EPOCH + np.arange(len(values)) * np.timedelta64(step, "us"), values, labels, listed.train_end, step)


def nightscore(series: Dated, budget: float, seed: int) -> pd.DataFrame:
    """The anomalies of the product's nights: start and end as last reported, each id once."""
    every = pd.concat(list(nights_of(series, budget, seed).values()))
    anomalies = every.drop_duplicates("anomaly_id", keep="last")
    spans: pd.DataFrame = anomalies[["start", "end"]].apply(lambda column: column.dt.tz_convert(None))
    return spans.reset_index(drop=True)


def nights_of(series: Dated, budget: float, seed: int) -> dict[date, pd.DataFrame]:
    """What each of the product's nights reported: its rows of `anomalies`.

    The first training is when the rows for fitting are over, later ones follow the settings' rhythm.
    """
    with tempfile.TemporaryDirectory(prefix="nights-") as folder:
        days = np.unique(series.times.astype("datetime64[D]"))
        first = int(np.searchsorted(days, series.times[series.train_end].astype("datetime64[D]")))
        training = {"first_after": max(1, first), "days": max(28, first)}
        spec = {"inbox": "none", "step": series.step, "sensors": {name: {} for name in series.sensors}}
        detector = {"alarms_per_asset_week": budget}
        family = Family.model_validate({**spec, "training": training, "detector": detector})
        settings = Settings(store=str(Path(folder)), seed=seed, families={FAMILY: family})
        return {day: _night(settings, series, day) for day in days.tolist()}


def _night(settings: Settings, series: Dated, day: date) -> pd.DataFrame:
    """One night of a series: its anomalies."""
    inside = series.times.astype("datetime64[D]") == np.datetime64(day)
    wide = pd.DataFrame(series.values[inside], columns=series.sensors)
    return one_night(
        settings, FAMILY, wide.assign(time=pd.DatetimeIndex(series.times[inside], tz="UTC"), asset=ASSET), day
    )


def one_night(settings: Settings, family: str, wide: pd.DataFrame, day: date) -> pd.DataFrame:
    """A family's night: a day's readings in (time, asset, a column a sensor), imputed, trained where it is due, scored.

    What comes out are its rows of `anomalies`; none before the first training.
    """
    store = Store(settings.store)
    readings = wide.melt(["time", "asset"], var_name="sensor").dropna()
    store.write("readings", readings, Provenance(job="benchmark"), family=family, day=day)
    impute(settings, day, family)
    if training_due(settings, day, family):
        train_series(settings, day, family)
    if serving(store, family, day) is None:
        return store.read_days("anomalies", [], family=family)
    score_series(settings, day, family)
    find_anomalies(settings, day, family)
    return store.read("anomalies", family=family, day=day)
