"""Past rows under another limit of single rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from anomaly.series.detector import Detector
from anomaly.series.row_replay import with_row_limits

TIMES = pd.date_range("2026-03-01", periods=4, freq="30min", tz="UTC")


@pytest.fixture(scope="module")
def detector(sine_detector) -> Detector:
    return sine_detector


def limited(detector: Detector, row_limit: float | None, threshold: float) -> Detector:
    update = {"row_limit": row_limit, "threshold": detector.threshold.model_copy(update={"value": threshold})}
    return replace(detector, card=detector.card.model_copy(update=update))


def scores_under(detector: Detector, before: float | None, after: float | None) -> list[float]:
    """What rows 1, 6, 12 and 20 standard deviations off score under another limit of rows; windows give 0.5 and 9."""
    scatter = detector.evidence.scatter(TIMES.tz_localize(None).to_numpy(dtype="datetime64[us]"))[:, 0]
    apart = np.array([1.0, 6.0, 12.0, 20.0]) * scatter * detector.scale_of("a").spread[0]
    sensors = pd.DataFrame({"time": TIMES, "asset": "a", "sensor": "flow", "value": apart, "expected": 0.0})
    windows = np.array([0.5, 0.5, 0.5, 9.0])
    by_row = np.array([0, 6, 12, 20]) / (before or np.inf)
    scores = pd.DataFrame({"time": TIMES, "asset": "a", "model": "m", "threshold": 2.0})
    scores["score"] = np.where(by_row > 1, np.maximum(windows, 2.0 * by_row), windows)
    old, new = limited(detector, before, 2.0), limited(detector, after, 3.0)
    moved = with_row_limits(scores, sensors.assign(observed=True), {"m": old}, {"m": new})
    return moved["score"].tolist()


def test_rows_that_their_deviation_lifted_score_by_the_new_limit(detector):
    assert scores_under(detector, 10.0, 5.0) == pytest.approx([0.5, 3 * 6 / 5, 3 * 12 / 5, 9.0])


def test_a_higher_limit_lets_rows_go_and_leaves_what_windows_say(detector):
    assert scores_under(detector, 5.0, 24.0) == pytest.approx([0.5, 3 * 6 / 24, 3 * 12 / 24, 9.0])


def test_a_model_without_a_limit_of_rows_is_judged_by_windows(detector):
    assert scores_under(detector, None, None) == [0.5, 0.5, 0.5, 9.0]


def test_a_sensor_that_stood_still_scores_by_the_new_limit_too(detector):
    sensors = pd.DataFrame({"time": TIMES, "asset": "a", "sensor": "flow", "value": 0.0, "expected": 0.0})
    scores = pd.DataFrame({"time": TIMES, "asset": "a", "model": "m", "threshold": 2.0, "score": [0.5, 0.5, 3.0, 4.0]})
    old, shorter, longer = (
        replace(limited(detector, None, 2.0), card=limited(detector, None, 2.0).card.model_copy(update=update))
        for update in ({"flat_limits": (2.0,)}, {"flat_limits": (1.0,)}, {"flat_limits": (8.0,)})
    )
    for new, wanted in ((shorter, [0.5, 4.0, 6.0, 8.0]), (longer, [0.5, 0.5, 0.75, 1.0])):
        moved = with_row_limits(scores, sensors.assign(observed=True), {"m": old}, {"m": new})
        assert moved["score"].tolist() == pytest.approx(wanted)
