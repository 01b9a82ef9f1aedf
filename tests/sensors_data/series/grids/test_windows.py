import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors_data.series.grids.grid import Grid
from sensors_data.series.grids.windows import normal, sliding_windows


def grid_of(rows: int, sensors: int = 2) -> Grid:
    values = np.arange(rows * sensors, dtype=np.float32).reshape(rows, sensors)
    times = np.datetime64("2026-11-21", "us") + np.arange(rows) * np.timedelta64(1, "s")
    return Grid(times, values, np.ones((rows, sensors), bool), ("a", "b")[:sensors])


@given(st.integers(0, 30), st.integers(1, 12), st.integers(1, 9))
def test_windows_are_counted_aligned_to_the_end_and_hold_their_rows(rows, length, stride):
    grid = grid_of(rows)
    windows = sliding_windows(grid, length, stride)
    count = (rows - length) // stride + 1 if rows >= length else 0
    assert len(windows) == count
    assert windows.values.shape == windows.observed.shape == (count, length, 2)
    for values, end in zip(windows.values, windows.ends, strict=True):
        np.testing.assert_array_equal(values, grid.values[end - length : end])
    if count:
        assert windows.ends[-1] == rows
        assert (np.diff(windows.ends) == stride).all()


def test_windows_share_the_grids_memory_and_cannot_be_written_to():
    grid = grid_of(1000)
    windows = sliding_windows(grid, 100, 3)
    assert np.shares_memory(windows.values, grid.values)
    assert np.shares_memory(windows.observed, grid.observed)
    with pytest.raises(ValueError, match="read-only"):
        windows.values[0, 0, 0] = 1


@pytest.mark.parametrize(("length", "stride"), [(0, 1), (3, 0), (-1, 1)])
def test_a_window_has_at_least_one_row(length, stride):
    with pytest.raises(ValueError, match=f"must be at least 1, found {length} and {stride}"):
        sliding_windows(grid_of(5), length, stride)


def test_normal_windows_touch_no_abnormal_row():
    abnormal = np.zeros(10, bool)
    abnormal[[4, 9]] = True
    kept = normal(sliding_windows(grid_of(10), 3), abnormal, min_observed=0)
    assert kept.ends.tolist() == [3, 4, 8, 9]


def test_normal_windows_are_measured_in_enough_of_their_rows():
    grid = grid_of(8)
    observed = grid.observed.copy()
    observed[2:4] = False  # both sensors
    observed[6, 0] = False  # one of them: the row still says something
    sparse = Grid(grid.times, grid.values, observed, grid.sensors)
    windows = sliding_windows(sparse, 4)
    assert normal(windows, np.zeros(8, bool), min_observed=0.75).ends.tolist() == [7, 8]
    assert normal(windows, np.zeros(8, bool), min_observed=0.5).ends.tolist() == [4, 5, 6, 7, 8]
    assert normal(windows, np.zeros(8, bool), min_observed=1.0).ends.tolist() == [8]


def test_no_windows_are_normal_where_there_are_none():
    kept = normal(sliding_windows(grid_of(3), 5), np.zeros(3, bool), min_observed=0.5)
    assert kept.values.shape == (0, 5, 2)
