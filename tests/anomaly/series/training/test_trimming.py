"""Unlabelled faults in a training span."""

import numpy as np
import pytest

from anomaly.series.span import Span
from anomaly.series.training.cleaning import SetAside, rows_set_aside, values_hidden
from anomaly.series.training.trimming import trimmed
from sensors_data.series.grids.grid import Grid

ROWS = 4000
SPIKE, LEVEL = 4, 36


def span(disturbed: int = 0, size: float = 0.0) -> tuple[Span, np.ndarray]:
    """One sensor with a rhythm and noise of a tenth; stretches of so many rows, 5 % of all, are off by `size`."""
    rng = np.random.default_rng(0)
    values = np.sin(np.arange(ROWS) * 2 * np.pi / 80) + rng.normal(0, 0.1, ROWS)
    faults = np.zeros(ROWS, dtype=bool)
    if disturbed:
        for first in rng.choice(ROWS - disturbed, ROWS // 20 // disturbed, replace=False):
            values[first : first + disturbed] += size * rng.choice([-1, 1])
            faults[first : first + disturbed] = True
    times = np.datetime64("2026-03-02", "us") + np.arange(ROWS) * np.timedelta64(300, "s")
    grid = Grid(times, values.astype(np.float32)[:, None], np.ones((ROWS, 1), bool), ("flow",))
    return Span(grid, np.zeros(ROWS, bool), ROWS), faults


def test_normal_rows_are_left_as_they_are():
    before = {"a": span()[0]}
    after = trimmed(before, None)
    assert values_hidden(before, after) == 0
    assert rows_set_aside(before, after) == 0


def test_spikes_in_a_twentieth_of_the_rows_are_hidden_and_a_line_drawn_over_them():
    contaminated, faults = span(SPIKE, 4.0)
    hidden = ~trimmed({"a": contaminated}, None)["a"].grid.observed[:, 0]
    assert hidden[faults].mean() > 0.98
    assert hidden[~faults].mean() < 0.002
    assert np.abs(trimmed({"a": contaminated}, None)["a"].grid.values[hidden, 0]).max() < 2


def test_rows_of_long_faults_are_abnormal():
    contaminated, faults = span(LEVEL, 4.0)
    after = trimmed({"a": contaminated}, None)["a"]
    assert after.abnormal[faults].mean() > 0.8
    assert after.abnormal[~faults].mean() < 0.03


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_sensor_that_changed_its_ways_loses_the_rows_around_the_change_alone(share):
    (changed, _), step = span(), int(ROWS * (1 - share))
    values = changed.grid.values.copy()
    values[step:] += 5
    before = {"a": Span(Grid(changed.grid.times, values, changed.grid.observed, ("flow",)), changed.abnormal, ROWS)}
    hidden = np.flatnonzero(~trimmed(before, None)["a"].grid.observed[:, 0])
    assert np.abs(hidden - step).max() < 25


def test_the_card_says_what_was_not_learned_and_why():
    card = SetAside(2, 120, 0, 30).on_card(3000)
    assert (card["hidden"], card["set_aside"]) == (122, 30)
    assert card["cleaning"] == (
        "2 values wild or contradicted by other sensors; 120 values far beyond what the bulk predicts; "
        "30 rows that surprised the draft too much (1.0%)"
    )
    assert SetAside(0, 1, 0).on_card(3000)["cleaning"] == "1 value far beyond what the bulk predicts"
    assert SetAside(0, 0, 0).on_card(3000)["cleaning"] == ""
