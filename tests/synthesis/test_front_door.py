"""Synthesis from Python: the same bits as the night, drawn images and their verdict."""

import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest

import synthesis
from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.generator_files import load_for
from synthesis.jobs import draw_images, judge_images, train_dcgan

CONFIG = {
    "images": 1000,
    "snapshots": 2,
    "classifier_images": 1500,
    "count": 256,
    "training": {"batch": 32},
    "watch": {"diversity": 0.0, "entropy_share": 0.0},
}


@pytest.fixture(scope="module")
def scans(digits) -> tuple[np.ndarray, np.ndarray]:
    """600 digits (N, H, W) and their classes."""
    return digits[0][:600, 0], digits[1][:600].astype(str)


@pytest.fixture(scope="module")
def fitted(scans, day) -> synthesis.FittedGenerator:
    ids = [f"{n:05d}" for n in range(len(scans[0]))]
    return synthesis.fit(*scans, CONFIG, name="eye", through=day - timedelta(days=1), image_ids=ids)


def test_the_front_door_gives_the_generator_images_and_verdict_of_the_nights_jobs(
    fitted, scans, day, keep_images, tmp_path
):
    spec = Camera(inbox=str(tmp_path), size=28, channels=1, generator={**CONFIG, "learns_from": "all"})
    settings = Settings(store=str(tmp_path), cameras={"eye": spec})
    store = Store(settings.store)
    keep_images(store, "eye", day - timedelta(days=1), scans[0][:, None], scans[1])
    train_dcgan(settings, day, "eye")
    night = load_for(store, "eye", day)
    assert fitted.generator.fingerprint == night.fingerprint
    assert fitted.generator.card.model_copy(update={"settings": night.card.settings}) == night.card
    draw_images(settings, day, "eye")
    judge_images(settings, day, "eye")
    seed = int(store.read("drawn_images", camera="eye", day=day)["seed"].iloc[0])
    measures = fitted.judge(synthesis.draw(fitted.generator, 256, seed)).set_index("measure")
    stored = store.read("quality", camera="eye", day=day).set_index("measure")
    assert measures["value"].to_dict() == stored["value"].to_dict()
    assert measures["passed"].to_dict() == stored["passed"].to_dict()


def test_a_saved_generator_draws_the_same_images_and_the_class_asked_for(fitted, tmp_path):
    fitted.save(tmp_path / "digits.safetensors")
    loaded = synthesis.load(tmp_path / "digits.safetensors")
    threes = synthesis.draw(loaded, 10, seed=7, label="3")
    assert threes.shape == (10, 28, 28)
    assert np.array_equal(threes, synthesis.draw(fitted.generator, 10, seed=7, label="3"))
    assert np.array_equal(synthesis.draw(loaded, 4, seed=7, label="3"), threes[:4])


def test_a_sheet_shows_images_in_rows(scans):
    sheet = synthesis.plot_sheet(scans[0][:10], columns=4)
    assert sheet.size == (4 * 30 - 2, 3 * 30 - 2)
    assert sheet.getpixel((0, 0)) == scans[0][0, 0, 0]
    colour = synthesis.plot_sheet(np.full((2, 8, 8, 3), (9, 99, 199), np.uint8))
    assert colour.getpixel((3, 3)) == (9, 99, 199)


def test_what_cannot_be_learned_from_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(UnusableError, match="images of 40x30 pixels are not square; crop or pad them first"):
        synthesis.fit(np.zeros((100, 30, 40), np.uint8))
    with pytest.raises(ValueError, match="only 1 of 100 images of images differ"):
        synthesis.fit(np.zeros((100, 28, 28), np.uint8))
    with pytest.raises(NotThereError, match="there is no file"):
        synthesis.load(tmp_path / "none.safetensors")


def test_importing_synthesis_is_light_and_names_what_it_has():
    code = "import sys, synthesis; assert 'torch' not in sys.modules; synthesis.nothing"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "module 'synthesis' has no name 'nothing'; it has PRESETS, FittedGenerator" in run.stderr
    assert all(hasattr(synthesis, name) for name in synthesis.__all__)
