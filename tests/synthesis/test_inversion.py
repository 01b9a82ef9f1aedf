"""Codes found again, on a generator of few maps with first weights."""

from datetime import date

import numpy as np
import pytest
import torch

from sensors_data.errors import UnusableError
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.inversion import MARGIN, inverted, painted_out
from synthesis.networks.dcgan import GeneratorConfig
from synthesis.networks.kinds import generator_of
from synthesis.presets.parts import upsample
from synthesis.sampling import draw


@pytest.fixture(scope="module")
def generator() -> TrainedGenerator:
    torch.manual_seed(0)
    config = GeneratorConfig(
        image=(1, 16, 16),
        classes=3,
        latent=4,
        start=(16, 4),
        layers=(upsample(8, norm="none"), upsample(1, norm="none", act="tanh")),
        initial_spread=0.3,
    )
    card = GeneratorCard(
        camera="eye",
        trained_through=date(2026, 3, 9),
        preset="plain",
        network=config,
        classes=("a", "b", "c"),
        shares=(0.4, 0.3, 0.3),
        images=1,
        shown=1,
        seed=0,
    )
    return TrainedGenerator(generator_of(config).eval().requires_grad_(False), card)


def test_a_drawn_image_is_found_again_with_its_class(generator):
    image = draw(generator, 1, seed=7, label="b")[0]
    inversion = inverted(generator, image, seed=0)
    assert inversion.label == "b"
    assert inversion.error < 6
    assert np.abs(inversion.image.astype(int) - image).mean() < 5
    assert torch.equal(inversion.code, inverted(generator, image, seed=0).code)


def test_a_hidden_place_is_painted_out_from_the_rest_alone(generator):
    image = draw(generator, 1, seed=7, label="b")[0]
    hidden = np.zeros((16, 16), bool)
    hidden[5:8, 6:9] = True
    defects = [np.where(hidden, level, image).astype(np.uint8) for level in (0, 255)]
    repaired = [painted_out(generator, defect, hidden, seed=0) for defect in defects]
    assert np.array_equal(*repaired)  # whatever the defect was
    near = np.abs(repaired[0].astype(int) - image)[:, hidden].mean()
    assert near < np.abs(defects[0].astype(int) - image)[:, hidden].mean() / 4
    far = np.ones((16, 16), bool)
    far[5 - MARGIN : 8 + MARGIN, 6 - MARGIN : 9 + MARGIN] = False
    assert np.array_equal(repaired[0][:, far], image[:, far])


def test_an_image_of_another_shape_or_one_that_is_all_hidden_is_refused(generator):
    with pytest.raises(UnusableError, match=r"an image of \(1, 28, 28\)"):
        inverted(generator, np.zeros((1, 28, 28), np.uint8), seed=0)
    with pytest.raises(UnusableError, match="every pixel of the image is hidden"):
        inverted(generator, np.zeros((1, 16, 16), np.uint8), 0, np.ones((16, 16), bool))
