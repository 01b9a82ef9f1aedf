"""Readings at hand under the detector that serves their day: the figures that the night would have written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.find_job import anomalies_touching, rules_of
from anomaly.series.score_job import days_seen, score_day
from sensors_data.arrow_rows import as_table
from sensors_data.errors import UnusableError
from sensors_data.series.grid_table import grids_of
from sensors_data.series.imputing import imputed_rows
from sensors_data.series.incidents import read_incidents
from sensors_data.settings import Family
from service.views.state import Service, stamp_of

MOST_DAYS = 31


@dataclass(frozen=True)
class Scored:
    """Rows as the tables of the same names would hold them."""

    scores: pd.DataFrame
    sensor_scores: pd.DataFrame
    anomalies: pd.DataFrame


def score_readings(service: Service, family: str, readings: pd.DataFrame) -> Scored:
    """The scores of readings (time, asset, sensor, value) of any days, nothing written.

    Each UTC day is scored by the detector that serves it; what it needs of earlier days comes from the readings
    where they hold that day of an asset, else from the store. LookupError when no detector serves a day, UnusableError
    for readings of too many days.
    """
    spec = service.settings.family(family)
    readings = as_table("readings", readings)
    moments = readings["time"].to_numpy(dtype="datetime64[D]")
    sent = {day: readings[moments == np.datetime64(day)] for day in np.unique(moments).tolist()}
    days = list(sent)
    if len(days) > MOST_DAYS:
        span = f"{len(days):,} days, {days[0]} to {days[-1]}"
        raise UnusableError(f"the readings span {span}", f"send at most {MOST_DAYS} days at a time")
    detectors = {day: service.detector(family, day) for day in days}
    grids: dict[date, pd.DataFrame] = {}
    parts = []

    def known(day: date, assets: list[str]) -> pd.DataFrame:
        return pd.concat([readings.iloc[:0], *_earlier(service, "readings", family, [day], assets, sent)])

    for day in days:
        assets = sorted(sent[day]["asset"].unique())
        grids[day] = imputed_rows(spec, day, assets, known)
        parts.append(_scored(service, spec, family, day, detectors[day], grids, assets))
    scores, sensors = (as_table(name, pd.concat([part[n] for part in parts])) for n, name in enumerate(_TABLES))
    rules, limit = rules_of(service.settings, family), detectors[days[-1]].threshold.at_value
    found = anomalies_touching(service.store, rules, spec, family, days[0], limit, scores, sensors)
    return Scored(scores, sensors, as_table("anomalies", found))


_TABLES = ("scores", "sensor_scores")


def _scored(
    service: Service,
    spec: Family,
    family: str,
    day: date,
    detector: Detector,
    grids: dict[date, pd.DataFrame],
    assets: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One day's rows of `scores` and `sensor_scores`."""
    *before, _ = days_seen(detector, spec, day)
    rows = _earlier(service, "grid", family, before, assets, grids)
    seen = grids_of(pd.concat([*rows, grids[day]]), spec)
    incidents = read_incidents(service.store, family)
    return score_day(detector, spec, seen, incidents, day, [asset for asset in assets if asset in seen])


def _earlier(
    service: Service, table: str, family: str, days: list[date], assets: list[str], given: dict[date, pd.DataFrame]
) -> list[pd.DataFrame]:
    """Some assets' rows of earlier days: as given, and of the assets that are not given for a day from the store."""
    found = []
    for day in days:
        sent = given[day][given[day]["asset"].isin(assets)] if day in given else None
        wanted = sorted(set(assets) - set([] if sent is None else sent["asset"].unique()))
        paths = service.store.written(table, [day] if wanted else [], family=family)
        found += [_kept(service, table, path, asset) for path in paths for asset in wanted]
        found += [] if sent is None else [sent]
    return found


def _kept(service: Service, table: str, path: str, asset: str) -> pd.DataFrame:
    """One asset's rows of a file of the store, remembered until the file is replaced."""

    def read() -> pd.DataFrame:
        return service.store.read_files(table, [path], [asset])

    return service.days.get(f"{path}\n{asset}", stamp_of(service.store, path), read)
