"""What of a training span is set aside."""

from dataclasses import replace

import numpy as np
import pytest

from anomaly.series.span import Span
from anomaly.series.training.cleaning import cleaned
from sensors_data.series.grids.grid import Grid, fit_scale


def plant(rows: int = 1500) -> Span:
    """Two sensors that follow one rhythm, with noise of a tenth."""
    rng = np.random.default_rng(0)
    rhythm = np.sin(np.arange(rows) * 2 * np.pi / 80)
    values = np.column_stack([rhythm, 2 * rhythm]) + rng.normal(0, 0.1, (rows, 2))
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(300, "s")
    grid = Grid(times, values.astype(np.float32), np.ones((rows, 2), bool), ("flow", "pressure"))
    return Span(grid, np.zeros(rows, bool), rows * 3 // 4)


def with_values(span: Span, row: int, value: float) -> Span:
    values = span.grid.values.copy()
    values[row, 1] = value
    return replace(span, grid=replace(span.grid, values=values))


def test_normal_rows_are_left_as_they_are():
    spans, hidden = cleaned({"a": plant()})
    assert hidden == 0
    np.testing.assert_array_equal(spans["a"].grid.values, plant().grid.values)


@pytest.mark.parametrize("wild", [99_999.0, 1e30, np.inf])
def test_one_wild_value_is_hidden_and_the_scale_stays_what_it_was(wild):
    spans, hidden = cleaned({"a": with_values(plant(), 700, wild)})
    assert hidden == 1
    assert not spans["a"].grid.observed[700, 1]
    assert abs(spans["a"].grid.values[700, 1]) < 4
    clean = fit_scale(plant().grid.values, plant().usable())
    np.testing.assert_allclose(fit_scale(spans["a"].grid.values, spans["a"].usable()).spread, clean.spread, rtol=1e-3)


def test_a_value_inside_the_fence_that_the_other_sensors_contradict_is_hidden():
    span = with_values(plant(), 700, plant().grid.values[700, 1] + 3)
    values = np.column_stack([span.grid.values, plant().grid.values])
    grid = Grid(span.grid.times, values, np.ones(values.shape, bool), ("flow", "pressure", "speed", "current"))
    spans, hidden = cleaned({"a": replace(span, grid=grid)})
    assert hidden == 1
    assert not spans["a"].grid.observed[700, 1]


def test_a_sensor_that_rests_keeps_its_rare_moves_and_loses_what_is_absurd():
    span = plant()
    still = np.full((1500, 2), 5, np.float32)
    still[700, 1], still[800, 1] = 7.0, 99_999.0
    spans, hidden = cleaned({"a": replace(span, grid=replace(span.grid, values=still))})
    assert hidden == 1
    assert spans["a"].grid.observed[700, 1]
