from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.grids.grid import GapRules, as_us, imputed, to_grid
from sensors_data.series.grids.imputing import SEASONAL_DAYS, imputed_rows
from sensors_data.series.intake.readings_table import in_columns
from sensors_data.settings import Family
from sensors_data.wide_rows import WideRows

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

    def readings(self, day: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        self.asked.append((day, tuple(assets)))
        return in_columns(self.rows[self.rows["time"].dt.date == day], sensors).of(assets, sensors)


def test_an_asset_without_a_gap_asks_for_its_own_day_alone():
    plant = Plant({"p1": {}, "p2": {}})
    rows = imputed_rows(SPEC, DAY, ["p1", "p2"], plant.readings)
    assert plant.asked == [(DAY, ("p1", "p2"))]
    assert rows.values.shape == (2 * 24, 2)
    assert rows.observed.all()


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
    for place, asset in enumerate(rows.assets):
        own, its_rows = plant.rows[plant.rows["asset"] == asset], rows.asset == place
        grid = to_grid(own, SPEC.step, SPEC.sensor_names, until=end)
        for column in range(len(SPEC.sensor_names)):
            alone = imputed(grid.values[:, column], grid.observed[:, column], GapRules(2, 12, 24))[-24:]
            there = ~np.isnan(alone)
            assert there.sum() == its_rows.sum()
            np.testing.assert_array_equal(rows.values[its_rows, column], alone[there])
            np.testing.assert_array_equal(rows.observed[its_rows, column], grid.observed[-24:, column][there])


def test_rows_come_sorted_by_asset_and_time():
    rows = imputed_rows(SPEC, DAY, ["p1", "p2"], Plant({"p2": {}, "p1": {DAY: (3, 5)}}).readings)
    order = np.lexsort((rows.time, rows.asset))
    np.testing.assert_array_equal(order, np.arange(2 * 24))
