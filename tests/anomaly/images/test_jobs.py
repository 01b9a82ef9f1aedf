from datetime import date, timedelta

import numpy as np
import pytest

from anomaly.images.files import load_for
from anomaly.images.image_scores import score_images as scores_of
from anomaly.images.jobs import checkpoint_of, score_images, train_images
from anomaly.images.stored_maps import stored_maps
from sensors_data.camera import Camera
from sensors_data.camera_job import ingest_images
from sensors_data.images.files import encode_png
from sensors_data.images.table import pixels_of
from sensors_data.places import heat_map_path
from sensors_data.settings import Settings
from sensors_data.simulation.camera import write_camera
from sensors_data.store import Store

GRADIENTS = {"features": {"kind": "gradients"}, "folds": 1}
"""Stated, so that training compares no kinds."""
FIRST, DAYS = date(2026, 3, 2), 6
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("camera")
    write_camera(folder / "inbox", 0, FIRST, DAYS, parts=25)
    camera = Camera(inbox=str(folder / "inbox"), detector={**GRADIENTS, "steps": 150, "false_alarm_rate": 0.02})
    made = Settings(store=str(folder / "store"), cameras={"press": camera})
    for number in range(DAYS):
        ingest_images(made, FIRST + timedelta(days=number), "press")
    train_images(made, LAST, "press")
    return made


def test_a_day_is_scored_and_every_defect_found(settings):
    line = score_images(settings, LAST, "press")
    store = Store(settings.store)
    scores = store.read("image_scores", camera="press", day=LAST)
    images = store.read("images", camera="press", day=LAST)
    odd = images["label"].to_numpy() == "defect"
    assert scores.loc[odd, "is_anomaly"].all()
    assert scores.loc[~odd, "is_anomaly"].mean() < 0.15
    assert (scores["p_value"] < 0.1)[odd].all()
    assert f"scored press {LAST}: 29 images" in line


def test_an_anomaly_has_a_heat_map_and_a_good_part_has_none(settings):
    score_images(settings, LAST, "press")
    store = Store(settings.store)
    scores = store.read("image_scores", camera="press", day=LAST)
    for row in scores.to_dict("records"):
        assert store.exists(heat_map_path("press", LAST, row["image_id"])) == row["is_anomaly"]


def test_a_night_keeps_its_worst_maps_its_self_test_and_what_the_camera_looks_like(settings):
    score_images(settings, LAST, "press")
    store = Store(settings.store)
    scores = store.read("image_scores", camera="press", day=LAST).sort_values("score", ascending=False)
    detector, kept = load_for(store, "press", LAST), stored_maps(store, "press", LAST)
    images = store.read("images", camera="press", day=LAST)
    worst = scores["image_id"].iloc[0]
    again = scores_of(detector, pixels_of(images[images["image_id"] == worst], settings.camera("press"))).maps[0]
    assert kept.model == detector.name
    assert np.allclose(kept.of([worst])[0], again, rtol=2e-3, atol=2e-3)
    assert kept.of(["nowhere.png"]) is None
    tests = store.read("image_self_tests", camera="press", day=LAST)
    assert len(tests) >= 25
    assert not set(tests["good"]) & set(scores.loc[scores["is_anomaly"], "image_id"])
    assert ((tests["score"] > tests["threshold"]) == tests["found"]).all()
    drift = store.read("camera_drift", camera="press", day=LAST)
    assert drift["look"].tolist() == ["across", "contrast", "down", "focus", "light"]
    assert (drift["images"] == 29).all()


def test_the_same_day_scored_twice_gives_the_same_bytes(settings):
    store = Store(settings.store)
    path = store.path("image_scores", camera="press", day=LAST)
    score_images(settings, LAST, "press")
    before = store.read_bytes(path)
    score_images(settings, LAST, "press")
    assert store.read_bytes(path) == before


def test_defects_are_not_learned_from(settings):
    card = load_for(Store(settings.store), "press", LAST).card
    assert card.images == 25 * (DAYS - 1)
    assert card.accepted
    assert card.source_size == "28x28"


def test_what_was_cut_short_is_among_the_rejects(settings):
    rejects = Store(settings.store).read("image_rejects", camera="press", day=LAST)
    assert len(rejects) == 1
    assert "not a whole picture" in rejects["reason"].iloc[0]


def test_a_day_before_any_model_says_what_to_run(settings):
    with pytest.raises(LookupError, match="run: nightscore train-images --camera press"):
        score_images(settings, FIRST, "press")


def test_a_camera_without_images_says_what_to_run(settings):
    with pytest.raises(LookupError, match="run: nightscore ingest-images --camera press"):
        train_images(settings, FIRST, "press")


def test_a_camera_that_sends_another_size_is_named(settings, tmp_path):
    day = LAST + timedelta(days=1)
    x = np.random.default_rng(0).integers(0, 256, (1, 50, 60), dtype=np.uint8)
    (tmp_path / str(day)).mkdir()
    (tmp_path / str(day) / "a.png").write_bytes(encode_png(x))
    camera = settings.camera("press").model_copy(update={"inbox": str(tmp_path)})
    moved = settings.model_copy(update={"cameras": {"press": camera}})
    ingest_images(moved, day, "press")
    with pytest.raises(ValueError, match=f"sent 60x50 pixels on {day}"):
        score_images(moved, day, "press")


def test_after_a_change_of_size_only_images_of_the_new_one_are_learned_from(settings, tmp_path):
    day = LAST + timedelta(days=1)
    camera = settings.camera("press").model_copy(update={"inbox": str(tmp_path)})
    moved = settings.model_copy(update={"cameras": {"press": camera}})

    def send(count):
        (tmp_path / str(day)).mkdir(exist_ok=True)
        for n in range(count):
            x = np.random.default_rng(n).integers(0, 256, (1, 50, 60), dtype=np.uint8)
            (tmp_path / str(day) / f"{n}.png").write_bytes(encode_png(x))
        ingest_images(moved, day, "press")

    send(3)
    told = r"press has 3 normal images to learn from; .* 60x50 pixels since .*, of another size before"
    with pytest.raises(ValueError, match=told):
        train_images(moved, day + timedelta(days=1), "press")
    send(30)
    line = train_images(moved, day + timedelta(days=1), "press")
    assert "30 normal images" in line
    assert "older images of another size left out" in line


def test_a_killed_training_does_not_go_on_over_other_images(settings):
    store = Store(settings.store)
    images = np.random.default_rng(0).integers(0, 256, (40, 1, 28, 28), dtype=np.uint8)
    keys = {
        checkpoint_of(store, settings, LAST, "press", *parts).key
        for parts in ((images, images[:0]), (images[1:], images[:0]), (images, images[:5]))
    }
    other_seed = settings.model_copy(update={"seed": settings.seed + 1})
    keys.add(checkpoint_of(store, other_seed, LAST, "press", images, images[:0]).key)
    assert len(keys) == 4


def test_a_day_of_black_images_leaves_its_rejects(settings, tmp_path):
    day = LAST + timedelta(days=9)
    (tmp_path / str(day)).mkdir()
    for n in range(2):
        (tmp_path / str(day) / f"{n}.png").write_bytes(encode_png(np.zeros((1, 28, 28), np.uint8)))
    camera = settings.camera("press").model_copy(update={"inbox": str(tmp_path)})
    dark = settings.model_copy(update={"cameras": {"press": camera}})
    with pytest.raises(LookupError, match="2 files were refused, first: every pixel is nearly the same"):
        ingest_images(dark, day, "press")
    assert len(Store(settings.store).read("image_rejects", camera="press", day=day)) == 2


def test_a_wrong_key_in_the_detector_section_is_named(settings):
    camera = settings.camera("press").model_copy(update={"detector": {"setps": 3}})
    wrong = settings.model_copy(update={"cameras": {"press": camera}})
    with pytest.raises(ValueError, match=r"cameras\.press\.detector.*setps"):
        train_images(wrong, LAST, "press")
