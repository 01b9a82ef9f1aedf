"""What is expected where a fault is, had it not been seen."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.night.peel import Flagged, with_faults_hidden
from anomaly.series.scores import Scores
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid

PLAN = TrainingPlan("pump", 300.0, date(2026, 3, 10), LSTMVAEDetectorConfig(recurrent=False), 0)
RHYTHM = np.sin(np.arange(2000) * 2 * np.pi / 80)


def machine(rows: int, seed: int) -> Grid:
    """One sensor with a rhythm of 80 rows and noise of a tenth."""
    values = RHYTHM[:rows] + np.random.default_rng(seed).normal(0, 0.1, rows)
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(300, "s")
    return Grid(times, values[:, None].astype(np.float32), np.ones((rows, 1), bool), ("flow",))


@pytest.fixture(scope="module")
def detector() -> Detector:
    spans = {"a": Span(machine(1500, 0), np.zeros(1500, bool), 1125)}
    return train_detector(PLAN, spans, None)[0]


def broken() -> Grid:
    """Rows 400 to 420 read five more."""
    grid = machine(600, 3)
    values = grid.values.copy()
    values[400:420] += 5
    return replace(grid, values=values)


def hidden_from(detector: Detector, grid: Grid, first: int) -> Scores:
    """The scores of a grid whose faults from a row on are hidden."""
    return with_faults_hidden(detector, [Flagged("a", grid, detector.score(grid, "a"), first)])[0]


def test_what_is_expected_does_not_follow_the_fault(detector: Detector) -> None:
    plain = detector.score(broken(), "a")
    hidden = hidden_from(detector, broken(), 340)
    followed = np.abs(plain.expected[400:420, 0] - RHYTHM[400:420]).max()
    assert followed > 0.5
    assert np.abs(hidden.expected[340:, 0] - RHYTHM[340:600]).max() < 0.35 < followed


def test_the_rows_beside_a_fault_are_not_charged_for_it(detector: Detector) -> None:
    plain = detector.score(broken(), "a")
    hidden = hidden_from(detector, broken(), 340)
    inside, beside = (
        hidden.pattern[400:420, 0],
        np.concatenate([hidden.pattern[360:400, 0], hidden.pattern[420:460, 0]]),
    )
    assert inside.min() > 20
    assert beside.mean() < 0
    assert plain.pattern[420:460].mean() > beside.mean()


def test_scores_and_earlier_rows_stay_as_they_were(detector: Detector) -> None:
    plain = detector.score(broken(), "a")
    hidden = hidden_from(detector, broken(), 390)
    np.testing.assert_array_equal(hidden.score, plain.score)
    np.testing.assert_array_equal(hidden.pattern[:390], plain.pattern[:390])
    np.testing.assert_array_equal(hidden.cross, plain.cross)


def test_a_fault_longer_than_every_window_is_still_far_from_what_is_expected(detector: Detector) -> None:
    grid = machine(1200, 4)
    values = grid.values.copy()
    values[400:1000] += 8
    long = replace(grid, values=values)
    hidden = hidden_from(detector, long, 340)
    assert (hidden.pattern[400:1000, 0] > 0).mean() > 0.95


def test_a_fault_of_the_night_before_does_not_bend_what_is_expected_of_the_next(detector: Detector) -> None:
    hidden = hidden_from(detector, broken(), 421)
    assert hidden.pattern[421:480].mean() < 0
    assert np.abs(hidden.expected[421:480, 0] - RHYTHM[421:480]).max() < 0.35


def test_assets_whose_faults_are_hidden_together_have_the_same_bits_as_alone(detector: Detector) -> None:
    short = broken().rows(0, 500)
    flagged = [Flagged("a", grid, detector.score(grid, "a"), 340) for grid in (broken(), short, machine(600, 5))]
    together = with_faults_hidden(detector, flagged)
    for one, scores in zip(flagged, together, strict=True):
        alone = hidden_from(detector, one.grid, 340)
        np.testing.assert_array_equal(scores.expected, alone.expected)
        np.testing.assert_array_equal(scores.pattern, alone.pattern)
