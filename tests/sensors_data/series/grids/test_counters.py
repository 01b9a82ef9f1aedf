from datetime import date, timedelta

import numpy as np
import pandas as pd

from sensors_data.series.grids.counters import grown
from sensors_data.series.grids.imputing import imputed_rows
from sensors_data.series.intake.readings_table import in_columns

HOUR = timedelta(hours=1)


def counted(values: list[float], day: str = "2026-11-21", first: int = 0, sensor: str = "energy") -> pd.DataFrame:
    times = pd.date_range(day, periods=len(values), freq="h", tz="UTC", unit="us") + first * HOUR
    return pd.DataFrame({"time": times, "asset": "m", "sensor": sensor, "value": values})


def grown_of(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    sensors = tuple(sorted(rows["sensor"].unique()))
    known = in_columns(rows, sensors)
    earlier = in_columns(before, sensors).of(known.assets, sensors)
    return grown(known, earlier, ("energy",), HOUR).long()


def growth(values: list[float], before: list[float]) -> list[float]:
    return grown_of(counted(values), counted(before, "2026-11-20", 24 - len(before)))["value"].tolist()


def test_a_counter_is_what_it_grows_by_in_a_step_from_the_last_value_of_the_day_before():
    assert growth([105, 107, 110], [100, 101]) == [4, 2, 3]
    assert growth([105, 107, 110], []) == [2, 3]


def test_a_reset_costs_its_own_value_and_a_slip_none():
    assert growth([5, 8, 11], [990, 999]) == [3, 3]  # back to the start at midnight
    assert growth([101, 0, 105, 106], [100]) == [1, 2, 1]  # a short zero: 4 over two steps
    assert growth([101, 10300, 105, 106], [100]) == [1, 2, 1]  # a slipped decimal


def test_growth_is_per_step_whatever_the_distance_and_other_sensors_stay_as_they_are():
    rows = pd.concat([counted([100, 104]).iloc[[0, 1]], counted([7, 8], sensor="temp")])
    rows.loc[rows["value"] == 104, "time"] += timedelta(hours=3)
    out = grown_of(rows, rows[:0])
    assert out[out["sensor"] == "energy"]["value"].tolist() == [1.0]
    assert out[out["sensor"] == "temp"]["value"].tolist() == [7, 8]


def test_the_grid_of_a_counter_holds_its_growth_over_midnight(make_family):
    family = make_family(step="1h", sensors={"energy": {"kind": "counter"}})
    days = {
        date(2026, 11, 20): counted(list(np.arange(24) * 2.0), "2026-11-20"),
        date(2026, 11, 21): counted(list(48 + np.arange(24) * 2.0)),
    }
    known = {day: in_columns(rows, family.sensor_names) for day, rows in days.items()}
    rows = imputed_rows(family, date(2026, 11, 21), ["m"], lambda day, assets, sensors: known[day].of(assets, sensors))
    assert rows.values.tolist() == [[2.0]] * 24
    assert rows.observed.all()
