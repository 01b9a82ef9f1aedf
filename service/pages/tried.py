"""A file or an example of the store, scored by a known family's detector or by one fitted on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import anomaly
from anomaly import Rules, ScoredReadings
from anomaly.series.find_job import rules_of
from sensors_data.errors import UnusableError
from sensors_data.series.discover import discover
from sensors_data.series.file_source import forget_files
from sensors_data.series.readings import read_frame
from sensors_data.settings import Family
from service.api.bodies import check_parquet, rows_of
from service.views.scoring import score_readings
from service.views.state import Service
from service.views.words import count

QUICK = {"recurrent": False, "max_windows": 600}
"""The linear path alone of a detector: seconds, not minutes."""


FIT = "fit a quick detector to the file itself"


MOST_ROWS = 50_000


MOST_ASSETS = 8


MOST_DAYS = 31


@dataclass(frozen=True)
class Tried:
    """Scored rows, the rules that make anomalies of them, and a sentence on who scored them."""

    scored: ScoredReadings
    rules: Rules
    about: str


def examples(service: Service) -> list[str]:
    """The days of the store that can be tried, the ones with most to see first: `pump 2026-03-26`."""
    found = []
    for family in sorted(service.settings.families):
        days = service.store.days("scores", family=family)[-14:]
        rows = {day: service.store.read_days("anomalies", [day], family=family) for day in days}
        best = sorted(days, key=lambda day: -max([0.0, *rows[day]["peak_score"]]))
        found += [f"{family} {day}" for day in best[:4]]
    return found


def scored(service: Service, path: str | None, example: str | None, scorer: str, learn: float) -> Tried:
    """The scored rows of a file or an example. UnusableError, NotThereError say what is wrong with it."""
    if path is not None:
        spec = _discovered(Path(path)) if scorer == FIT else service.settings.family(_family_of(scorer))
        readings = _readings(spec, Path(path))
    elif example:
        family, _, day = example.partition(" ")
        spec = service.settings.family(family)
        readings = service.store.read("readings", family=family, day=date.fromisoformat(day))
    else:
        raise UnusableError("there is nothing to score yet", "upload a file or pick an example")
    return by_itself(spec.step, readings, learn) if scorer == FIT else by_family(service, _family_of(scorer), readings)


def _family_of(scorer: str) -> str:
    return scorer.removeprefix("the detector of ")


def _discovered(path: Path) -> Family:
    """What a file measures, by a look at it. UnusableError when it is no CSV or Parquet, or packed to hold too much."""
    if path.suffix.lower() == ".parquet":
        check_parquet(path.read_bytes())
    elif path.suffix.lower() not in (".csv", ".txt"):
        raise UnusableError(f"{path.name} is neither .csv nor .parquet", "unpack it first")
    try:
        return discover(path).family
    finally:
        forget_files()


def _readings(spec: Family, path: Path) -> pd.DataFrame:
    frame, bad = rows_of(path.read_bytes(), "", spec)
    if len(frame) > MOST_ROWS:
        reason = f"the file has {len(frame):,} rows; at most {MOST_ROWS:,} are tried here"
        raise UnusableError(reason, "cut it, or backfill")
    readings, rejects = read_frame(frame, bad, spec, path.name)
    if readings.empty:
        first = f"first: {rejects['reason'].iloc[0]}" if len(rejects) else "the file has no row"
        raise UnusableError(f"none of its {len(rejects):,} values can be used", first)
    return readings


def by_family(service: Service, family: str, readings: pd.DataFrame) -> Tried:
    """Readings under the detectors that serve their days."""
    found = score_readings(service, family, readings)
    if found.scores["score"].isna().all():
        raise UnusableError("no row could be scored", "too little of any window was measured; give longer readings")
    days = sorted(found.scores["time"].dt.date.unique())
    thresholds = {d.name: d.threshold for d in (service.detector(family, day) for day in days)}
    rows = ScoredReadings(found.scores, found.sensor_scores, service.settings.family(family), family, thresholds)
    about = f"{count(len(rows.rows), 'row')} scored by {', '.join(thresholds)}"
    return Tried(rows, rules_of(service.settings, family), about)


def by_itself(step: timedelta, readings: pd.DataFrame, learn: float) -> Tried:
    """Readings under a detector that learned the first part of each machine's: its linear path alone, in seconds."""
    if (machines := readings["asset"].nunique()) > MOST_ASSETS:
        raise UnusableError(f"the file has {machines} machines", f"{MOST_ASSETS} are tried here at most; cut it")
    times = readings.groupby("asset")["time"]
    first, last = times.transform("min"), times.transform("max")
    learned = readings[readings["time"] < first + learn * (last - first)]
    detector = anomaly.fit(learned, step, config=QUICK)
    recent = readings["time"] >= readings["time"].max().floor("D") - timedelta(days=MOST_DAYS - 1)
    rows = detector.score(readings[recent], history=readings)
    about = f"learned from those until {learned['time'].max():%Y-%m-%d %H:%M} UTC"
    return Tried(rows, Rules(), f"{count(len(rows.rows), 'row')} scored; {about}")
