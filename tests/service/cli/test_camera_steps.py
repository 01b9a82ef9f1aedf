from dataclasses import replace
from datetime import date, timedelta

import pytest

from anomaly.images.detector import ImageDetectorConfig
from sensors_data.camera import Camera
from sensors_data.images.understanding.discover import CameraDiscovery
from service.cli.camera_steps import USUAL_SPAN, next_steps, span_to_learn

FIRST = date(2026, 3, 1)


def discovered(count, each, every=1):
    days = [FIRST + timedelta(days=every * n) for n in range(count)]
    learnable = dict.fromkeys(days, each)
    return CameraDiscovery("eye", Camera(inbox="eye"), {}, 1, {}, {}, 0, days, [], [], learnable)


@pytest.mark.parametrize(("count", "each", "named"), [(32, 1, 28), (20, 2, 16), (5, 40, 1), (3, 1, 3)])
def test_as_many_days_are_named_as_a_detector_needs(count, each, named):
    lines = next_steps(discovered(count, each), "settings.toml")
    assert sum("ingest-images" in line for line in lines) == named
    assert lines[-1].endswith(f"train-images --camera eye --day {FIRST + timedelta(days=count)}")


def test_a_day_with_a_defect_is_among_them():
    lines = next_steps(replace(discovered(5, 40), defects={FIRST + timedelta(days=1): 3}), "settings.toml")
    assert sum("ingest-images" in line for line in lines) == 4
    assert lines[-1] == "  nightscore evaluate-images --camera eye"


def test_rare_pictures_lengthen_the_span_that_is_learned():
    assert span_to_learn(discovered(20, 1, every=7)) == 50
    assert span_to_learn(discovered(20, 1)) == USUAL_SPAN == ImageDetectorConfig().days


def test_unclear_days_are_to_be_stated_first():
    unclear = replace(discovered(0, 0), learnable={FIRST: 40})
    assert span_to_learn(unclear) == USUAL_SPAN
    lines = next_steps(replace(unclear, unclear_day='day_pattern = "%d-%m-%Y"  # why'), "settings.toml")
    assert lines[0] == '  state day_pattern = "%d-%m-%Y" below [cameras.eye] of settings.toml, or the other order'
