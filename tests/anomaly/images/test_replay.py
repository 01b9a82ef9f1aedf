from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.images.limits import predictive_threshold
from anomaly.images.replay import replay_images
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import encode_png
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings, settings_in
from sensors_data.store import Store
from sensors_data.verdicts import PictureVerdict, keep_picture_verdict

FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=n) for n in range(3)]
LIMIT = 4.0
NORMAL = np.random.default_rng(0).exponential(1, 120).clip(0, 3.9)
"""Scores of 40 good parts a day, all under the limit."""
PNG = encode_png(np.zeros((1, 16, 16), np.uint8))


@pytest.fixture
def press(tmp_path) -> Settings:
    """Three nights of a camera: 40 good parts each, on the last one also two reflections and a crack over the limit,
    and a labelled dent; the first night is scored by an earlier model.
    """
    text = 'store = "store"\n[cameras.press]\ninbox = "inbox"\nsize = 16\ndetector = { false_alarm_rate = 0.05 }\n'
    settings = settings_in(text, tmp_path / "settings.toml", "settings.toml")
    for number, day in enumerate(DAYS):
        scores = {f"{n}.png": score for n, score in enumerate(NORMAL[number * 40 : number * 40 + 40])}
        if day == DAYS[-1]:
            scores |= {"shine.png": 4.5, "glare.png": 5.0, "crack.png": 9.0, "dent.png": 3.0}
        store(settings, day, scores, "press@2026-03-01" if number else "press@2026-02-01")
    return settings


def store(settings: Settings, day: date, scores: dict[str, float], model: str) -> None:
    time = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = pd.DataFrame({"image_id": [f"{day}/{name}" for name in scores], "time": time, "score": scores.values()})
    rows = rows.assign(threshold=LIMIT, p_value=0.5, is_anomaly=rows["score"] > LIMIT, model=model)
    images = rows[["image_id", "time"]].assign(asset="", png=PNG)
    images["label"] = ["dent" if "dent" in name else "good" for name in images["image_id"]]
    source, place = Provenance(job="test"), {"camera": "press", "day": day}
    Store(settings.store).write("image_scores", rows, source, **place)
    Store(settings.store).write("images", images, source, **place)


def say(settings: Settings, name: str, kind: str) -> None:
    verdict = PictureVerdict(camera="press", day=DAYS[-1], image=f"{DAYS[-1]}/{name}", kind=kind)
    keep_picture_verdict(Store(settings.store), verdict)


def test_dismissed_pictures_raise_the_limit_and_confirmed_ones_do_not(press):
    plain = replay_images(press, "press", FIRST, DAYS[-1])
    assert plain.after.value == predictive_threshold(NORMAL[40:], 0.05).value
    assert (plain.normal, plain.unjudged, plain.days) == (80, 3, tuple(DAYS[1:]))
    say(press, "shine.png", "dismissed")
    say(press, "glare.png", "dismissed")
    say(press, "crack.png", "confirmed")
    outcome = replay_images(press, "press", FIRST, DAYS[-1])
    assert outcome.after.value == predictive_threshold(np.append(NORMAL[40:], [4.5, 5.0]), 0.05).value
    assert outcome.after.value > plain.after.value
    assert (outcome.normal, outcome.unjudged) == (82, 0)
    kept = outcome.pictures[outcome.pictures["change"] == "kept"]
    assert kept["image_id"].iloc[0] == f"{DAYS[-1]}/crack.png"
    assert kept["verdict"].iloc[0] == "confirmed"
    assert "press 2026-03-03 to 2026-03-04, press@2026-03-01: limit 4.0 to" in str(outcome)


def test_another_rate_is_tried(press):
    rare = replay_images(press, "press", FIRST, DAYS[-1], 0.001)
    often = replay_images(press, "press", FIRST, DAYS[-1], 0.2)
    assert rare.after.value > LIMIT > often.after.value
    assert rare.counts["gone"] > 0
    assert often.counts["new"] == ((NORMAL[40:] > often.after.value).sum() + (often.after.value < 3.0))


def test_what_cannot_be_replayed_is_refused_with_what_is_missing(press):
    with pytest.raises(UnusableError, match=r"40 normal pictures .* at least 50 are needed: name more nights"):
        replay_images(press, "press", DAYS[-1], DAYS[-1])
    with pytest.raises(UnusableError, match="lies before the first"):
        replay_images(press, "press", DAYS[-1], FIRST)
    with pytest.raises(NotThereError, match="run: nightscore score-images"):
        replay_images(press, "press", FIRST - timedelta(days=9), FIRST - timedelta(days=8))
