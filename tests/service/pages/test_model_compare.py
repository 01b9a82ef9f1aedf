"""Two models side by side: what a family's and a camera's cards say, and which lines differ."""

from dataclasses import replace
from datetime import date, timedelta

from anomaly.images import files as image_files
from anomaly.images.jobs import score_images, train_images
from anomaly.series import files as series_files
from sensors_data.camera_job import ingest_images
from sensors_data.model_files import ModelCatalogue
from sensors_data.settings import load
from sensors_data.simulation.camera import camera_settings, write_camera
from sensors_data.store import Store
from service.pages.model_compare import NAMES, compared
from service.views.state import new_service

FIRST, DAYS = date(2026, 3, 2), 4


def lines(settings, kind, name):
    """Each line by its head: whether it differs, and what the older and the newer model say."""
    rows = compared(new_service(settings), {"kind": kind, "name": name})["rows"]
    return {head: (differs, *told) for head, differs, told in rows}


def test_of_many_sensors_those_that_the_other_model_has_not_are_named_first(copied):
    store = Store(copied.store)
    models = ModelCatalogue(store).models("series", "oven")[-2:]
    usual = tuple(f"heat-{n}" for n in range(20))
    for model, modelled in zip(models, (usual, (*usual, "draught")), strict=True):
        detector = series_files.read_detector(store, model)
        card = detector.card.model_copy(update={"sensors": (*usual, "draught"), "modelled": modelled})
        store.write_bytes(model.path, series_files.to_bytes(replace(detector, card=card)))
    told = lines(copied, "series", "oven")
    more = len(usual) - NAMES
    assert told["sensors in"][:2] == (True, f"20: {', '.join(usual[:NAMES])} and {more} more")
    assert told["sensors in"][2] == f"21: draught, {', '.join(usual[: NAMES - 1])} and {more + 1} more"
    assert told["sensors out"] == (True, "1: draught", "none")
    assert told["detector"][1].endswith("windows 32")


def test_a_cameras_models_tell_images_limit_and_power(tmp_path):
    write_camera(tmp_path / "inbox/press", 0, FIRST, DAYS, parts=15)
    text = f'store = "store"\n{camera_settings()}detector = {{ steps = 60, folds = 1 }}\n'
    (tmp_path / "settings.toml").write_text(text)
    settings = load(tmp_path / "settings.toml")
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    for day in days:
        ingest_images(settings, day, "press")
    train_images(settings, days[-1], "press")
    score_images(settings, days[-1], "press")
    store = Store(settings.store)
    detector = image_files.load_for(store, "press", days[-1])
    earlier = detector.card.model_copy(update={"trained_through": days[0], "images": 3, "false_alarms": None})
    image_files.save(store, replace(detector, card=earlier))
    told, held_out = lines(settings, "images", "press"), detector.card.held_out
    assert told["state"] == (True, "accepted", "serves")
    assert told["normal images"] == (True, f"3, {held_out} held out", f"{detector.card.images}, {held_out} held out")
    assert told["budget"] == (False, *["1 % of normal images"] * 2)
    assert told["threshold"][0] is False
    assert told["false alarms"][1] == "not stated"
    assert told["power"][1] == "no self-test under it in the last 90 nights"
