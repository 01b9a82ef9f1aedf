"""A sensor stuck within its usual range is told by how long it stands still, from its first row to its last."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.detector import Detector
from anomaly.series.limits.flat_limit import FEWEST_DAYS, with_flat_limits
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.night.anomalies import Rules, find_anomalies
from anomaly.series.night.score_job import score_day
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid
from sensors_data.settings import Family

SENSORS = ("level", "count", "sun")
DAY, DAYS, LEARNED = 96, 24, 21
STUCK = 40
"""Ten hours of quarters."""
TIMES = np.datetime64("2026-03-02", "us") + np.arange(DAYS * DAY) * np.timedelta64(900, "s")
SPEC = Family.model_validate({"inbox": "none", "step": timedelta(minutes=15), "sensors": {s: {} for s in SENSORS}})
NIGHTS = [date(2026, 3, 23) + timedelta(days=n) for n in range(3)]


def grid_of(values: np.ndarray, first: int = 0) -> Grid:
    observed = np.ones((len(values), len(SENSORS)), bool)
    return Grid(TIMES[first : first + len(values)], values, observed, SENSORS)


def span_of(values: np.ndarray) -> Span:
    return Span(grid_of(values), np.zeros(len(values), bool), len(values) * 3 // 4)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """A wandering level, a count in tenths, and what the sun gives: 0 in the night."""
    rng, hours = np.random.default_rng(0), np.arange(DAYS * DAY) / 4
    day = np.sin(2 * np.pi * (hours - 6) / 24)
    level = pd.Series(rng.normal(0, 2, len(hours))).ewm(alpha=0.05).mean().to_numpy() + rng.normal(0, 0.5, len(hours))
    count = np.round(5 + 2 * day + rng.normal(0, 0.4, len(hours)), 1)
    sun = np.where(day > 0, np.round(10 * day + rng.normal(0, 0.5, len(hours)), 2), 0.0)
    return np.column_stack([level, count, sun]).astype(np.float32)


@pytest.fixture(scope="module")
def detector(values) -> Detector:
    plan = TrainingPlan("yard", 900.0, date(2026, 3, 22), LSTMVAEDetectorConfig(recurrent=False), 0)
    return train_detector(plan, {"a": span_of(values[: LEARNED * DAY])}, None)[0]


def with_stuck(values: np.ndarray, sensor: str, first: int) -> np.ndarray:
    stuck, column = values.copy(), SENSORS.index(sensor)
    stuck[first : first + STUCK, column] = stuck[first, column]
    return stuck


def anomalies_in(detector: Detector, values: np.ndarray) -> pd.DataFrame:
    none = pd.DataFrame({"kind": [], "start": [], "end": [], "asset": []})
    nights = [score_day(detector, SPEC, {"a": grid_of(values)}, none, night, ["a"]) for night in NIGHTS]
    text = {"asset": str, "sensor": str, "top_sensor": str, "model": str}
    scores, sensors = (
        pd.concat([part.astype({c: t for c, t in text.items() if c in part}) for part in parts])
        for parts in zip(*nights, strict=True)
    )
    return find_anomalies(scores, sensors, Rules(), SPEC.step, "yard")


def test_a_sensor_may_stand_still_for_longer_than_on_any_normal_day(detector, values):
    level, count, sun = detector.card.flat_limits
    assert level == 6  # it never reads the same value twice, and a short gap is as good as measured
    rest = int((values[:DAY, 2] == 0).sum())
    assert rest < sun < 2 * rest
    assert 6 <= count < 40


@pytest.mark.parametrize("sensor", ["level", "count"])
@pytest.mark.parametrize("first", [LEARNED * DAY + 30, LEARNED * DAY + 74])  # by day, and over midnight
def test_a_sensor_stuck_for_ten_hours_is_told_as_flat_where_it_was(detector, values, sensor, first):
    (anomaly,) = anomalies_in(detector, with_stuck(values, sensor, first)).to_dict("records")
    assert anomaly["oddity"] == f"{sensor} flat"
    assert (anomaly["start"].tz_localize(None) - TIMES[first]) / SPEC.step == pytest.approx(0, abs=1)
    assert (anomaly["end"].tz_localize(None) - TIMES[first + STUCK]) / SPEC.step == pytest.approx(0, abs=2)


def test_nothing_is_told_of_normal_nights(detector, values):
    assert anomalies_in(detector, values).empty


def test_without_limits_it_is_not_told(detector, values):
    plain = replace(detector, card=detector.card.model_copy(update={"flat_limits": ()}))
    assert anomalies_in(plain, with_stuck(values, "level", LEARNED * DAY + 30)).empty


def test_a_score_does_not_depend_on_how_much_was_seen_before(detector, values):
    stuck = with_stuck(values, "level", LEARNED * DAY - 90)
    whole = detector.score(grid_of(stuck), "a").last(DAY).score
    first = len(stuck) - DAY - detector.context_rows
    np.testing.assert_array_equal(detector.score(grid_of(stuck[first:], first), "a").last(DAY).score, whole)


def test_a_few_days_do_not_say_how_long_a_sensor_rests(detector, values):
    spans = {"a": span_of(values[: (FEWEST_DAYS - 1) * DAY])}
    assert with_flat_limits(detector, spans).card.flat_limits == ()
    assert len(with_flat_limits(detector, {"a": span_of(values[: FEWEST_DAYS * DAY])}).card.flat_limits) == 3


def test_a_sensor_that_always_rests_is_never_told(detector, values):
    still = values.copy()
    still[:, 1] = 4
    limit = with_flat_limits(detector, {"a": span_of(still[: LEARNED * DAY])}).card.flat_limits[1]
    assert limit > detector.context_rows + 1
