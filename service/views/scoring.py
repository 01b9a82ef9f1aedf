"""Readings at hand under the detector that serves their day: the figures that the night would have written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.night.find_job import anomalies_touching, rules_of
from anomaly.series.night.score_job import days_seen, score_day
from sensors_data.arrow_rows import as_table
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid_table import grids_of
from sensors_data.series.grids.imputing import imputed_rows
from sensors_data.series.incidents import read_incidents
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows, joined, rows_of
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
    moments = readings["time"].to_numpy(dtype="datetime64[D]")
    days = np.unique(moments).tolist()
    if len(days) > MOST_DAYS:
        span = f"{len(days):,} days, {days[0]} to {days[-1]}"
        raise UnusableError(f"the readings span {span}", f"send at most {MOST_DAYS} days at a time")
    sent = {day: in_columns(readings[moments == np.datetime64(day)], spec.sensor_names) for day in days}
    detectors = {day: service.detector(family, day) for day in days}
    grids: dict[date, WideRows] = {}
    none, parts = in_columns(readings.iloc[:0], spec.sensor_names), []

    def known(day: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        rows = [none, *_earlier(service, spec, ("readings", family), [day], assets, sent)]
        return joined([part.of(assets, sensors) for part in rows])

    for day in days:
        assets = sent[day].assets
        grids[day] = imputed_rows(spec, day, assets, known)
        parts.append(_scored(service, spec, family, day, detectors[day], grids, assets))
    scores, sensors = (as_table(name, pd.concat([part[n] for part in parts])) for n, name in enumerate(_TABLES))
    rules = rules_of(service.settings, family)
    anomalies = anomalies_touching(service.store, rules, spec, family, days[0], scores, sensors)
    return Scored(scores, sensors, as_table("anomalies", anomalies))


_TABLES = ("scores", "sensor_scores")


def _scored(
    service: Service,
    spec: Family,
    family: str,
    day: date,
    detector: Detector,
    grids: dict[date, WideRows],
    assets: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One day's rows of `scores` and `sensor_scores`."""
    *before, _ = days_seen(detector, spec, day)
    rows = _earlier(service, spec, ("grid", family), before, assets, grids)
    seen = grids_of(joined([*rows, grids[day].of(assets, spec.sensor_names)]), spec)
    incidents = read_incidents(service.store, family)
    return score_day(detector, spec, seen, incidents, day, [asset for asset in assets if asset in seen])


def _earlier(
    service: Service,
    spec: Family,
    table: tuple[str, str],
    days: list[date],
    assets: list[str],
    sent_rows: dict[date, WideRows],
) -> list[WideRows]:
    """Some assets' rows of earlier days of a family's table: as given, and of the assets that are not given for a day
    from the store.
    """
    name, family = table
    rows: list[WideRows] = []
    for day in days:
        sent = sent_rows[day].present if day in sent_rows else []
        wanted = [asset for asset in assets if asset not in sent]
        paths = service.store.written(name, [day] if wanted else [], family=family)
        rows += [_kept(service, spec, name, path, asset) for path in paths for asset in wanted]
        rows += [sent_rows[day]] if day in sent_rows else []
    return [part.of(assets, spec.sensor_names) for part in rows]


def _kept(service: Service, spec: Family, table: str, path: str, asset: str) -> WideRows:
    """One asset's rows of a file of the store, remembered until the file is replaced."""

    def read() -> WideRows:
        sensors = spec.sensor_names
        parts = service.store.tables_of(table, [path], [asset], sensors, coded=True)
        return rows_of(TABLES[table], parts, sensors, [asset])

    return service.days.get(f"{path}\n{asset}", stamp_of(service.store, path), read)
