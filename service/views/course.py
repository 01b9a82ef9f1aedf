"""A machine's course over a free range of time, thinned to what a screen can show, nothing odd lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.series.values.units import unit_beside
from sensors_data.settings import Family
from service.views.state import Service

MOST_DAYS = 92
"""Days of a range, at most."""
POINTS = 2000
"""Points of a curve, about: a screen has no more columns."""
_NUMBERS = ("value", "expected", "low", "high", "share")


def course_of(service: Service, family: str, asset: str, start: datetime, end: datetime) -> dict[str, Any]:
    """What a machine read, what was expected of it and its score in [start, end), a list a curve.

    `times` (T,) are seconds since 1970; `rows` says how many rows of the tables stand behind each pair of points.
    NotThereError when no row of the machine was scored in the range, UnusableError for a range of too many days.
    """
    check_range(start, end)
    days = [day.date() for day in pd.date_range(start.date(), (end - timedelta(microseconds=1)).date(), freq="D")]
    store = service.store
    scores, sensors = (
        store.read_files(table, store.written(table, days, family=family), [asset])
        for table in ("scores", "sensor_scores")
    )
    scores, sensors = (rows[(rows["time"] >= start) & (rows["time"] < end)] for rows in (scores, sensors))
    if scores.empty:
        span = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        raise NotThereError(f"no row of '{asset}' in {family} was scored {span}", "choose another range or machine")
    return {"family": family, "asset": asset, **curves_of(scores, sensors, service.settings.family(family))}


def curves_of(scores: pd.DataFrame, sensors: pd.DataFrame, spec: Family) -> dict[str, Any]:
    """One machine's scored rows as curves, a list each, thinned; `course_of` says what they are."""
    clock = _clock(scores["time"], spec.step)
    many = -(-len(clock) * 2 // POINTS) if len(clock) > POINTS else 1
    curves, measured = {}, _is_measured(clock, sensors)
    for name, rows in sensors.groupby("sensor", sort=False):
        unit = unit_beside(str(name), spec.sensors[str(name)].unit) if name in spec.sensors else ""
        curves[str(name)] = {"unit": unit, **_sensor(_on_clock(clock, rows, [*_NUMBERS, "observed"]), measured, many)}
    score = _on_clock(clock, scores, ["score", "threshold"])
    return {
        "times": _spread(clock, many) / 1e6,
        "rows": many,
        "step_s": spec.step.total_seconds(),
        "sensors": curves,
        "score": _extremes(score["score"], many),
        "threshold": _middle(score["threshold"], many),
    }


def check_range(start: datetime, end: datetime) -> None:
    """UnusableError where [start, end) has no length or too many days."""
    if not timedelta(0) < end - start <= timedelta(days=MOST_DAYS):
        reason = f"the range {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} cannot be shown"
        raise UnusableError(reason, f"it ends after it starts and lasts at most {MOST_DAYS} days")


def _clock(times: pd.Series, step: timedelta) -> np.ndarray:
    """Every step from the first time to the last, (T,) microseconds: a gap has its rows too, so that lines break."""
    stamps = np.unique(times.to_numpy(dtype="datetime64[us]").astype(np.int64))
    return np.arange(stamps[0], stamps[-1] + 1, int(step / timedelta(microseconds=1)))


def _on_clock(clock: np.ndarray, rows: pd.DataFrame, names: list[str]) -> dict[str, np.ndarray]:
    """Columns of rows on the clock, (T,) each, NaN where there is no row."""
    stamps = rows["time"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    places = np.searchsorted(clock, stamps)
    fits = (places < len(clock)) & (clock[np.minimum(places, len(clock) - 1)] == stamps)
    columns = {}
    for name in names:
        columns[name] = np.full(len(clock), np.nan)
        columns[name][places[fits]] = rows[name].to_numpy(dtype=np.float64, na_value=np.nan)[fits]
    return columns


def _is_measured(clock: np.ndarray, sensors: pd.DataFrame) -> np.ndarray:
    """Where any sensor was measured, (T,): elsewhere the model expects by nothing, and its band is a guess."""
    stamps = sensors.loc[sensors["observed"].astype(bool), "time"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    return np.isin(clock, stamps)


def _sensor(columns: dict[str, np.ndarray], is_measured: np.ndarray, many: int) -> dict[str, list[float | None]]:
    """A sensor's curves; what was imputed stands apart from what was measured. No band where no sensor was."""
    measured = columns["observed"] == 1.0
    seen, filled = (np.where(where, columns["value"], np.nan) for where in (measured, ~measured))
    parts = ("expected", "low", "high", "share")
    curves = {name: _middle(np.where(is_measured, columns[name], np.nan), many) for name in parts}
    return {"measured": _extremes(seen, many), "imputed": _extremes(filled, many), **curves}


def _bins(values: np.ndarray, many: int) -> np.ndarray:
    """Values (T,) in bins of `many`, (N, many), the last one filled up with NaN."""
    short = -len(values) % many
    return np.concatenate([values, np.full(short, np.nan)]).reshape(-1, many)


def _spread(clock: np.ndarray, many: int) -> np.ndarray:
    """The times of the points: as they are, or two a bin."""
    if many == 1:
        return clock.astype(np.float64)
    step = float(clock[1] - clock[0])
    starts = clock[::many].astype(np.float64)
    return np.stack([starts, starts + step * many / 2], axis=1).ravel()


def _extremes(values: np.ndarray, many: int) -> list[float | None]:
    """The values, or each bin's lowest and highest, so that no spike is lost."""
    if many == 1:
        return plain(values)
    bins = _bins(values, many)
    known = np.isfinite(bins).any(axis=1)
    low = np.where(known, np.nanmin(np.where(known[:, None], bins, 0.0), axis=1), np.nan)
    high = np.where(known, np.nanmax(np.where(known[:, None], bins, 0.0), axis=1), np.nan)
    return plain(np.stack([low, high], axis=1).ravel())


def _middle(values: np.ndarray, many: int) -> list[float | None]:
    """The values, or each bin's mean, twice."""
    if many == 1:
        return plain(values)
    bins = _bins(values, many)
    known = np.isfinite(bins).any(axis=1)
    mean = np.where(known, np.nanmean(np.where(known[:, None], bins, 0.0), axis=1), np.nan)
    return plain(np.repeat(mean, 2))


def plain(values: np.ndarray) -> list[float | None]:
    """Numbers for JSON with six digits that count, null where nothing is known."""
    return [None if value != value else float(f"{value:.6g}") for value in values.tolist()]


def around(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The range in which an anomaly is looked at: the hours around it, half its length where that is more."""
    margin = max(timedelta(hours=6), (end - start) / 2)
    return start - margin, end + margin
