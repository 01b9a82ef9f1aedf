"""Images from Python: the same bits as the night, and what people see."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from anomaly.images.files import load_for, to_bytes
from anomaly.images.front_door import fit_images, load_images
from anomaly.images.jobs import score_images, train_images
from sensors_data.camera import Camera
from sensors_data.camera_job import ingest_images
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.images.table import pixels_of
from sensors_data.settings import Settings
from sensors_data.store import Store

DAY = date(2026, 3, 10)
CONFIG = {"steps": 60, "folds": 1, "false_alarm_rate": 0.05}
DIGITS = load_digits()
IMAGES = resize(np.rint(DIGITS.images * (255 / 16)).astype(np.uint8)[:, None], 28)
ZEROS, EIGHTS = IMAGES[DIGITS.target == 0][:, 0], IMAGES[DIGITS.target == 8][:, 0]  # (N, H, W)


@pytest.fixture(scope="module")
def fitted():
    return fit_images(ZEROS[:120], CONFIG, name="press", through=DAY - timedelta(days=1))


def test_the_front_door_gives_the_same_detector_and_scores_as_the_nights_jobs(fitted, tmp_path):
    for number, image in enumerate(ZEROS[:120]):
        path = tmp_path / "inbox" / str(DAY - timedelta(days=1)) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_png(image[None]))
    for number, image in enumerate(EIGHTS[:5]):
        path = tmp_path / "inbox" / str(DAY) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_png(image[None]))
    spec = Camera(inbox=str(tmp_path / "inbox"), size=28, channels=1, detector=CONFIG)
    settings = Settings(store=str(tmp_path / "store"), cameras={"press": spec})
    store = Store(settings.store)
    for day in (DAY - timedelta(days=1), DAY):
        ingest_images(settings, day, "press")
    train_images(settings, DAY, "press")
    night = load_for(store, "press", DAY)
    same_card = fitted.card.model_copy(
        update={"settings": night.card.settings, "source_size": night.card.source_size, "inputs": night.card.inputs}
    )
    assert night.card == same_card
    same = replace(fitted.detector, card=night.card)
    assert to_bytes(same) == to_bytes(night)
    score_images(settings, DAY, "press")
    rows = store.read("image_scores", camera="press", day=DAY)
    stored = pixels_of(store.read("images", camera="press", day=DAY), spec)
    assert fitted.score(stored)["score"].tolist() == rows["score"].tolist()


def test_another_digit_scores_higher_and_the_parts_stand_beside_the_score(fitted):
    normal, other = fitted.score(ZEROS[120:]), fitted.score(EIGHTS, [f"eight-{n}" for n in range(len(EIGHTS))])
    truth = np.repeat([0, 1], [len(normal), len(other)])
    assert roc_auc_score(truth, np.concatenate([normal["score"], other["score"]])) > 0.95
    assert list(other.columns[:4]) == ["image_id", "score", "threshold", "p_value"]
    assert list(other.columns[-4:]) == ["reconstruction", "divergence", "distance", "neighbours"]
    assert other["image_id"].iloc[1] == "eight-1"
    assert (other["is_anomaly"] == (other["score"] > fitted.threshold.value)).all()


def test_heat_maps_and_overlays_are_as_large_as_the_images(fitted):
    assert fitted.heat_maps(EIGHTS[:3]).shape == (3, 28, 28)
    assert fitted.overlays(EIGHTS[:3]).shape == (3, 28, 28, 3)
    assert fitted.overlays(EIGHTS[:0]).shape == (0, 28, 28, 3)


def test_a_saved_detector_scores_as_before(fitted, tmp_path):
    fitted.save(tmp_path / "press.safetensors")
    loaded = load_images(tmp_path / "press.safetensors")
    assert loaded.card == fitted.card
    assert loaded.score(EIGHTS[:4]).equals(fitted.score(EIGHTS[:4]))


def test_what_is_no_image_or_no_file_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(UnusableError, match="images are of type float64; give grey levels from 0 to 255 as uint8"):
        fit_images(ZEROS / 255)
    with pytest.raises(UnusableError, match=r"images are of shape \(28, 28\)"):
        fit_images(ZEROS[0])
    with pytest.raises(NotThereError, match=r"there is no file .* save a detector there"):
        load_images(tmp_path / "none.safetensors")
