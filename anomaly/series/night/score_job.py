"""The scoring job: a day's grid under the detector that serves it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.series.blocks import MOST_VALUES
from anomaly.series.detector import Detector
from anomaly.series.evidence.localise import AROUND
from anomaly.series.files import load_for
from anomaly.series.night.completeness import check_scored, completeness_of, too_little
from anomaly.series.night.peel import Flagged, with_faults_hidden
from anomaly.series.night.score_rows import Night, around_alarms, score_rows, sensor_rows
from anomaly.series.night.self_test import self_test
from anomaly.series.scores import Scores
from sensors_data.arrow_rows import to_arrow
from sensors_data.counting import count
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.series.grids.grid import Grid, as_us
from sensors_data.series.grids.grid_table import check_shard, day_rows, grids_of, read_rows
from sensors_data.series.incidents import incident_rows, read_incidents
from sensors_data.settings import Family, Settings
from sensors_data.store import Store
from sensors_data.tables import TABLES


def score_series(settings: Settings, day: date, family: str, shard: int = 0) -> str:
    """Job: a day's grid into `scores` and `sensor_scores`, by the newest accepted detector trained before the day.

    LookupError when there is no such detector or no grid, ValueError when the detector has other sensors.
    """
    store, spec = Store(settings.store), settings.family(family)
    check_shard(spec, shard)
    return run_job(store, "score-series", day, family, lambda: _score(store, spec, day, family, shard), shard)


def _score(store: Store, spec: Family, day: date, family: str, shard: int) -> Done:
    store = store.holding()  # the grid is read for its assets, its rows and its hash
    detector = load_for(store, family, day)
    paths = store.written("grid", days_seen(detector, spec, day), family=family, shard=shard)
    today = store.path("grid", family=family, day=day, shard=shard)
    if today not in paths:
        store.read("grid", family=family, day=day, shard=shard)  # says what to run first
    assets = sorted(store.assets_in([today]))
    grids = grids_of(read_rows(store, spec, paths), spec)
    made = _rows_in_turn(detector, spec, grids, read_incidents(store, family), day, assets)
    rows, complete = made["scores"], made["completeness"].to_pandas()
    check_scored(detector, rows.select(["score"]).to_pandas(), complete, grids, f"{family} {day} shard {shard}")
    source = store.made_from(paths, Provenance(job="score-series", model=detector.name, settings=settings_hash(spec)))
    trials = self_test(detector, grids, day, assets)
    store.write("self_tests", trials, source, family=family, day=day, shard=shard)
    for table in ("completeness", "sensor_scores", "scores"):
        store.write_rows(table, made[table], source, family=family, day=day, shard=shard)
    if few := too_little(complete, detector.context_rows):
        return Done(rows.num_rows, f"{family} {day} shard {shard}: {few}, model {detector.name}", few)
    return Done(rows.num_rows, _line(detector, rows, family, day, shard), _unscored(complete))


def _rows_in_turn(
    detector: Detector, spec: Family, grids: dict[str, Grid], incidents: pd.DataFrame, day: date, assets: list[str]
) -> dict[str, pa.Table]:
    """Rows of `scores`, `sensor_scores` and `completeness` in the tables' own types, some assets at a time.

    So the frames of all assets never lie in memory together.
    """
    some = max(1, MOST_VALUES // (day_rows(spec) * len(spec.sensors)))
    parts: dict[str, list[pa.Table]] = {"scores": [], "sensor_scores": [], "completeness": []}
    for first in range(0, max(1, len(assets)), some):
        turn = assets[first : first + some]
        rows, sensor_rows = score_day(detector, spec, grids, incidents, day, turn)
        complete = completeness_of(detector, day, turn, rows, sensor_rows)
        if spec.sensor_scores == "around":
            sensor_rows = around_alarms(rows, sensor_rows, as_us(day + timedelta(days=1)), AROUND * spec.step)
        frames = (rows, sensor_rows, complete)
        for table, frame in zip(parts, frames, strict=True):
            parts[table].append(to_arrow(TABLES[table], frame))
    return {table: pa.concat_tables(part) for table, part in parts.items()}


def days_seen(detector: Detector, spec: Family, day: date) -> list[date]:
    """The days whose grid the scores of `day` depend on, itself last."""
    back = -(-detector.context_rows // day_rows(spec))
    return [day - timedelta(days=b) for b in range(back, -1, -1)]


def score_day(
    detector: Detector, spec: Family, grids: dict[str, Grid], incidents: pd.DataFrame, day: date, assets: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `scores` and `sensor_scores` of some assets' day, from grids that reach back as far as `days_seen`."""
    if not assets:
        return TABLES["scores"].frame(), TABLES["sensor_scores"].frame()
    start, end = as_us(day), as_us(day + timedelta(days=1))
    seen = {a: grids[a].between(start - detector.context_rows * np.timedelta64(spec.step, "us"), end) for a in assets}
    work = incidents[incidents["kind"] == "planned"]
    planned = {a: incident_rows(grid, work, a, ("planned",)) for a, grid in seen.items()}
    scores = scores_around(detector, seen, planned, start)
    nights = []
    for asset, grid in seen.items():
        grid_of_day, suppressed = grid.between(start, end), widened(planned[asset], detector)
        measured = ~np.isnan(grid_of_day.values).all(axis=1) & ~_commissioning(detector, asset, grid_of_day)
        nights.append(Night(asset, grid_of_day, scores[asset], suppressed[len(grid) - len(grid_of_day) :], measured))
    return score_rows(detector, nights), sensor_rows(detector, nights)


def scores_around(
    detector: Detector, grids: dict[str, Grid], planned: dict[str, np.ndarray], since: np.datetime64
) -> dict[str, Scores]:
    """Scores of the rows from `since` on in which planned work, (T,) of each asset, does not disturb the rows around
    it; its own rows are scored as they are.

    Where a row is over the threshold, what is expected does not follow the fault.
    """
    scores = detector.score_all(grids, since)
    at_work = [asset for asset, rows in planned.items() if rows.any()]
    seen = grids | {asset: _without(grids[asset], planned[asset]) for asset in at_work}
    around = detector.score_all({asset: seen[asset] for asset in at_work}, since)
    flagged = []
    for asset, plain in scores.items():
        work = planned[asset][len(planned[asset]) - len(plain.times) :]
        scores[asset] = plain.where(work, around[asset]) if asset in around else plain
        over = np.flatnonzero(scores[asset].score > detector.threshold.value * scores[asset].coverage_factor)
        if len(over):
            first = len(seen[asset]) - len(plain.times) + max(0, int(over[0]) - AROUND)
            flagged.append(Flagged(asset, seen[asset], scores[asset], first))
    for one, hidden in zip(flagged, with_faults_hidden(detector, flagged), strict=True):
        work = planned[one.asset][len(planned[one.asset]) - len(one.scores.times) :]
        scores[one.asset] = one.scores.where(work, hidden)
    return scores


def _without(grid: Grid, planned: np.ndarray) -> Grid:
    """A grid in which the rows of planned work (T,) were not measured."""
    shown = np.where(planned[:, None], np.float32(np.nan), grid.values)
    return Grid(grid.times, shown, grid.observed & ~planned[:, None], grid.sensors)


def widened(planned: np.ndarray, detector: Detector) -> np.ndarray:
    """Planned work (T,) with the detector's margin on either side."""
    if not planned.any():
        return planned
    margin = detector.margin_rows
    return np.convolve(planned, np.ones(2 * margin + 1))[margin : margin + len(planned)] > 0.5


def _commissioning(detector: Detector, asset: str, grid: Grid) -> np.ndarray:
    """Which rows the detector was taught as an asset's first normal ones, (T,)."""
    until = detector.card.commissioned.get(asset)
    return grid.times < as_us(until) if until else np.zeros(len(grid), dtype=bool)


def _unscored(complete: pd.DataFrame) -> str:
    """What could not be scored, in words; empty where all could."""
    missing = int((complete["measured"] - complete["scored"]).sum())
    assets = complete.loc[(complete["measured"] > 0) & (complete["scored"] == 0), "asset"]
    names = f", none of {', '.join(assets[:5])} has one" if len(assets) else ""
    return f"{missing:,} measured rows have no score{names}" if missing else ""


def _line(detector: Detector, rows: pa.Table, family: str, day: date, shard: int) -> str:
    over = rows.filter(rows["is_anomaly"])
    leading = over["top_sensor"].to_pandas().value_counts()
    worst = f" ({leading.index[0]}: {leading.iloc[0]:,})" if len(leading) else ""
    many = f"{count(rows.num_rows, 'row')}, {count(len(detector.card.modelled), 'sensor')}"
    line = f"scored {family} {day} shard {shard}: {many}"
    return f"{line}, {count(over.num_rows, 'row')} over the threshold{worst}, model {detector.name}"
