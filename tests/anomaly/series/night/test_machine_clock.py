"""By which clock a machine's rhythm goes after something disturbed it."""

from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.night.machine_clock import at_phase, machine_clock
from anomaly.series.night.peel import Flagged, with_faults_hidden
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid

DAY_ROWS, HOUR = 96, 4  # rows of a quarter of an hour
PLAN = TrainingPlan("pump", 900.0, date(2026, 3, 22), LSTMVAEDetectorConfig(recurrent=False), 0)


def rhythm(ticks: np.ndarray) -> np.ndarray:
    """A load that rises to its peak at 4, falls slowly, and has a second one at 16."""
    angle = 2 * np.pi * ticks / DAY_ROWS
    return np.asarray(np.sin(angle) + 0.5 * np.sin(2 * angle + 1))


def machine(speed: np.ndarray, seed: int) -> Grid:
    """One sensor that follows its day as fast as `speed` (T,) says, noise of a tenth; the first row is a midnight."""
    values = rhythm(np.cumsum(speed) - speed[0]) + np.random.default_rng(seed).normal(0, 0.1, len(speed))
    times = np.datetime64("2026-03-02", "us") + np.arange(len(speed)) * np.timedelta64(900, "s")
    return Grid(times, values[:, None].astype(np.float32), np.ones((len(speed), 1), bool), ("flow",))


@pytest.fixture(scope="module")
def detector() -> Detector:
    rows = 20 * DAY_ROWS
    spans = {"a": Span(machine(np.ones(rows), 0), np.zeros(rows, bool), 15 * DAY_ROWS)}
    learned = train_detector(PLAN, spans, None)[0]
    assert learned.profile is not None
    return learned


def hurried() -> Grid:
    """From 8:00 on it is twice as fast for seven hours; afterwards it is seven hours ahead of the wall clock."""
    speed = np.ones(4 * DAY_ROWS)
    speed[DAY_ROWS + 8 * HOUR : DAY_ROWS + 15 * HOUR] = 2.0
    return machine(speed, 3)


def test_another_time_of_the_same_day_begins_anew_at_midnight() -> None:
    times = np.array(["2026-03-07T22:00", "2026-03-08T01:00"], dtype="datetime64[us]")
    shifted = at_phase(times, np.timedelta64(3, "h"))
    assert shifted.astype(str).tolist() == ["2026-03-07T01:00:00.000000", "2026-03-08T04:00:00.000000"]


def test_a_machine_that_ran_ahead_goes_by_a_clock_that_is_ahead(detector: Detector) -> None:
    grid = hurried()
    ahead = (machine_clock(detector, grid, "a").times - grid.times) / np.timedelta64(1, "h") % 24
    assert (ahead[: DAY_ROWS + 8 * HOUR] == 0).all()
    assert np.abs(ahead[DAY_ROWS + 15 * HOUR :] - 7).max() <= 0.25


def test_what_follows_by_its_own_clock_is_no_evidence(detector: Detector) -> None:
    grid = hurried()
    plain = detector.score(grid, "a")
    hidden = with_faults_hidden(detector, [Flagged("a", grid, plain, 0)])[0]
    later = slice(DAY_ROWS + 16 * HOUR, None)
    np.testing.assert_array_equal(hidden.score, plain.score)
    assert plain.cross[later].mean() > 5
    assert hidden.cross[later].max() < 5
    assert hidden.cross[later].mean() < -1
    assert np.abs(hidden.expected[later] - grid.values[later]).max() < 0.6


def test_a_machine_that_keeps_its_day_goes_by_the_wall_clock(detector: Detector) -> None:
    grid = machine(np.ones(4 * DAY_ROWS), 4)
    np.testing.assert_array_equal(machine_clock(detector, grid, "a").times, grid.times)


def test_values_of_another_hour_without_a_disturbance_are_a_fault(detector: Detector) -> None:
    grid = machine(np.ones(4 * DAY_ROWS), 5)
    copied = grid.values.copy()
    copied[-10 * HOUR :] = grid.values[-22 * HOUR : -12 * HOUR]
    np.testing.assert_array_equal(
        machine_clock(detector, Grid(grid.times, copied, grid.observed, grid.sensors), "a").times, grid.times
    )
