"""Hidden outliers that single rows may have are part of what the threshold is of."""

from dataclasses import replace

import numpy as np

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import coverage_adjusted_scores
from anomaly.series.limits.noise import with_noise
from anomaly.series.span import Span
from anomaly.series.training.cleaning import hidden_in
from sensors_data.series.grids.grid import Grid

ROWS, SMALL, LARGE = 480, 200, 300


def spans_of(detector: Detector) -> tuple[dict[str, Span], dict[str, Span]]:
    """Ten days with an outlier of 6 and one of 40 times the usual scatter, and the same with both hidden."""
    times = np.datetime64("2026-03-02", "us") + np.arange(ROWS) * np.timedelta64(1800, "s")
    values = np.sin(np.arange(ROWS) * 2 * np.pi / 48) + np.random.default_rng(1).normal(0, 0.1, ROWS)
    unit = float(detector.evidence.pattern_noise.scale[0] * detector.scale_of("a").spread[0])
    values[[SMALL, LARGE]] += [6 * unit, 40 * unit]
    grid = Grid(times, values[:, None].astype(np.float32), np.ones((ROWS, 1), bool), ("flow",))
    plain = Span(grid, np.zeros(ROWS, bool), ROWS)
    hide = np.zeros((ROWS, 1), bool)
    hide[[SMALL, LARGE]] = True
    return {"a": plain}, {"a": hidden_in(plain, hide)}


def limited(detector: Detector, row_limit: float | None) -> Detector:
    return replace(detector, card=detector.card.model_copy(update={"row_limit": row_limit}))


def test_an_outlier_under_the_limit_of_rows_comes_back_and_a_fault_stays_hidden(sine_detector):
    plain, hidden = spans_of(sine_detector)
    grid = with_noise(limited(sine_detector, 12.0), plain, hidden)["a"].grid
    assert (grid.observed[SMALL, 0], grid.observed[LARGE, 0]) == (True, False)
    assert grid.values[SMALL, 0] == plain["a"].grid.values[SMALL, 0]
    assert grid.values[LARGE, 0] == hidden["a"].grid.values[LARGE, 0]


def test_the_threshold_then_sees_how_high_its_windows_score(sine_detector):
    plain, hidden = spans_of(sine_detector)
    back = with_noise(limited(sine_detector, 12.0), plain, hidden)
    before, after = (coverage_adjusted_scores(sine_detector, spans)["a"][SMALL + 1] for spans in (hidden, back))
    assert after > 1.5 * before


def test_nothing_comes_back_where_rows_have_no_limit_or_nothing_was_hidden(sine_detector):
    plain, hidden = spans_of(sine_detector)
    assert with_noise(limited(sine_detector, None), plain, hidden) is hidden
    assert with_noise(limited(sine_detector, 12.0), plain, plain)["a"] is plain["a"]
