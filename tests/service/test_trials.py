"""Augmentation of a camera without classes: its image VAE learns with drawn images and without them."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.camera import Camera
from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.trials import try_augmentation, vae_trial
from synthesis.generator_files import GeneratorCard, TrainedGenerator, save
from synthesis.networks.dcgan import Generator
from synthesis.presets.catalogue import preset
from synthesis.quality.usefulness import Labelled

SEEN, DAY = date(2026, 3, 9), date(2026, 3, 10)
DETECTOR = {"steps": 60, "folds": 1, "widths": [64], "latent": 8, "draws": 2}


@pytest.fixture(scope="module")
def scans() -> np.ndarray:
    """The zeros among the digits, (178, 1, 16, 16) uint8."""
    digits = load_digits()
    return resize(np.rint(digits.images[digits.target == 0] * (255 / 16)).astype(np.uint8)[:, None], 16)


@pytest.fixture
def settings(tmp_path) -> Settings:
    camera = Camera(inbox="inbox", size=16, detector=DETECTOR, generator={"count": 100})
    return Settings(store=str(tmp_path), cameras={"eye": camera})


def rows_of(images: np.ndarray, day: date, **more) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image_id": [f"{n:04d}" for n in range(len(images))],
            "time": datetime(day.year, day.month, day.day, tzinfo=UTC),
            "asset": "",
            "label": "",
            "png": [encode_png(x) for x in images],
            **more,
        }
    )


def labelled(images: np.ndarray) -> Labelled:
    return Labelled(images, np.full(len(images), ""))


def published(settings: Settings, real: np.ndarray, drawn: np.ndarray) -> Store:
    """A store with real images, the generator that learned from them, and a published batch of it."""
    store, recipe = Store(settings.store), preset("default", (1, 16, 16))
    about = {"camera": "eye", "trained_through": SEEN, "preset": "default", "images": 160, "shown": 1, "seed": 0}
    card = GeneratorCard.model_validate({**about, "network": recipe.generator})
    generator = TrainedGenerator(Generator(recipe.generator).eval(), card)
    save(store, generator)
    store.write("images", rows_of(real, SEEN), Provenance(job="test"), camera="eye", day=SEEN)
    rows = rows_of(drawn, DAY, generator=generator.name, seed=0)
    store.write("synthetic_images", rows, Provenance(job="test"), camera="eye", day=DAY)
    return store


def test_the_trial_tells_planted_defects_apart_and_no_more_drawn_images_join_than_real_ones(settings, scans):
    torch.set_num_threads(1)
    trial = vae_trial(settings, "eye", scans[120:])
    real, none = labelled(scans[:120]), labelled(scans[:0])
    alone = trial(real, none, 0)
    assert 0.55 < alone < 1
    assert trial(real, none, 0) == alone
    noise = np.random.default_rng(0).integers(0, 256, (240, 1, 16, 16), dtype=np.uint8)
    spoilt = trial(real, labelled(noise[:120]), 0)
    assert spoilt != alone
    assert trial(real, labelled(noise), 0) == spoilt


def test_a_camera_without_classes_is_tried_with_its_detector(settings, scans):
    store = published(settings, scans, scans[::2])
    told = try_augmentation(settings, DAY, "eye", 120, 2)
    assert "tried 89 drawn images of eye 2026-03-10 on 120 real ones a class: vae_120: " in told
    row = store.read("quality", camera="eye", day=DAY).set_index("measure").loc["augmentation_vae_120"]
    assert row["images"] == 89
    assert "over 2 seeds" in row["reason"]
    assert row["low"] <= row["value"] <= row["high"]
    with pytest.raises(ValueError, match="class '' has 160 real images, asked for 500"):
        try_augmentation(settings, DAY, "eye", 500, 2)


def test_a_batch_that_cannot_be_tried_stays_to_look_at_with_the_reason(settings):
    phases = np.random.default_rng(0).integers(0, 2, (100, 1, 16, 1))
    stripes = ((np.arange(16) + phases) % 2 * 255).astype(np.uint8)  # they hide any defect
    store = published(settings, stripes[:90], stripes[90:])
    told = try_augmentation(settings, DAY, "eye", seeds=2)
    assert "published to look at: it cannot be tried: no painted defect can be seen" in told
    use = store.read("quality", camera="eye", day=DAY).set_index("measure").loc["use"]
    assert not use["passed"]
    assert use["reason"].startswith("to look at: it cannot be tried: no painted defect can be seen")
    with pytest.raises(ValueError, match="no painted defect can be seen"):
        try_augmentation(settings, DAY, "eye", 60, 2)
