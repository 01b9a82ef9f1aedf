"""The benchmark of nights: figures of hand-made intervals, and one small series through the product."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.nights.figures import measure
from benchmarks.nights.methods import METHODS
from benchmarks.nights.run import Dated

STEP = timedelta(minutes=30)
TIMES = np.datetime64("2026-03-02", "us") + np.arange(21 * 48) * np.timedelta64(1800, "s")


def series() -> Dated:
    """Three weeks with a daily rhythm; six hours of the eighteenth day read three more."""
    values = np.sin(2 * np.pi * np.arange(len(TIMES)) / 48) + np.random.default_rng(0).normal(0, 0.1, len(TIMES))
    labels = np.zeros(len(TIMES), dtype=np.int64)
    labels[17 * 48 + 20 : 17 * 48 + 32] = 1
    return Dated(TIMES, (values + 3 * labels)[:, None], labels, 14 * 48, STEP)


def told(*rows: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame({"start": [TIMES[a] for a, _ in rows], "end": [TIMES[b] for _, b in rows]})


def test_figures_of_one_hit_and_one_false_alarm():
    event = 17 * 48 + 20
    figures = measure(series(), told((event + 2, event + 12), (15 * 48, 15 * 48 + 4)), 0.5)
    assert (figures.events, figures.reported, figures.event_recall, figures.precision) == (1, 2, 1.0, 0.5)
    assert (figures.onset_error_rows, figures.end_error_rows) == (2.0, 0.0)
    assert figures.overlap == pytest.approx(10 / 12)
    assert figures.false_alarms_per_week == pytest.approx(1.0)  # seven nights after the rows for fitting
    assert figures.found_over_stated == pytest.approx(2.0)
    assert (figures.hours_reported, figures.hours_of_events) == (7.0, 6.0)


def test_nothing_told_finds_nothing():
    figures = measure(series(), told(), 0.25)
    assert (figures.event_recall, figures.false_alarms_per_week) == (0.0, 0.0)
    assert np.isnan(figures.overlap)


@pytest.mark.parametrize("method", METHODS)
def test_a_plain_fault_is_told_by_every_method(method):
    figures = measure(series(), METHODS[method](series(), 0.25, 0), 0.25)
    assert figures.event_recall == 1.0
    if method == "nightscore":
        assert figures.overlap > 0.8
        assert figures.false_alarms_per_week == 0
