"""The front door for Python: fit, score, find, plot, save and load on a DataFrame, the same bits as the night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anomaly.series.card import Card
from anomaly.series.detector import Detector
from anomaly.series.files import from_bytes, to_bytes
from anomaly.series.kinds import parse_config
from anomaly.series.night.score_job import score_day
from anomaly.series.scored import ScoredReadings
from anomaly.series.span import TrainingPlan, training_spans
from anomaly.series.training.routine_search import find_routines
from anomaly.series.training.train import train_detector
from anomaly.thresholds import Threshold
from sensors_data.arrow_rows import as_table
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.series.grids.grid_table import grids_of, together
from sensors_data.series.grids.imputing import imputed_days
from sensors_data.series.understanding.data_frames import readings_of, step_of
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows

LINEAR_STEPS = 6
"""Gaps of up to so many steps are filled linearly, longer ones up to a day by earlier days."""


def fit(
    readings: pd.DataFrame,
    step: str | timedelta | None = None,
    alarms_per_asset_week: float = 0.25,
    abnormal: pd.DataFrame | None = None,
    seed: int = 0,
    family: str = "readings",
    config: dict[str, Any] | None = None,
) -> SeriesDetector:
    """Learn what is normal in readings and calibrate a threshold, as `nightscore train-series` would.

    `readings` are long (columns time, sensor, value and, for several machines, asset) or wide (a DatetimeIndex or a
    column time, a column a sensor, and asset). `step` is the clock's step, inferred where it is not given.
    `abnormal` lists known faults and planned work (columns start, end and, where it is one machine's, asset); they are
    not learned. `config` holds keys of `[families.NAME.detector]`. UnusableError says what is wrong with the frame.
    """
    rows = readings_of(readings)
    spec = _family(tuple(sorted(rows["sensor"].unique())), step_of(rows, step))
    table = {**(config or {}), "alarms_per_asset_week": alarms_per_asset_week}
    settings = parse_config(table, "config")
    grids = grids_of(together(imputed_days(spec, rows).values(), spec), spec)
    spans = training_spans(grids, _incidents(abnormal, "fault"), settings.held_out)
    plan = TrainingPlan(family, spec.step.total_seconds(), _days(rows)[-1], settings, seed)
    routines = find_routines(spans, plan.step_s)
    return SeriesDetector(train_detector(plan, spans, None, routines=routines)[0])


def load(path: str | Path) -> SeriesDetector:
    """A detector from its file, or from a model file of a store. NotThereError, UnusableError when it is none."""
    fs, full = open_url(str(path))
    if not fs.exists(full):
        raise NotThereError(f"there is no file {path}", "save a detector there with: detector.save(path)")
    return SeriesDetector(from_bytes(fs.cat_file(full), str(path)))


@dataclass(frozen=True)
class SeriesDetector:
    """A fitted detector of a family of machines: it scores frames with the sensors that it was fitted to."""

    detector: Detector

    @property
    def card(self) -> Card:
        """What the detector knows of itself."""
        return self.detector.card

    @property
    def threshold(self) -> Threshold:
        """The limit of normal scores, nats."""
        return self.detector.threshold

    @property
    def spec(self) -> Family:
        """The clock and the sensors that it scores."""
        return _family(self.card.sensors, timedelta(seconds=self.card.step_s))

    def score(
        self, readings: pd.DataFrame, history: pd.DataFrame | None = None, planned: pd.DataFrame | None = None
    ) -> ScoredReadings:
        """The scores of readings, each UTC day as its night would score it.

        A row's score looks back over `card`'s windows; give the days before the readings as `history`, else the first
        rows are scored with less. `planned` lists work (start, end and, where it is one machine's, asset) that must not
        alarm. UnusableError when a sensor is missing or unknown.
        """
        rows = readings_of(readings)
        self._check_sensors(rows)
        first = rows["time"].min().floor(self.spec.step)
        known = rows if history is None else pd.concat([readings_of(history), rows])
        known = known.drop_duplicates(["time", "asset", "sensor"], keep="last")
        days = [day for day in _days(known) if day >= first.date()]
        scores, sensors = self._score_days(imputed_days(self.spec, known), days, _incidents(planned, "planned"))
        scores, sensors = (part[part["time"] >= first].reset_index(drop=True) for part in (scores, sensors))
        return ScoredReadings(scores, sensors, self.spec, self.card.family, {self.detector.name: self.threshold})

    def save(self, path: str | Path) -> None:
        """Write the detector to a safetensors file, in one rename."""
        fs, full = open_url(str(Path(path).resolve()) if "://" not in str(path) else str(path))
        replace_file(fs, full, to_bytes(self.detector))

    def _check_sensors(self, rows: pd.DataFrame) -> None:
        wanted, there = set(self.card.sensors), set(rows["sensor"])
        if unknown := sorted(there - wanted):
            remedy = f"drop it, or fit again; the detector knows {', '.join(self.card.sensors)}"
            raise UnusableError(f"sensor '{unknown[0]}' was not there when the detector was fitted", remedy)
        if not there & set(self.card.modelled):
            raise UnusableError(f"no value of {', '.join(self.card.modelled)}", "give readings of these sensors")

    def _score_days(
        self, grid_rows: dict[date, WideRows], days: list[date], planned: pd.DataFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Rows of `scores` and `sensor_scores` of some days."""
        parts = []
        back = -(-self.detector.context_rows // (timedelta(days=1) // self.spec.step))
        for day in days:
            seen = [grid_rows[d] for n in range(back, -1, -1) if (d := day - timedelta(days=n)) in grid_rows]
            grids = grids_of(together(seen, self.spec), self.spec)
            parts.append(score_day(self.detector, self.spec, grids, planned, day, grid_rows[day].present))
        scores, sensors = (
            as_table(table, pd.concat([part[place] for part in parts]))
            for place, table in enumerate(("scores", "sensor_scores"))
        )
        return scores, sensors


def _family(sensors: tuple[str, ...], step: timedelta) -> Family:
    """Sensors on a clock, gaps filled as `nightscore init` sets it."""
    table = {"inbox": "frame", "step": step, "sensors": {name: {} for name in sensors}}
    return Family.model_validate({**table, "linear_gap": max(LINEAR_STEPS * step, timedelta(seconds=1))})


def _days(readings: pd.DataFrame) -> list[date]:
    """The UTC days that readings are of, sorted."""
    days: list[date] = np.unique(readings["time"].to_numpy(dtype="datetime64[D]")).tolist()
    return days


def _incidents(intervals: pd.DataFrame | None, kind: str) -> pd.DataFrame:
    """Intervals as rows of the `incidents` table, all of one kind. UnusableError for a missing column."""
    none = TABLES["incidents"].frame()
    if intervals is None:
        return none
    if missing := [name for name in ("start", "end") if name not in intervals]:
        remedy = "give columns start, end and, where it is one machine's, asset"
        raise UnusableError(f"the intervals have no column '{missing[0]}' but {list(intervals)}", remedy)
    rows = intervals.reindex(columns=none.columns).assign(kind=kind)
    for name in ("start", "end"):
        rows[name] = pd.to_datetime(rows[name], utc=True)
    for start, end in zip(rows["start"], rows["end"], strict=True):
        if not end > start:
            raise UnusableError(f"an interval ends {end}, not after its start {start}", "give start before end")
    incidents: pd.DataFrame = rows
    return incidents
