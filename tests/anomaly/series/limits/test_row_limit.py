"""Short faults: a row far from what its windows expect is told by a limit of its own."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.evidence.judged import Judged
from anomaly.series.evidence.noise_by_hour import at_hours, fit_by_hour
from anomaly.series.limits.calibration import calibrate
from anomaly.series.limits.row_limit import with_row_limit
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector
from anomaly.series.span import Span, TrainingPlan
from anomaly.thresholds import return_level
from sensors_data.series.grids.grid import Grid

PLAN = TrainingPlan("web", 60.0, date(2026, 3, 6), LSTMVAEDetectorConfig(recurrent=False), 0)
DAY = 1440


def requests(rows: int, seed: int) -> Grid:
    """One sensor by the minute with noise that is three times as large in the afternoon."""
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(60, "s")
    noise = np.random.default_rng(seed).normal(0, 0.1, rows) * np.where(np.arange(rows) % DAY >= DAY // 2, 3.0, 1.0)
    values = np.sin(np.arange(rows) * 2 * np.pi / 80) + noise
    return Grid(times, values[:, None].astype(np.float32), np.ones((rows, 1), bool), ("flow",))


@pytest.fixture(scope="module")
def detector() -> Detector:
    spans = {"a": Span(requests(4 * DAY, 0), np.zeros(4 * DAY, bool), 3 * DAY)}
    return with_row_limit(calibrate(learn_detector(PLAN, spans)[0], spans)[0], spans)


def with_spike(grid: Grid, row: int, size: float) -> Grid:
    values = grid.values.copy()
    values[row] += size
    return replace(grid, values=values)


def test_a_spike_of_one_minute_is_told_where_it_is_rare_and_not_where_noise_is_as_large(detector):
    new = requests(2 * DAY, 1)
    quiet, noisy = DAY + 300, DAY + 900
    for row, size, told in ((quiet, 1.8, True), (noisy, 1.8, False), (noisy, 5.0, True)):
        scores = detector.score(with_spike(new, row, size), "a")
        over = scores.score > detector.threshold.value * scores.coverage_factor
        assert bool(over[row]) is told
    plain = detector.score(new, "a")
    assert not (plain.score > detector.threshold.value * plain.coverage_factor)[detector.context_rows :].any()


def test_the_scatter_by_hour_is_what_the_noise_was(detector):
    by_hour = detector.evidence.by_hour[:, 0]
    assert by_hour[14:22].mean() / by_hour[2:10].mean() == pytest.approx(2.0, abs=0.5)  # three, shrunk after four days


def test_hours_that_scatter_alike_have_factors_of_one_and_a_sensor_without_values_too():
    times = np.datetime64("2026-03-02", "us") + np.arange(20 * DAY) * np.timedelta64(60, "s")
    residual = np.random.default_rng(2).normal(0, 1, (len(times), 2))
    residual[:, 1] = np.nan
    by_hour = fit_by_hour(times, residual)
    np.testing.assert_allclose(by_hour[:, 0], 1.0, atol=0.05)
    assert (by_hour[:, 1] == 1.0).all()
    assert at_hours(by_hour, times[[0, 61]]).shape == (2, 2)


def test_a_row_over_its_limit_scores_as_far_over_the_threshold_and_no_other_row_changes():
    judged = Judged(np.array([0.2, 3.0, 0.2, np.nan]), np.full((4, 2), 0.5))
    apart = np.array([[12.0, 0.0], [12.0, 0.0], [3.0, 5.9], [99.0, 0.0]])
    lifted = judged.lifted(apart / 6.0, np.full(4, 1.0))
    np.testing.assert_allclose(lifted.score, [2.0, 3.0, 0.2, np.nan])
    np.testing.assert_allclose(lifted.share, [[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5]])


def test_a_tenth_of_the_blocks_may_hold_faults_and_the_level_hardly_moves():
    peaks = np.random.default_rng(3).gumbel(5.0, 1.0, 4000)
    clean = return_level(peaks, 1 / 400)
    dirty = peaks.copy()
    dirty[::20] = 1e6
    assert return_level(dirty, 1 / 400) < 1.6 * clean
    assert (peaks > clean).mean() < 1 / 400


def test_too_few_blocks_of_rows_give_no_limit(detector):
    short = {"a": Span(requests(30 * 60, 4), np.zeros(30 * 60, bool), 30 * 60)}
    assert with_row_limit(detector, short).card.row_limit is None
