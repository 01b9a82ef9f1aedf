"""How much of each asset's day could be scored: what has no score is told, never taken for normal."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from sensors_data.counting import count
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import Grid, as_us
from sensors_data.tables import TABLES


def completeness_of(
    detector: Detector, day: date, assets: list[str], scores: pd.DataFrame, sensor_scores: pd.DataFrame
) -> pd.DataFrame:
    """Rows of the table `completeness`, one an asset, from its rows of `scores` and `sensor_scores`."""
    names = pd.Index(assets, name="asset")
    measured = scores[scores["observed_share"] > 0]
    observed = sensor_scores.loc[sensor_scores["observed"].astype(bool), ["asset", "sensor"]]
    speaking = observed.groupby(["asset", "sensor"], observed=True).size().index.to_frame(index=False)
    seen = speaking.groupby("asset", observed=True)["sensor"].agg(set)
    silent = [
        ", ".join(sorted(set(detector.card.modelled) - seen[asset])) if asset in seen.index else "all"
        for asset in names
    ]
    rows = {
        "time": pd.Timestamp(day, tz="UTC"),
        "asset": names,
        "rows": scores.groupby("asset").size().reindex(names, fill_value=0).to_numpy(),
        "measured": measured.groupby("asset").size().reindex(names, fill_value=0).to_numpy(),
        "scored": measured.groupby("asset")["score"].count().reindex(names, fill_value=0).to_numpy(),
        "silent_sensors": silent,
        "model": detector.name,
    }
    return pd.DataFrame(rows, columns=TABLES["completeness"].schema.names)


def check_scored(
    detector: Detector, scores: pd.DataFrame, rows: pd.DataFrame, grids: dict[str, Grid], where: str
) -> None:
    """UnusableError when a score is infinite, or when none of the rows has one though enough of `grids` was measured.

    A night in which too little was measured to be judged is no fault of the model's.
    """
    infinite = int(np.isinf(scores["score"].to_numpy(dtype=np.float64)).sum())
    if infinite:
        raise UnusableError(f"{where}: {infinite:,} scores of model {detector.name} are infinite", _remedy(detector))
    measured = int(rows["measured"].sum())
    if not measured or rows["scored"].any():
        return
    day = as_us(rows["time"].iloc[0].date())
    if any(measured_whole(grids[asset], day, detector.context_rows) for asset in rows["asset"]):
        reason = f"{where}: none of {measured:,} measured rows has a score of model {detector.name}"
        raise UnusableError(reason, _remedy(detector))


def measured_whole(grid: Grid, since: np.datetime64, rows: int) -> bool:
    """Whether something was measured in each of so many rows in a row, the last of them not before `since`."""
    seen = np.concatenate([[0], np.cumsum(grid.observed.any(axis=1))])
    whole = seen[rows:] - seen[:-rows] == rows  # by last row, from row `rows` - 1 on
    return bool(whole[grid.times[rows - 1 :] >= since].any())


def too_little(rows: pd.DataFrame, context_rows: int) -> str:
    """Why not one of a night's measured rows has a score, in words; empty where one has, or none was measured."""
    measured = int(rows["measured"].sum())
    if not measured or rows["scored"].any():
        return ""
    return f"too little measured, not scored: {count(measured, 'measured row')}, windows of {context_rows:,} rows"


def _remedy(detector: Detector) -> str:
    return f"look at the day's readings; train again with: nightscore train-series --family {detector.card.family}"
