"""A night without a score: a fault of the model's where enough was measured, else too little to be judged."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from anomaly.series.night.completeness import check_scored, completeness_of, measured_whole, too_little
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import Grid

DAY = date(2026, 3, 5)
TIMES = np.datetime64("2026-03-02", "us") + np.arange(192) * np.timedelta64(1800, "s")


def grid_of(measured: np.ndarray) -> Grid:
    """Four days of half hours up to DAY, of which the rows `measured` are."""
    values = np.where(measured, np.sin(np.arange(192) * 2 * np.pi / 48), np.nan)
    return Grid(TIMES, values[:, None].astype(np.float32), measured[:, None], ("flow",))


def rows_of(detector, measured: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `scores`, none of them a score, and of `completeness`."""
    times = pd.DatetimeIndex(TIMES[144:][measured[144:]], tz="UTC")
    scores = pd.DataFrame({"time": times, "asset": "a", "score": np.nan, "observed_share": 1.0})
    sensors = pd.DataFrame({"asset": "a", "sensor": "flow", "observed": True}, index=range(len(times)))
    return scores, completeness_of(detector, DAY, ["a"], scores, sensors)


def test_a_whole_window_without_a_score_is_the_models_fault(sine_detector):
    scores, rows = rows_of(sine_detector, whole := np.ones(192, dtype=bool))
    with pytest.raises(UnusableError, match="none of 48 measured rows has a score of model pump@2026-03-01"):
        check_scored(sine_detector, scores, rows, {"a": grid_of(whole)}, "pump")


def test_six_measured_rows_are_too_little_to_be_judged(sine_detector):
    few = np.isin(np.arange(192), np.arange(160, 166))
    scores, rows = rows_of(sine_detector, few)
    check_scored(sine_detector, scores, rows, {"a": grid_of(few)}, "pump")
    said = too_little(rows, sine_detector.context_rows)
    assert said == f"too little measured, not scored: 6 measured rows, windows of {sine_detector.context_rows} rows"
    assert too_little(rows.assign(scored=1), 96) == too_little(rows.assign(measured=0), 96) == ""
    assert np.isnan(sine_detector.score(grid_of(few), "a").last(48).score).all()


def test_a_score_that_is_infinite_is_refused_though_others_are_numbers(sine_detector):
    scores, rows = rows_of(sine_detector, whole := np.ones(192, dtype=bool))
    endless = scores.assign(score=np.where(np.arange(48) == 7, np.inf, 1.0))
    with pytest.raises(UnusableError, match="1 scores of model pump@2026-03-01 are infinite"):
        check_scored(sine_detector, endless, rows, {"a": grid_of(whole)}, "pump")


@pytest.mark.parametrize(("missing", "whole"), [([150], True), ([100], True), ([144, 170], False)])
def test_a_window_was_measured_whole_where_it_ends_in_the_night(missing, whole):
    """Windows of 46 rows; the night has the last 48. They fit before or behind what is missing, or not."""
    measured = ~np.isin(np.arange(192), missing)
    assert measured_whole(grid_of(measured), np.datetime64("2026-03-05"), 46) is whole


def test_a_grid_shorter_than_a_window_holds_none():
    short = grid_of(np.ones(192, dtype=bool)).rows(172, 192)
    assert measured_whole(short, np.datetime64("2026-03-05"), 46) is False
