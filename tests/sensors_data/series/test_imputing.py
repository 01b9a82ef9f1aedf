from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.grid import as_us, impute, to_grid
from sensors_data.series.imputing import SEASONAL_DAYS, imputed_rows
from sensors_data.settings import Family

DAY = date(2026, 3, 10)
SPEC = Family.model_validate(
    {"inbox": "none", "step": "1h", "linear_gap": "2h", "seasonal_gap": "12h", "sensors": {"speed": {}, "flow": {}}}
)


class Plant:
    """Readings of some days, and which days were asked for."""

    def __init__(self, gaps: dict[str, dict[date, tuple[int, int]]]):
        rng = np.random.default_rng(0)
        self.asked: list[tuple[date, tuple[str, ...]]] = []
        self.rows = pd.concat(
            pd.DataFrame({"time": times, "asset": asset, "sensor": sensor, "value": rng.normal(size=24)})[
                [not hole[0] <= hour < hole[1] for hour in range(24)]
            ]
            for asset, holes in gaps.items()
            for back in range(SEASONAL_DAYS, -1, -1)
            for times in [pd.date_range(DAY - timedelta(days=back), periods=24, freq="1h", tz="UTC")]
            for hole in [holes.get(DAY - timedelta(days=back), (0, 0))]
            for sensor in SPEC.sensors
        )

    def readings(self, day: date, assets: list[str]) -> pd.DataFrame:
        self.asked.append((day, tuple(assets)))
        rows = self.rows[self.rows["asset"].isin(assets)]
        return rows[rows["time"].dt.date == day]


def test_an_asset_without_a_gap_asks_for_its_own_day_alone():
    plant = Plant({"p1": {}, "p2": {}})
    rows = imputed_rows(SPEC, DAY, ["p1", "p2"], plant.readings)
    assert plant.asked == [(DAY, ("p1", "p2"))]
    assert len(rows) == 2 * 24 * 2
    assert rows["observed"].all()


@pytest.mark.parametrize("gap", [(4, 7), (0, 1), (23, 24), (0, 24)])
def test_only_an_asset_with_a_gap_at_the_edge_or_a_long_one_asks_for_earlier_days(gap):
    plant = Plant({"p1": {}, "p2": {DAY: gap}, "p3": {DAY: (5, 7)}})
    imputed_rows(SPEC, DAY, ["p1", "p2", "p3"], plant.readings)
    past = [DAY - timedelta(days=back) for back in range(SEASONAL_DAYS, 0, -1)]
    assert plant.asked == [(DAY, ("p1", "p2", "p3")), *((day, ("p2",)) for day in past)]


def test_many_assets_at_once_are_filled_as_each_one_alone_is():
    eve = DAY - timedelta(days=1)
    plant = Plant({"p1": {DAY: (4, 15)}, "p2": {DAY: (0, 1), eve: (22, 24)}, "p3": {DAY: (20, 24)}, "p4": {}})
    rows = imputed_rows(SPEC, DAY, ["p1", "p2", "p3", "p4"], plant.readings)
    end = as_us(DAY + timedelta(days=1))
    for asset, part in rows.groupby("asset"):
        own = plant.rows[plant.rows["asset"] == asset]
        grid = impute(to_grid(own, SPEC.step, SPEC.sensor_names, until=end), 2, 12, 24).between(as_us(DAY), end)
        there = ~np.isnan(grid.values).all(axis=1)
        for column, sensor in enumerate(SPEC.sensor_names):
            mine = part[part["sensor"] == sensor]
            np.testing.assert_array_equal(mine["value"].to_numpy(), grid.values[there, column])
            np.testing.assert_array_equal(mine["observed"].to_numpy(), grid.observed[there, column])


def test_rows_come_sorted_by_asset_time_and_sensor():
    rows = imputed_rows(SPEC, DAY, ["p1", "p2"], Plant({"p2": {}, "p1": {DAY: (3, 5)}}).readings)
    key = rows[["asset", "time", "sensor"]].astype({"asset": str, "sensor": str})
    pd.testing.assert_frame_equal(key, key.sort_values(["asset", "time", "sensor"]))
