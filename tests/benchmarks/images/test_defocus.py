"""A camera that defocuses, in four nights instead of thirty, by a small detector."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.learning import ImageTraining, learn_image_detector
from benchmarks.images.defocus import DRIFTED, FELL, Line, Night, first_night, halved, nights, picture
from sensors_data.images.arrays import resize
from sensors_data.store import Store

SHARP = Night(1, 0.0, 0.8, 0.0, 0.9, 0.6, 0.1, 0.2, power_fell=False, drifted=False)


def test_a_defocused_camera_is_told_by_its_focus_while_sharp_nights_are_silent(tmp_path):
    digits = load_digits()
    zeros = resize(np.rint(digits.images[digits.target == 0] * (255 / 16)).astype(np.uint8)[:, None], 28)
    ones = resize(np.rint(digits.images[digits.target == 1] * (255 / 16)).astype(np.uint8)[:, None], 28)
    config = ImageDetectorConfig(steps=60, folds=1, widths=(64,), latent=8, draws=2)
    detector, _ = learn_image_detector(ImageTraining("benchmark", zeros[:120], date(2000, 1, 1), config, 0))
    store = Store(str(tmp_path))
    rows = list(nights(detector, Line(zeros[120:], ones[:10], 20), np.array([0, 0, 2.0, 4.0]), store, 0))
    assert [row.blur for row in rows] == [0, 0, 2, 4]
    assert [row.drifted for row in rows] == [False, False, True, True]
    assert rows[0].focus < 1 < rows[2].focus < rows[3].focus
    assert rows[0].recall > 0.8
    assert len(store.days("image_self_tests", camera="benchmark")) == 4


def test_the_first_night_of_an_alert_and_of_half_the_recall_are_counted_from_one():
    rows = [SHARP, replace(SHARP, night=2, recall=0.5), replace(SHARP, night=3, recall=0.4, power_fell=True)]
    assert first_night(rows, "power_fell") == 3
    assert first_night(rows, "drifted") is None
    assert halved(rows) == 3
    assert halved(rows[:2]) is None
    assert picture(rows)[:4] == b"\x89PNG"


@pytest.mark.parametrize(("alert", "limit"), [("CameraPowerFell", FELL), ("CameraDrift", DRIFTED)])
def test_the_limits_are_those_of_the_alerts(alert, limit):
    text = (Path(__file__).parents[3] / "deploy" / "alerts.yml").read_text()
    rule = text.split(f"alert: {alert}")[1].split("labels:")[0]
    assert f" {limit:g}" in rule
