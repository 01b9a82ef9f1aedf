"""A file or an example of the store, scored by a known family's detector or by one fitted on the spot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

import anomaly
from anomaly import Rules, ScoredReadings
from anomaly.series.night.find_job import rules_of
from sensors_data.counting import count
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.series.grids.imputing import imputed_days
from sensors_data.series.intake.readings_table import read_rows
from sensors_data.settings import Family
from service.pages.upload import Corrections, look, readings_in
from service.views.scoring import score_readings
from service.views.state import Service

QUICK = {"recurrent": False, "max_windows": 600}
"""The linear path alone of a detector: seconds, not minutes."""


FIT = "fit a quick detector to the file itself"


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
    examples_by_day = []
    for family in sorted(service.settings.families):
        days = service.store.days("scores", family=family)[-14:]
        rows = {day: service.store.read_days("anomalies", [day], family=family) for day in days}
        best = sorted(days, key=lambda day: -max([0.0, *rows[day]["peak_score"]]))
        examples_by_day += [f"{family} {day}" for day in best[:4]]
    return examples_by_day


def scored(service: Service, path: str | None, example: str | None, scorer: str, learn: float) -> Tried:
    """The scored rows of a file or an example. UnusableError, NotThereError say what is wrong with it."""
    if path is not None:
        if scorer == FIT:
            return by_itself(look(Path(path), Corrections()).family, Path(path), learn)
        family = _family_of(scorer)
        usable = readings_in(Path(path), service.settings.family(family))
        return by_family(service, family, usable.readings, usable.missing)
    if not example:
        raise UnusableError("there is nothing to score yet", "upload a file or pick an example")
    family, _, named = example.partition(" ")
    spec = service.settings.family(family)
    days = [day for day in service.store.days("readings", family=family) if str(day) == named]
    if not days:
        raise NotThereError(f"the store has no readings of {family} on '{named[:20]}'", "pick one of the examples")
    paths = service.store.written("readings", days, family=family)
    readings = read_rows(service.store, paths, spec.sensor_names).long().drop(columns="observed")
    if scorer == FIT:
        return fitted(spec, readings, learn)
    return by_family(service, _family_of(scorer), readings)


def _family_of(scorer: str) -> str:
    return scorer.removeprefix("the detector of ")


def by_itself(family: Family, path: Path, learn: float) -> Tried:
    """A file read by settings that were found for it, under a detector that learned its first part."""
    return fitted(family, readings_in(path, family).readings, learn)


def by_family(service: Service, family: str, readings: pd.DataFrame, missing: str = "") -> Tried:
    """Readings scored by the detectors of their days; `missing` is added to the sentence on who scored them."""
    scored = score_readings(service, family, readings)
    if scored.scores["score"].isna().all():
        raise UnusableError("no row could be scored", "too little of any window was measured; give longer readings")
    days = sorted(scored.scores["time"].dt.date.unique())
    thresholds = {d.name: d.threshold for d in (service.detector(family, day) for day in days)}
    rows = ScoredReadings(scored.scores, scored.sensor_scores, service.settings.family(family), family, thresholds)
    about = f"{count(int(rows.rows['score'].notna().sum()), 'row')} scored by {', '.join(thresholds)}"
    return Tried(rows, rules_of(service.settings, family), f"{about}; {missing}" if missing else about)


def fitted(family: Family, readings: pd.DataFrame, learn: float) -> Tried:
    """Readings under a detector that learned the first part of each machine's: its linear path alone, in seconds."""
    if (machines := readings["asset"].nunique()) > MOST_ASSETS:
        raise UnusableError(f"the file has {machines} machines", f"{MOST_ASSETS} are tried here at most; cut it")
    rows = clocked(family, readings)
    times = rows.groupby("asset", observed=True)["time"]
    first, last = times.transform("min"), times.transform("max")
    learned = rows[rows["time"] < first + learn * (last - first)]
    detector = anomaly.fit(learned, family.step, config=QUICK)
    known = rows["sensor"].isin(detector.card.sensors)
    recent = rows["time"] >= rows["time"].max().floor("D") - timedelta(days=MOST_DAYS - 1)
    scored = replace(detector.score(rows[recent & known], history=rows[known]), spec=family)
    about = f"learned from those until {learned['time'].max():%Y-%m-%d %H:%M} UTC"
    return Tried(scored, Rules(), f"{count(len(scored.rows), 'row')} scored; {about}")


def clocked(family: Family, readings: pd.DataFrame) -> pd.DataFrame:
    """Readings as the family's clock has them, one a step: values that hold, the nearest step, counters as growth."""
    rows = pd.concat([rows.long() for rows in imputed_days(family, readings).values()], ignore_index=True)
    return rows.loc[rows["observed"], ["time", "asset", "sensor", "value"]]
