"""A calendar's days are read as Sundays where held-out ones show it, and change nothing where they do not."""

from datetime import date, timedelta

import numpy as np
import pytest

from anomaly.series.files import from_bytes, to_bytes
from anomaly.series.holidays import NONE
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.profile import find_rhythm, fit_profile, measured, sorts_of_day
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.holiday_search import find_holidays, with_holidays
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid

STEP_S, DAY_ROWS, DAYS = 1800.0, 48, 56
FIRST = date(2026, 3, 2)  # a Monday
SATURDAY = FIRST + timedelta(days=12)
HOLIDAYS = tuple(FIRST + timedelta(days=n) for n in (4, 11, 21, 31, 59))
"""Four weekdays of the span, and one after it."""
PLAN = TrainingPlan("pump", STEP_S, FIRST + timedelta(days=DAYS), LSTMVAEDetectorConfig(recurrent=False), 0)


def span(resting=HOLIDAYS, seed=0, abnormal=()):
    """A load on workdays that falls to .2 of it at weekends and on days at rest, noise of .2."""
    rows = np.arange(DAYS * DAY_ROWS)
    at_rest = ((rows // DAY_ROWS) % 7 >= 5) | np.isin(rows // DAY_ROWS, [(day - FIRST).days for day in resting])
    load = np.where(at_rest, 0.2, 1.0) * (2 + np.sin(2 * np.pi * rows / DAY_ROWS))
    values = load + np.random.default_rng(seed).normal(0, 0.2, len(rows))
    times = np.datetime64(FIRST, "us") + rows * np.timedelta64(1800, "s")
    grid = Grid(times, values[:, None].astype(np.float32), np.ones((len(rows), 1), bool), ("load",))
    is_abnormal = np.isin(rows // DAY_ROWS, [(day - FIRST).days for day in abnormal])
    return {"a": Span(grid, is_abnormal, round(len(rows) * 0.75))}


def holidays_of(spans, calendar=HOLIDAYS):
    return find_holidays(spans, find_rhythm(spans, STEP_S), calendar, STEP_S)


def test_days_at_rest_are_read_as_sundays_and_the_card_says_by_how_much():
    holidays = holidays_of(span())
    assert holidays.days == HOLIDAYS
    assert holidays.tested == 4
    assert 0.4 < holidays.at_least < holidays.gain < 0.9
    assert str(holidays) == (
        f"5 days of the calendar are read as Sundays: 4 held-out ones deviate {holidays.gain:.0%} less, "
        f"at least {holidays.at_least:.0%}"
    )


@pytest.mark.parametrize(
    ("spans", "calendar"),
    [
        (span(resting=()), HOLIDAYS),  # people work on them
        (span(resting=HOLIDAYS[:2]), HOLIDAYS),  # on every second one
        (span(), HOLIDAYS[:2]),
        (span(), (*HOLIDAYS[:2], SATURDAY)),  # reading it as a Sunday changes nothing
        (span(abnormal=HOLIDAYS[:2]), HOLIDAYS),  # two are left that were normal
        (span(), ()),
    ],
)
def test_a_calendar_changes_nothing_where_it_does_not_surely_pay(spans, calendar):
    assert holidays_of(spans, calendar) == NONE


def test_without_a_rhythm_of_the_week_there_are_no_sundays():
    assert find_holidays(span(), None, HOLIDAYS, STEP_S) == NONE


def test_a_holiday_after_the_span_is_expected_like_a_sunday_and_the_days_beside_it_as_before():
    spans = span()
    rhythm = find_rhythm(spans, STEP_S)
    read = with_holidays(rhythm, holidays_of(spans))
    profile = fit_profile(*measured(spans), read, STEP_S)

    def load(day):
        start = np.datetime64(day, "us")
        return profile.at(start + np.arange(DAY_ROWS) * np.timedelta64(1800, "s"), "a")[0, :, 0]

    holiday = HOLIDAYS[-1]
    np.testing.assert_array_equal(load(holiday), load(FIRST + timedelta(days=62)))  # a Sunday
    for day in (holiday - timedelta(days=1), holiday + timedelta(days=1)):
        assert (load(day) - load(holiday)).mean() == pytest.approx(0.8 * 2, abs=0.15)
    assert sorts_of_day(np.array(HOLIDAYS, "datetime64[D]"), "week", HOLIDAYS).tolist() == [6] * 5


def test_the_detector_has_its_holidays_in_its_file_and_too_few_leave_every_byte_as_it_was():
    spans = span()
    plain = to_bytes(train_detector(PLAN, spans, None)[0])
    few = TrainingPlan(PLAN.family, STEP_S, PLAN.through, PLAN.config, 0, calendar=HOLIDAYS[:2])
    assert to_bytes(train_detector(few, spans, None)[0]) == plain
    every = TrainingPlan(PLAN.family, STEP_S, PLAN.through, PLAN.config, 0, calendar=HOLIDAYS)
    data = to_bytes(train_detector(every, spans, None)[0])
    detector = from_bytes(data, "here")
    assert detector.profile.rest == detector.card.holidays.days == HOLIDAYS
    assert to_bytes(detector) == data
    assert b"holidays" not in plain
