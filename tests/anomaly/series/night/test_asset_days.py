from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.night.asset_days import asset_days_of
from sensors_data.arrow_rows import as_table
from sensors_data.tables import TABLES

DAY = date(2026, 11, 21)


def scores(**by_asset: list[tuple[float, bool, bool]]) -> pd.DataFrame:
    """Rows of `scores`, one an hour, of assets with (score, over the threshold, in planned work) each."""
    rows = [
        {"time": pd.Timestamp(DAY, tz="UTC") + pd.Timedelta(hours=hour), "asset": asset, "score": score}
        | {"is_anomaly": over, "suppressed": planned, "p_value": 1 / (1 + score), "top_sensor": f"s{hour}"}
        for asset, each in by_asset.items()
        for hour, (score, over, planned) in enumerate(each)
    ]
    same = {"threshold": 2.0, "observed_share": 1.0, "model": "pump@x", "evidence": 0.0}
    return as_table("scores", pd.DataFrame(rows).assign(**same))


def test_the_worst_row_is_the_first_with_the_highest_score_outside_planned_work():
    rows = scores(a=[(1, False, False), (3, True, False), (9, True, True), (3, True, False)], b=[(0.5, False, False)])
    days = asset_days_of(DAY, rows)
    assert days["asset"].tolist() == ["a", "b"]
    assert days["worst"].tolist() == [3.0, 0.5]
    assert days["worst_time"].dt.hour.tolist() == [1, 0]
    assert days["top_sensor"].tolist() == ["s1", "s0"]
    assert days["worst_p_value"].tolist() == [0.25, 1 / 1.5]
    assert days[["rows", "scored", "rows_over"]].to_numpy().tolist() == [[4, 4, 2], [1, 1, 0]]


def test_an_asset_without_a_score_has_no_worst_row():
    rows = scores(a=[(np.nan, False, False), (7, True, True)], b=[(1, False, False), (np.nan, False, False)])
    days = as_table("asset_days", asset_days_of(DAY, rows))
    assert days["worst"].isna().tolist() == [True, False]
    assert days["worst_time"].isna().tolist() == [True, False]
    assert days["scored"].tolist() == [1, 1]
    assert days["rows_over"].tolist() == [0, 0]


def test_a_shard_without_assets_has_no_rows():
    assert asset_days_of(DAY, TABLES["scores"].frame()).empty
