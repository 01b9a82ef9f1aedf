from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import (
    LEAST_NATS,
    calibrate,
    coverage_adjusted_scores,
    in_sample_optimism,
    with_threshold,
)
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector
from anomaly.series.span import Span, TrainingPlan
from sensors_data.series.grids.grid import Grid

STEP_S = 300.0
WEEKLY = 0.5
PLAN = TrainingPlan(
    "pump", STEP_S, date(2026, 3, 10), LSTMVAEDetectorConfig(recurrent=False, alarms_per_asset_week=WEEKLY), 0
)


def rhythm(rows: int, seed: int, noise: float = 0.1) -> Grid:
    """A cycle of 80 rows of one sensor with noise."""
    values = np.sin(np.arange(rows) * 2 * np.pi / 80) + np.random.default_rng(seed).normal(0, noise, rows)
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(int(STEP_S), "s")
    return Grid(times, values[:, None].astype(np.float32), np.ones((rows, 1), bool), ("flow",))


def span_of(grid: Grid, split: int) -> Span:
    return Span(grid, np.zeros(len(grid), bool), split)


def with_noise(grid: Grid, rows: slice, noise: float) -> Grid:
    values = grid.values.copy()
    values[rows, 0] += np.random.default_rng(9).normal(0, noise, values[rows, 0].shape).astype(np.float32)
    return replace(grid, values=values)


@pytest.fixture(scope="module")
def spans() -> dict[str, Span]:
    return {"a": span_of(rhythm(2400, 0), 1800)}


@pytest.fixture(scope="module")
def detector(spans: dict[str, Span]) -> Detector:
    return learn_detector(PLAN, spans)[0]


def test_scores_rise_on_rows_that_were_not_learned(detector: Detector, spans: dict[str, Span]) -> None:
    assert 1.0 <= in_sample_optimism(spans, coverage_adjusted_scores(detector, spans)) < 2.0
    louder = {"a": span_of(with_noise(spans["a"].grid, slice(1800, 2400), 0.15), 1800)}
    assert in_sample_optimism(louder, coverage_adjusted_scores(detector, louder)) > 3.0


def test_nothing_rises_where_nothing_was_held_out(detector: Detector) -> None:
    spans = {"a": span_of(rhythm(900, 1), 900)}
    assert in_sample_optimism(spans, coverage_adjusted_scores(detector, spans)) == 1.0


def test_the_limit_of_learned_rows_is_raised_as_told(detector: Detector) -> None:
    whole = {"a": span_of(rhythm(2400, 0), 2400)}
    adjusted = coverage_adjusted_scores(detector, whole)
    plain, raised = (with_threshold(detector, whole, adjusted, by).threshold for by in (1.0, 3.0))
    assert plain.value > LEAST_NATS
    assert raised.value == pytest.approx(3 * plain.value)


def test_no_limit_lies_under_a_tenth_of_a_nat() -> None:
    still = Grid(rhythm(600, 0).times, np.full((600, 1), 5, np.float32), np.ones((600, 1), bool), ("flow",))
    spans = {"a": span_of(still, 450)}
    found = calibrate(learn_detector(PLAN, spans)[0], spans)[0].threshold
    assert (found.value, found.low, found.high) == (LEAST_NATS, LEAST_NATS, LEAST_NATS)


def test_a_known_fault_does_not_move_the_limit(detector: Detector, spans: dict[str, Span]) -> None:
    clean = calibrate(detector, spans)[0].threshold.value
    broken = with_noise(spans["a"].grid, slice(700, 760), 5.0)
    abnormal = np.zeros(2400, bool)
    abnormal[700:760] = True
    marked = calibrate(detector, {"a": Span(broken, abnormal, 1800)})[0].threshold.value
    assert marked == pytest.approx(clean, rel=0.05)
    assert calibrate(detector, {"a": span_of(broken, 1800)})[0].threshold.value > 2 * clean


def test_new_normal_rows_keep_to_twice_the_budget(detector: Detector, spans: dict[str, Span]) -> None:
    ready, _ = calibrate(detector, spans)
    alarms, rows = 0, 0
    for seed in range(20, 26):
        grid = rhythm(3000, seed)
        scores = ready.score(grid, "a")
        over = np.flatnonzero(scores.score > ready.threshold.value * scores.coverage_factor)
        alarms += int((np.diff(over, prepend=-(10**9)) > ready.context_rows).sum())
        rows += len(grid)
    assert alarms <= 2 * WEEKLY * rows * STEP_S / (7 * 86_400)


def test_the_limit_stands_on_the_scores_that_are_served(detector: Detector, spans: dict[str, Span]) -> None:
    ready, adjusted = calibrate(detector, spans)
    scores = ready.score(spans["a"].grid, "a")
    rows = scores.score / scores.coverage_factor
    rows[:1800] *= in_sample_optimism(spans, adjusted)
    assert ready.threshold.quantiles[50] == pytest.approx(float(np.median(rows)))
    assert ready.threshold.quantiles[100] == pytest.approx(float(rows.max()))
