"""Planted faults: what they do to a copy, and what a night says of them."""

from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import calibrate
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector
from anomaly.series.night.self_test import SIZES, self_test
from anomaly.series.planted import KINDS, LENGTHS, Fault, planted, try_faults
from anomaly.series.span import Span, TrainingPlan
from sensors_data.series.grids.grid import Grid

DAY = date(2026, 3, 7)
PLAN = TrainingPlan("pump", 300.0, date(2026, 3, 6), LSTMVAEDetectorConfig(recurrent=False), 0)


def machine(rows: int, seed: int) -> Grid:
    """One sensor with a rhythm of 80 rows and noise of a tenth, from Monday on."""
    values = np.sin(np.arange(rows) * 2 * np.pi / 80) + np.random.default_rng(seed).normal(0, 0.1, rows)
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(300, "s")
    return Grid(times, values[:, None].astype(np.float32), np.ones((rows, 1), bool), ("flow",))


@pytest.fixture(scope="module")
def detector() -> Detector:
    spans = {"a": Span(machine(5 * 288, 0), np.zeros(5 * 288, bool), 1080)}
    return calibrate(learn_detector(PLAN, spans)[0], spans)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_fault_changes_its_own_rows_of_a_copy_alone(kind):
    grid = machine(600, 1)
    before = grid.values.copy()
    faulty = planted(grid, kind, 0, 200, 5.0, 0.7, 0)
    changed = np.flatnonzero((faulty.values != before).any(axis=1))
    assert changed.min() >= 200
    assert changed.max() < 200 + LENGTHS[kind]
    np.testing.assert_array_equal(grid.values, before)


def test_a_larger_fault_reaches_higher_and_a_large_one_is_found(detector):
    grid = machine(6 * 288, 2)
    small, large = try_faults(detector, [Fault(grid, "a", "level", 0, 5 * 288 + 100, size) for size in (0.1, 8.0)])
    assert small.ratio < large.ratio
    assert (small.found, large.found) == (False, True)


def test_a_night_tries_every_kind_and_says_the_same_again(detector):
    grids = {"a": machine(6 * 288, 3)}
    trials = self_test(detector, grids, DAY, ["a"])
    assert sorted(trials["kind"]) == sorted(KINDS)
    assert trials["found"].sum() >= 4
    assert set(trials["size"]) <= set(SIZES)
    assert trials.equals(self_test(detector, grids, DAY, ["a"]))


def test_a_day_too_short_for_a_fault_tries_none(detector):
    assert self_test(detector, {"a": machine(5 * 288 + 3, 4)}, DAY, ["a"]).empty
