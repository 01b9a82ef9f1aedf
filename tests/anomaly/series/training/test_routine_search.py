"""Short events that recur: which are found, which are faults, and what a detector makes of them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.routines import DAY_S, HOUR_S, WEEK_S, Routines
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.routine_search import find_routines, unexplained
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid

STEP_S, DAY = 300.0, 288
HEIGHT = 1.4
PLAN = TrainingPlan("pump", STEP_S, date(2026, 3, 29), LSTMVAEDetectorConfig(recurrent=False), 0)


def span(days: int, spikes: list[int], height: float = HEIGHT, rows: int = 1) -> Span:
    """One quiet sensor from a Monday on, `rows` of it `height` higher from each row of `spikes` on."""
    rng = np.random.default_rng(0)
    values = 0.07 + rng.normal(0, 0.01, days * DAY)
    for first in spikes:
        values[first : first + rows] += height * rng.uniform(0.9, 1.1)
    times = np.datetime64("2026-03-02", "us") + np.arange(days * DAY) * np.timedelta64(300, "s")
    grid = Grid(times, values.astype(np.float32)[:, None], np.ones((days * DAY, 1), bool), ("load",))
    return Span(grid, np.zeros(days * DAY, bool), days * DAY * 3 // 4)


def routines_of(days: int, spikes: list[int], rows: int = 1) -> Routines:
    return find_routines({"a": span(days, spikes, rows=rows)}, STEP_S)


def nightly(days: list[int], around: int = 40, jitter: int = 9) -> list[int]:
    """Rows within `jitter` of row `around` of each day."""
    rng = np.random.default_rng(1)
    return [day * DAY + around + int(rng.integers(-jitter, jitter + 1)) for day in days]


def test_a_spike_of_most_nights_within_an_hour_and_a_half_is_a_routine():
    spikes = nightly([d for d in range(14) if d not in (3, 8)])
    (routine,) = routines_of(14, spikes).each
    assert routine.slot.period_s == DAY_S
    assert routine.slot.first_s < 31 * STEP_S
    assert routine.slot.first_s + routine.slot.width_s > 50 * STEP_S
    assert routine.slot.width_s <= 4 * 3600
    assert routine.low == pytest.approx(0.07 + 0.45 * HEIGHT, abs=0.2)
    assert routine.high == pytest.approx(0.07 + 1.375 * HEIGHT, abs=0.2)
    assert routine.rows == 2


@pytest.mark.parametrize("days", [[4, 9], [1, 5, 12], [10, 11]])
def test_a_fault_that_recurs_on_few_of_fourteen_days_is_none(days):
    assert not routines_of(14, nightly(days, jitter=1)).each


def test_spikes_at_random_times_are_none():
    for seed in range(20):
        spikes = np.sort(np.random.default_rng(seed).choice(14 * DAY, 14, replace=False))
        assert not routines_of(14, spikes.tolist()).each


def test_what_lasts_for_an_hour_is_none():
    assert not routines_of(14, nightly(list(range(14))), rows=12).each


@pytest.mark.parametrize(
    ("spikes", "period_s"),
    [([n * 12 + 7 for n in range(24 * 14)], HOUR_S), ([n * 7 * DAY + 400 for n in range(4)], WEEK_S)],
)
def test_an_event_may_come_every_hour_or_every_week(spikes, period_s):
    (routine,) = routines_of(14 if period_s == HOUR_S else 28, spikes).each
    assert routine.slot.period_s == period_s


def test_a_job_that_began_a_week_ago_is_a_routine_and_one_that_ended_two_weeks_ago_is_none():
    assert len(routines_of(28, nightly(list(range(21, 28)))).each) == 1
    assert not routines_of(28, nightly(list(range(9)))).each


def test_a_detector_is_not_alarmed_by_its_routine_but_by_all_else():
    learned = span(14, nightly(list(range(14))))
    routines = find_routines({"a": learned}, STEP_S)
    detector = train_detector(PLAN, {"a": learned}, None, routines=routines)[0]
    assert detector.card.routines == routines
    assert "14 values of events that recur" in detector.card.cleaning

    def highest(row: int, height: float, rows: int) -> float:
        grid = span(3, []).grid
        grid.values[2 * DAY + row : 2 * DAY + row + rows] += np.float32(height)
        scores = detector.score(grid, "a")
        assert np.isfinite(scores.score).all()
        return float((scores.score / (detector.threshold.value * scores.coverage_factor)).max())

    assert highest(40, HEIGHT, 1) < 1
    assert highest(200, HEIGHT, 1) > 4
    assert highest(40, 3 * HEIGHT, 1) > 4
    assert highest(40, HEIGHT, 12) > 4


def test_reported_anomalies_that_a_routine_explains_are_learned():
    days = list(range(14))
    learned = span(14, nightly(days, jitter=0))
    routines = find_routines({"a": learned}, STEP_S)
    starts = pd.to_datetime([learned.grid.times[day * DAY + 40] for day in (11, 12)], utc=True)
    told = pd.DataFrame({"asset": "a", "told_start": starts})
    told["told_end"] = told["told_start"] + pd.to_timedelta([10, 180], unit="min")
    assert unexplained(told, routines, {"a": learned.grid}).index.tolist() == [1]
