"""A night tried without writing it: whether the detector that serves next can score what was taken in last."""

from __future__ import annotations

from datetime import date, timedelta

from anomaly.series.files import load_for
from anomaly.series.night.completeness import check_scored, completeness_of
from anomaly.series.night.find_job import rules_of
from anomaly.series.night.score_job import days_seen, score_day
from sensors_data.series.grids.grid_table import grids_of, read_rows
from sensors_data.series.incidents import read_incidents
from sensors_data.settings import Settings
from sensors_data.store import Store

ASSETS = 3
"""Assets that are scored: enough to show that a night can be, soon enough for a person who waits."""


def rehearse(settings: Settings, family: str, day: date) -> int:
    """Score a few assets' `day` by the detector that serves the day after it, and write nothing; the rows scored.

    Raises what the scoring job would raise: no detector, a damaged one, other sensors, no score for what was measured.
    """
    store, spec = Store(settings.store).holding(), settings.family(family)
    detector = load_for(store, family, day + timedelta(days=1))
    rules_of(settings, family)
    assets = sorted(store.assets_in(store.written("grid", [day], family=family)[:1]))[:ASSETS]
    paths = store.written("grid", days_seen(detector, spec, day), family=family)
    grids = grids_of(read_rows(store, spec, paths, assets), spec)
    rows, sensor_rows = score_day(detector, spec, grids, read_incidents(store, family), day, assets)
    complete = completeness_of(detector, day, assets, rows, sensor_rows)
    check_scored(detector, rows, complete, grids, f"{family} {day}")
    return len(rows)
