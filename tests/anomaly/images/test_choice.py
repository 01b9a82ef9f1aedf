"""Which kind of features serves: by painted defects at training, unless the settings state it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import ndimage

from anomaly.images.choice import _best, choose_kind, learn_by_choice
from anomaly.images.detector import PATCH_CONFIG, PIXEL_CONFIG, config_of_kind, parse_config
from anomaly.images.learning import ImageTraining

DAY = date(2026, 11, 21)


def parts(count=60):
    """Discs whose place and brightness vary a little."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:28, :28]
    at = 13.5 + rng.normal(0, 0.7, (2, count, 1, 1))
    disc = np.clip(9 - np.hypot(y - at[0], x - at[1]), 0, 1) * rng.uniform(0.6, 0.8, (count, 1, 1))
    noise = ndimage.gaussian_filter(rng.normal(0, 0.02, (count, 28, 28)), (0, 0.5, 0.5))
    return np.rint(255 * np.clip(disc + noise + 0.1, 0, 1)).astype(np.uint8)[:, None]


@pytest.fixture(scope="module")
def training():
    return ImageTraining("press", parts(), DAY, parse_config({"steps": 60, "folds": 1}, "here"), 1)


def test_small_images_are_compared_by_gradients_and_pixels_and_the_card_says_by_how_much(training):
    detector, _ = learn_by_choice(training)
    choice = detector.card.choice
    assert choice.kinds == ("gradients", "pixels")
    assert choice.kind == detector.card.config.features.kind
    assert choice.low <= choice.gain <= choice.high
    aucs = dict(zip(choice.kinds, choice.auroc, strict=True))
    assert choice.gain == pytest.approx(aucs[choice.kind] - aucs[choice.second])
    assert choice.defects == 12


def test_a_stated_kind_is_not_compared(training):
    config = parse_config({"steps": 20, "folds": 1, "features": {"kind": "gradients"}}, "here")
    detector, _ = learn_by_choice(replace(training, config=config))
    assert detector.card.choice is None


def test_too_few_images_keep_the_usual_kind_and_say_why(training):
    choice = choose_kind(replace(training, images=training.images[:22]))
    assert choice.kind == "gradients"
    assert choice.note == "18 images to learn from are too few to compare kinds"


def test_a_kind_takes_over_only_by_a_gain_beyond_chance():
    rng = np.random.default_rng(0)
    usual, alike = (rng.random((40, 40)) < 0.8 for _ in range(2))
    better = rng.random((40, 40)) < 0.95
    assert _best({"gradients": usual * 1.0, "pixels": alike * 1.0}, "", 0).kind == "gradients"
    choice = _best({"gradients": usual * 1.0, "patches": better * 1.0}, "", 0)
    assert (choice.kind, choice.second) == ("patches", "gradients")
    assert choice.low > 0.1


def test_what_the_settings_state_holds_for_every_kind_and_the_rest_suits_it():
    config = parse_config({"steps": 77, "latent": 9}, "here")
    patches, pixels = config_of_kind(config, "patches"), config_of_kind(config, "pixels")
    assert (patches.steps, patches.latent, patches.features) == (77, 9, PATCH_CONFIG.features)
    assert (pixels.steps, pixels.widths, pixels.body) == (77, PIXEL_CONFIG.widths, "convolutional")
