"""The scoring job: a day's grid under the detector that serves it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.completeness import check_scored, completeness_of
from anomaly.series.detector import Detector, Scores
from anomaly.series.files import load_for
from anomaly.series.localise import AROUND
from anomaly.series.peel import with_faults_hidden
from anomaly.series.self_test import self_test
from sensors_data.arrow_rows import as_table
from sensors_data.runs import Done, run_job
from sensors_data.series.grid import Grid, as_us
from sensors_data.series.grid_table import check_shard, day_rows, read_grids
from sensors_data.series.incidents import incident_rows, read_incidents
from sensors_data.settings import Family, Settings
from sensors_data.store import Provenance, Store, settings_hash
from sensors_data.tables import TABLES

AT_A_TIME = 32
"""Assets whose scores are made into rows together."""


def score_series(settings: Settings, day: date, family: str, shard: int = 0) -> str:
    """Job: a day's grid into `scores` and `sensor_scores`, by the newest accepted detector trained before the day.

    LookupError when there is no such detector or no grid, ValueError when the detector has other sensors.
    """
    store, spec = Store(settings.store), settings.family(family)
    check_shard(spec, shard)
    return run_job(store, "score-series", day, family, lambda: _score(store, spec, day, family, shard), shard)


def _score(store: Store, spec: Family, day: date, family: str, shard: int) -> Done:
    detector = load_for(store, family, day)
    today = store.read("grid", family=family, day=day, shard=shard)
    days = days_seen(detector, spec, day)
    grids = read_grids(store, spec, family, days[0], len(days), [shard])
    assets = sorted(today["asset"].unique())
    frame, sensor_frame = _scored_in_turn(detector, spec, grids, read_incidents(store, family), day, assets)
    source = Provenance(
        job="score-series",
        model=detector.name,
        settings=settings_hash(spec),
        inputs=store.digest(store.written("grid", days, family=family, shard=shard)),
    )
    complete = completeness_of(detector, day, assets, frame, sensor_frame)
    check_scored(detector, frame, complete, f"{family} {day} shard {shard}")
    trials = self_test(detector, grids, day, assets)
    store.write("completeness", complete, source, family=family, day=day, shard=shard)
    store.write("self_tests", trials, source, family=family, day=day, shard=shard)
    store.write("sensor_scores", sensor_frame, source, family=family, day=day, shard=shard)
    store.write("scores", frame, source, family=family, day=day, shard=shard)
    return Done(len(frame), _line(detector, frame, family, day, shard), _unscored(complete))


def _scored_in_turn(
    detector: Detector, spec: Family, grids: dict[str, Grid], incidents: pd.DataFrame, day: date, assets: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `scores` and `sensor_scores` in the tables' own types, a few assets at a time.

    So the wide frames of all assets never lie in memory together.
    """
    turns = [assets[first : first + AT_A_TIME] for first in range(0, len(assets), AT_A_TIME)] or [[]]
    parts = []
    for turn in turns:
        frame, sensor_frame = score_day(detector, spec, grids, incidents, day, turn)
        parts.append((as_table("scores", frame), as_table("sensor_scores", sensor_frame)))
    scores, sensor_scores = (pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True))
    return scores, sensor_scores


def days_seen(detector: Detector, spec: Family, day: date) -> list[date]:
    """The days whose grid the scores of `day` depend on, itself last."""
    back = -(-detector.context_rows // day_rows(spec))
    return [day - timedelta(days=b) for b in range(back, -1, -1)]


def score_day(
    detector: Detector, spec: Family, grids: dict[str, Grid], incidents: pd.DataFrame, day: date, assets: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `scores` and `sensor_scores` of some assets' day, from grids that reach back as far as `days_seen`."""
    start, end = as_us(day), as_us(day + timedelta(days=1))
    rows, sensor_rows = [], []
    for asset in assets:
        seen = grids[asset].between(start - detector.context_rows * np.timedelta64(spec.step, "us"), end)
        kept = seen.between(start, end)
        planned = incident_rows(seen, incidents, asset, ("planned",))
        scores = _scores_around(detector, seen, asset, planned, len(kept)).last(len(kept))
        measured = ~np.isnan(kept.values).all(axis=1) & ~_commissioning(detector, asset, kept)
        around = widened(planned, detector)[len(seen) - len(kept) :]
        rows.append(score_rows(detector, asset, scores, around)[measured])
        sensor_rows.append(_sensor_rows(detector, asset, kept, scores, measured))
    return pd.concat(rows or [TABLES["scores"].frame()]), pd.concat(sensor_rows or [TABLES["sensor_scores"].frame()])


def _scores_around(detector: Detector, grid: Grid, asset: str, planned: np.ndarray, rows: int) -> Scores:
    """Scores in which planned work (T,) does not disturb the rows around it; its own rows are scored as they are.

    Where one of the last `rows` is over the threshold, what is expected does not follow the fault.
    """
    scores = detector.score(grid, asset)
    seen = grid
    if planned.any():
        shown = np.where(planned[:, None], np.float32(np.nan), grid.values)
        seen = Grid(grid.times, shown, grid.observed & ~planned[:, None], grid.sensors)
        scores = scores.where(planned, detector.score(seen, asset))
    over = np.flatnonzero(scores.score > detector.threshold.value * scores.coverage_factor)
    over = over[over >= len(grid) - rows]
    if not len(over):
        return scores
    first = max(len(grid) - rows, int(over[0]) - AROUND)
    hidden = with_faults_hidden(detector, seen, asset, scores, first)
    return scores.where(planned, hidden) if planned.any() else hidden


def widened(planned: np.ndarray, detector: Detector) -> np.ndarray:
    """Planned work (T,) with the detector's margin on either side."""
    margin = detector.margin_rows
    return np.convolve(planned, np.ones(2 * margin + 1))[margin : margin + len(planned)] > 0.5


def _commissioning(detector: Detector, asset: str, grid: Grid) -> np.ndarray:
    """Which rows the detector was taught as an asset's first normal ones, (T,)."""
    until = detector.card.commissioned.get(asset)
    return grid.times < as_us(until) if until else np.zeros(len(grid), dtype=bool)


def score_rows(detector: Detector, asset: str, scores: Scores, planned: np.ndarray) -> pd.DataFrame:
    """Rows of the `scores` table; `planned` (T,) marks what is not to be alarmed on."""
    threshold = detector.threshold
    share = np.nan_to_num(scores.share, nan=-1.0)
    leading = np.array(detector.card.modelled, dtype=object)[share.argmax(axis=1)]
    return pd.DataFrame(
        {
            "time": pd.DatetimeIndex(scores.times, tz="UTC"),
            "asset": asset,
            "score": scores.score,
            "threshold": threshold.value * scores.coverage_factor,
            "p_value": threshold.p_value(scores.score / scores.coverage_factor),
            "is_anomaly": scores.score > threshold.value * scores.coverage_factor,
            "suppressed": planned,
            "top_sensor": np.where(np.isnan(scores.score), "", leading),
            "observed_share": scores.observed_share,
            "model": detector.name,
            "evidence": np.maximum(np.fmax(scores.pattern, scores.cross), 0.0).sum(axis=1),
        }
    )


def _sensor_rows(detector: Detector, asset: str, grid: Grid, scores: Scores, kept: np.ndarray) -> pd.DataFrame:
    """Rows of the `sensor_scores` table for the rows that are `kept` (T,)."""
    columns = detector.card.modelled_columns
    sensors = len(columns)

    def flat(values: np.ndarray) -> np.ndarray:
        return np.asarray(values[kept].ravel())

    return pd.DataFrame(
        {
            "time": pd.DatetimeIndex(np.repeat(grid.times[kept], sensors), tz="UTC"),
            "asset": asset,
            "sensor": np.tile(np.array(detector.card.modelled, dtype=object), int(kept.sum())),
            "value": flat(grid.values[:, columns]),
            "expected": flat(scores.expected),
            "low": flat(scores.low),
            "high": flat(scores.high),
            "score": flat(scores.sensor_score),
            "share": flat(scores.share),
            "observed": flat(grid.observed[:, columns]),
            "pattern": flat(scores.pattern),
            "cross": flat(scores.cross),
        }
    )


def _unscored(complete: pd.DataFrame) -> str:
    """What could not be scored, in words; empty where all could."""
    missing = int((complete["measured"] - complete["scored"]).sum())
    assets = complete.loc[(complete["measured"] > 0) & (complete["scored"] == 0), "asset"]
    names = f", none of {', '.join(assets[:5])} has one" if len(assets) else ""
    return f"{missing:,} measured rows have no score{names}" if missing else ""


def _line(detector: Detector, frame: pd.DataFrame, family: str, day: date, shard: int) -> str:
    over = frame[frame["is_anomaly"].astype(bool)]
    leading = over["top_sensor"].value_counts()
    worst = f" ({leading.index[0]}: {leading.iloc[0]:,})" if len(leading) else ""
    line = f"scored {family} {day} shard {shard}: {len(frame):,} rows, {len(detector.card.modelled)} sensors"
    return f"{line}, {len(over):,} rows over the threshold{worst}, model {detector.name}"
