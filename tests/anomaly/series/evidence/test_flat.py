"""For how long a sensor has read one value, and which rows of it speak for a fault."""

import numpy as np
import pytest

from anomaly.series.evidence.flat import FlatLimits, flat_runs, or_flat

NOT_READ = np.nan


def runs_of(values: list[float], reach: int = 100) -> list[int]:
    column = np.array(values)[:, None]
    return flat_runs(column, ~np.isnan(column), reach)[:, 0].tolist()


def test_a_run_counts_the_measured_rows_of_one_value():
    assert runs_of([1, 1, 1, 2, 3, 3]) == [1, 2, 3, 1, 1, 2]


def test_a_short_gap_does_not_end_a_run_and_a_long_one_does():
    assert runs_of([1, 1, *[NOT_READ] * 6, 1]) == [1, 2, *[0] * 6, 3]
    assert runs_of([1, 1, *[NOT_READ] * 7, 1]) == [1, 2, *[0] * 7, 1]
    assert runs_of([NOT_READ, 1, NOT_READ, 2, 2]) == [0, 1, 0, 1, 2]


def test_a_run_reaches_back_so_far_and_depends_on_no_row_before():
    values = [5.0] * 30
    assert runs_of(values, reach=9) == [*range(1, 11), *[10] * 20]
    later = runs_of([*values[:3], NOT_READ, *values[4:]], reach=9)
    assert later[12:] == runs_of([NOT_READ, *values[4:]], reach=9)[9:]  # cut off at the third row


def test_rows_of_a_run_over_its_limit_speak_from_the_first_one_on():
    limits = FlatLimits(np.array([8.0, 8.0]), np.array([2.0, 1.0]), 100)
    run = np.stack([[1, *range(1, 10), 1, 1, 2, 1], [*range(1, 9), *[1] * 6]], axis=1)
    nats = limits.evidence(run)
    assert (limits.too_long(run) == (nats > 0)).all()
    assert nats[:, 0].tolist() == [0, *[2.0] * 9, 0, 0, 0, 0]
    assert not nats[:, 1].any()  # eight rows are no more than the limit


def test_a_run_that_the_day_ends_in_may_go_on():
    limits = FlatLimits(np.array([20.0]), np.array([1.0]), 100)
    assert limits.evidence(np.array([1, 1, 2, 3, 4, 5, 6, 7])[:, None])[:, 0].tolist() == [0, *[1.0] * 7]
    assert not limits.evidence(np.array([1, 1, 2, 3, 4, 5, 6])[:, None]).any()
    assert limits.evidence(np.zeros((0, 1))).shape == (0, 1)


def test_what_says_more_counts_and_nothing_is_added_where_nothing_stands_still():
    pattern = np.array([-2.0, -2.0, 5.0, NOT_READ])
    assert or_flat(pattern, np.array([0.0, 1.0, 1.0, 0.0])) == pytest.approx([-2.0, 1.0, 5.0, NOT_READ], nan_ok=True)
