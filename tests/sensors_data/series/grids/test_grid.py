from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors_data.series.grids.grid import GapRules, Grid, Scale, as_us, fit_scale, imputed, to_grid

STEP = timedelta(minutes=5)
START = pd.Timestamp("2026-11-21", tz="UTC")
NAN = np.nan


def readings(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """(offset from the day's start, sensor, value) as readings."""
    return pd.DataFrame(
        {"time": [START + pd.Timedelta(at) for at, _, _ in rows], "sensor": [s for _, s, _ in rows]}
    ).assign(value=[v for _, _, v in rows])


def grid_of(values: list[float], sensors: int = 1) -> Grid:
    """A grid of five-minute rows, NaN where nothing was measured."""
    column = np.array(values, dtype=np.float32).reshape(-1, sensors)
    times = as_us(START) + np.arange(len(column)) * np.timedelta64(STEP, "us")
    return Grid(times, column, ~np.isnan(column), tuple("abcd"[:sensors]))


def impute(grid: Grid, linear_rows: int, seasonal_rows: int, day_rows: int, days: int = 7) -> Grid:
    """A grid whose sensors are imputed one by one."""
    rules = GapRules(linear_rows, seasonal_rows, day_rows, days)
    columns = zip(grid.values.T, grid.observed.T, strict=True)
    return replace(grid, values=np.stack([imputed(values, seen, rules) for values, seen in columns], axis=1))


def test_a_row_holds_the_mean_of_what_was_read_in_its_step():
    grid = to_grid(
        readings([("2min", "a", 1), ("4min59s", "a", 2), ("5min", "a", 5), ("17min", "b", 7), ("3min", "x", 9)]),
        STEP,
        ("a", "b"),
    )
    assert grid.times.tolist() == (as_us(START) + np.arange(4) * np.timedelta64(300, "s")).tolist()
    np.testing.assert_array_equal(grid.values, np.float32([[1.5, NAN], [5, NAN], [NAN, NAN], [NAN, 7]]))
    np.testing.assert_array_equal(grid.observed, [[1, 0], [1, 0], [0, 0], [0, 1]])
    assert grid.values.dtype == np.float32
    assert len(grid) == 4


def test_the_order_of_readings_does_not_matter():
    frame = readings([(f"{m}min", "ab"[m % 2], m / 4) for m in range(100)])
    first, second = (to_grid(f, STEP, ("a", "b")) for f in (frame, frame.sample(frac=1, random_state=0)))
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.times, second.times)


def test_a_grid_may_go_on_until_a_moment_and_no_further():
    frame = readings([("0min", "a", 1), ("20min", "a", 9)])
    assert len(to_grid(frame, STEP, ("a",), until=as_us(START + pd.Timedelta("1h")))) == 12
    cut = to_grid(frame, STEP, ("a",), until=as_us(START + pd.Timedelta("15min")))
    np.testing.assert_array_equal(cut.values[:, 0], np.float32([1, NAN, NAN]))


@pytest.mark.parametrize("step", [timedelta(seconds=7), timedelta(hours=5), timedelta(days=2), timedelta(minutes=11)])
def test_a_step_must_divide_the_day(step):
    with pytest.raises(ValueError, match="does not divide the day; use one that does, like 1s, 1min"):
        to_grid(readings([("0min", "a", 1)]), step, ("a",))


@pytest.mark.parametrize("step", [timedelta(milliseconds=100), timedelta(seconds=1), timedelta(hours=8), timedelta(1)])
def test_rows_start_at_whole_steps_of_the_day(step):
    grid = to_grid(readings([("13h7min3s", "a", 1)]), step, ("a",))
    assert (grid.times[0] - as_us(START)) % np.timedelta64(step, "us") == np.timedelta64(0, "us")
    assert timedelta(0) <= (START + pd.Timedelta("13h7min3s")) - pd.Timestamp(grid.times[0], tz="UTC") < step


def test_no_readings_are_a_grid_without_rows():
    grid = to_grid(readings([]), STEP, ("a", "b"))
    assert grid.values.shape == grid.observed.shape == (0, 2)


def test_parts_of_a_grid_are_views():
    grid = grid_of(list(range(12)))
    part = grid.between(as_us(START + pd.Timedelta("10min")), as_us(START + pd.Timedelta("20min")))
    assert part.values[:, 0].tolist() == [2, 3]
    assert np.shares_memory(part.values, grid.values)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (date(2026, 11, 21), "2026-11-21T00:00:00"),
        (START, "2026-11-21T00:00:00"),
        (pd.Timestamp("2026-11-21T01:00+01:00"), "2026-11-21T00:00:00"),
        (np.datetime64("2026-11-21T00:00:00.000001"), "2026-11-21T00:00:00.000001"),
    ],
)
def test_a_moment_is_counted_in_utc_microseconds(moment, expected):
    assert as_us(moment) == np.datetime64(expected, "us")
    assert as_us(moment).dtype == "datetime64[us]"


def test_a_short_gap_is_filled_linearly():
    filled = impute(grid_of([1, NAN, NAN, NAN, 5, NAN, 7]), linear_rows=3, seasonal_rows=0, day_rows=288)
    np.testing.assert_allclose(filled.values[:, 0], [1, 2, 3, 4, 5, 6, 7])
    np.testing.assert_array_equal(filled.observed[:, 0], [1, 0, 0, 0, 1, 0, 1])


def test_a_longer_gap_is_filled_by_the_median_of_earlier_days_at_the_level_where_it_began():
    day = [0.0, 1.0, 4.0, 9.0]
    history = [*day, *(np.add(day, 10)), *(np.add(day, 1000))]  # three days: their medians are day + 10
    filled = impute(grid_of([*history, 7, NAN, NAN, 16]), linear_rows=1, seasonal_rows=2, day_rows=4)
    np.testing.assert_allclose(filled.values[-4:, 0], [7, 8, 11, 16])


def test_a_gap_longer_than_the_seasonal_one_stays_missing():
    history = [0.0, 1.0, 2.0, 3.0]
    gap = grid_of([*history, 0, NAN, NAN, NAN])
    assert np.isnan(impute(gap, 1, 2, day_rows=4).values[-3:]).all()
    np.testing.assert_allclose(impute(gap, 1, 3, day_rows=4).values[-3:, 0], [1, 2, 3])


@pytest.mark.parametrize("values", [[1, 2, NAN], [NAN, 1, 2]])
def test_a_gap_that_is_open_at_an_end_is_not_linear(values):
    filled = impute(grid_of(values), linear_rows=5, seasonal_rows=5, day_rows=288)
    np.testing.assert_array_equal(filled.values[:, 0], np.float32(values))


def test_an_open_gap_is_filled_by_earlier_days():
    filled = impute(grid_of([0, 2, 4, 6, 1, NAN, NAN]), linear_rows=5, seasonal_rows=5, day_rows=4)
    np.testing.assert_allclose(filled.values[-3:, 0], [1, 3, 5])


def test_measured_values_stay_and_the_given_grid_is_untouched():
    grid = grid_of([1, NAN, 3, NAN, NAN, NAN])
    before = grid.values.copy()
    filled = impute(grid, 1, 9, 2)
    np.testing.assert_array_equal(grid.values, before)
    np.testing.assert_array_equal(filled.values[grid.observed], grid.values[grid.observed])


def test_earlier_days_are_looked_back_on_no_further_than_asked():
    days = [[float(k), float(k)] for k in range(10)]
    grid = grid_of([*np.ravel(days), 20, NAN])
    np.testing.assert_allclose(impute(grid, 0, 1, day_rows=2, days=3).values[-1], 20.0)
    only_old = grid_of([1, 5, *[NAN] * 8, 2, NAN])
    assert np.isnan(impute(only_old, 0, 1, day_rows=2, days=3).values[-1])
    np.testing.assert_allclose(impute(only_old, 0, 1, day_rows=2, days=5).values[-1], 6.0)


MEASURED = st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=32, max_size=32)


@settings(max_examples=30)
@given(MEASURED, MEASURED, st.integers(1, 3), st.integers(0, 4), st.integers(0, 12))
def test_a_later_day_never_changes_what_was_imputed_on_an_earlier_one(past, future, day, linear, seasonal):
    """Each day is imputed as the job does: from a grid that ends with it."""
    rows = 8
    values = [NAN if v is None else float(v) for v in past]
    changed = values[: day * rows] + [NAN if v is None else float(v) for v in future][day * rows :]
    ends = [impute(grid_of(v).rows(0, day * rows), linear, seasonal, rows) for v in (values, changed)]
    np.testing.assert_array_equal(ends[0].values, ends[1].values)
    whole = impute(grid_of(values), linear, seasonal, rows)  # more rows known: what was filled in may be better known,
    seen = ends[0].observed  # what was measured never changes
    np.testing.assert_array_equal(whole.values[: day * rows][seen], ends[0].values[seen])


@settings(max_examples=30)
@given(MEASURED, st.integers(0, 31), st.integers(-9, 9), st.integers(0, 4), st.integers(0, 12))
def test_an_imputed_value_depends_on_nothing_after_its_gap(values, place, other, linear, seasonal):
    first = grid_of([NAN if v is None else float(v) for v in values])
    changed = first.values.copy()
    changed[place:] = np.where(first.observed[place:], changed[place:] + other, NAN)  # measured at the same rows
    second = Grid(first.times, changed, first.observed, first.sensors)
    a, b = (impute(g, linear, seasonal, 8).values[:, 0] for g in (first, second))
    seen = np.flatnonzero(first.observed[:, 0] & (np.arange(32) < place))
    until = seen[-1] + 1 if len(seen) else 0  # a gap that reaches `place` may end at a changed value
    np.testing.assert_array_equal(a[:until], b[:until])


def test_a_scale_is_mean_and_standard_deviation_of_usable_values():
    values = np.float32([[1, 10], [3, 20], [99, NAN]])
    scale = fit_scale(values, np.array([[True, True], [True, True], [False, False]]))
    np.testing.assert_allclose(scale.center, [2, 15])
    np.testing.assert_allclose(scale.spread, [1, 5])
    np.testing.assert_allclose(scale.invert(scale.apply(values[:2])), values[:2])
    assert scale.apply(values).dtype == np.float32


@pytest.mark.parametrize(
    ("column", "usable", "center", "spread"),
    [
        ([5, 5, 5], [1, 1, 1], 5, 5e-3),  # constant: a thousandth of its size
        ([0, 0, 0], [1, 1, 1], 0, 1e-3),
        ([NAN, NAN, NAN], [0, 0, 0], 0, 1e-3),  # never measured
        ([7, 8, 9], [0, 0, 0], 0, 1e-3),
        ([-400, NAN, 4], [1, 0, 0], -400, 0.4),  # one value
        ([1e6, 1e6 + 1, 1e6 - 1], [1, 1, 1], 1e6, 1000.001),
    ],
)
def test_a_scale_is_finite_for_sensors_that_say_little(column, usable, center, spread):
    other = [1.0, 2.0, 6.0]
    values = np.column_stack([column, other]).astype(np.float32)
    scale = fit_scale(values, np.column_stack([np.array(usable, bool), [True] * 3]))
    np.testing.assert_allclose(scale.center, [center, 3])
    np.testing.assert_allclose(scale.spread, [spread, np.std(other)])


def test_a_scale_of_one_row_and_of_none_is_finite():
    one = fit_scale(np.float32([[4, 0]]), np.array([[True, True]]))
    np.testing.assert_allclose([one.center, one.spread], [[4, 0], [4e-3, 1e-3]])
    none = fit_scale(np.empty((0, 2), np.float32), np.empty((0, 2), bool))
    np.testing.assert_allclose([none.center, none.spread], [[0, 0], [1e-3, 1e-3]])
    assert isinstance(none, Scale)
