"""Rows of the grid table back as grids: many assets at once as each one alone."""

from datetime import timedelta

import numpy as np
import pandas as pd

from sensors_data.arrow_rows import to_arrow
from sensors_data.series.grids.grid import to_grid
from sensors_data.series.grids.grid_table import GRID, grids_of
from sensors_data.settings import Family
from sensors_data.wide_rows import rows_of

SPEC = Family.model_validate({"inbox": "none", "step": "5min", "sensors": {"speed": {}, "flow": {}}})


def grid_rows(asset: str, start: str, rows: int, seed: int) -> pd.DataFrame:
    """Rows with gaps, some values imputed, some unknown, and a sensor that the family has no more."""
    rng = np.random.default_rng(seed)
    times = pd.date_range(start, periods=rows, freq="5min", tz="UTC", unit="us")
    frame = pd.MultiIndex.from_product([times, ["flow", "gone", "speed"]], names=["time", "sensor"]).to_frame(
        index=False
    )
    frame = frame.assign(asset=asset, value=rng.normal(size=len(frame)).astype(np.float32))
    frame["observed"] = rng.random(len(frame)) < 0.7
    frame.loc[rng.random(len(frame)) < 0.1, "value"] = np.nan
    frame.loc[frame["value"].isna(), "observed"] = False
    return frame[rng.random(len(frame)) < 0.9]


def test_many_assets_at_once_give_the_grid_that_each_gives_alone():
    parts = {"p2": grid_rows("p2", "2026-03-10", 288, 0), "p1": grid_rows("p1", "2026-03-10T07:00", 90, 1)}
    parts["Ü"] = grid_rows("Ü", "2026-03-11T23:00", 12, 2)
    tables = [to_arrow(GRID, rows) for rows in parts.values()]
    grids = grids_of(rows_of(GRID, tables, SPEC.sensor_names), SPEC)
    assert list(grids) == ["p1", "p2", "Ü"]
    for asset, rows in parts.items():
        alone, grid = to_grid(rows, timedelta(minutes=5), SPEC.sensor_names), grids[asset]
        np.testing.assert_array_equal(grid.times, alone.times)
        np.testing.assert_array_equal(grid.values, alone.values)
        measured = rows[rows["observed"] & rows["sensor"].isin(SPEC.sensors)]
        assert grid.observed.sum() == len(measured)
        place = ((measured["time"] - rows["time"].min()) // timedelta(minutes=5)).to_numpy()
        assert grid.observed[place, [SPEC.sensor_names.index(name) for name in measured["sensor"]]].all()


def test_no_rows_are_no_grids():
    rows = to_arrow(GRID, grid_rows("p1", "2026-03-10", 0, 0))
    assert grids_of(rows_of(GRID, [rows], SPEC.sensor_names), SPEC) == {}


def test_rows_of_a_finer_clock_are_means_on_the_family_s():
    times = pd.date_range("2026-03-10", periods=30, freq="1min", tz="UTC", unit="us")
    rows = pd.DataFrame({"time": times, "asset": "p1", "speed": np.arange(30.0), "observed_speed": times.minute < 12})
    grid = grids_of(rows_of(GRID, [to_arrow(GRID, rows)], SPEC.sensor_names), SPEC)["p1"]
    assert grid.values[:, 0].tolist() == [2, 7, 12, 17, 22, 27]
    assert grid.observed[:, 0].tolist() == [True, True, True, False, False, False]
    assert np.isnan(grid.values[:, 1]).all()
