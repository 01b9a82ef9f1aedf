from datetime import date

import numpy as np
import pytest
import torch

from sensors_data.errors import UnusableError
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.networks.kinds import generator_of
from synthesis.networks.style import StyleGeneratorConfig
from synthesis.presets.catalogue import preset
from synthesis.sampling import draw
from synthesis.styles import directions, mixed, varied

STYLED = StyleGeneratorConfig(image=(1, 16, 16), latent=8, style=6, mapping=2, start=4, widths=(8, 8, 8))


def generator(config=STYLED, name: str = "style2") -> TrainedGenerator:
    torch.manual_seed(0)
    card = GeneratorCard(
        camera="eye", trained_through=date(2026, 3, 9), preset=name, network=config, images=1, shown=1, seed=0
    )
    return TrainedGenerator(generator_of(config).eval().requires_grad_(False), card)


def test_a_square_has_the_drawn_images_at_its_edges_and_their_mixtures_inside():
    drawn = draw(generator(), 3, seed=5).astype(int)
    square = mixed(generator(), 5, 5, layers=2, count=3).astype(int)
    assert square.shape == (4, 4, 1, 16, 16)
    for number in range(3):  # a seed mixed with itself gives its own images on the diagonal
        for found in (square[number + 1, 0], square[0, number + 1], square[number + 1, number + 1]):
            assert np.abs(found - drawn[number]).max() <= 1
    assert np.abs(square[1, 2] - drawn[0]).max() > 1
    assert (square[0, 0] == 255).all()


def test_directions_are_orthogonal_and_the_strongest_is_the_one_that_the_layers_follow():
    trained = generator()
    with torch.no_grad():
        for layer in trained.network.styled_layers():
            layer.style.weight.zero_()
            layer.style.weight[:, 2] = 3.0
            layer.style.weight[0, 4] = 1.0
    found = directions(trained)
    assert torch.allclose(found @ found.T, torch.eye(6), atol=1e-5)
    assert found[0].abs().argmax() == 2
    assert found[1].abs().argmax() == 4


def test_the_middle_of_a_direction_is_the_image_itself():
    rows = varied(generator(), seed=1, count=2, steps=3).astype(int)
    assert rows.shape == (2, 3, 1, 16, 16)
    own = draw(generator(), 1, seed=1)[0].astype(int)
    assert np.abs(rows[:, 1] - own).max() <= 1
    assert np.abs(rows[0, 0] - rows[0, 2]).max() > 1


def test_a_generator_without_styles_and_numbers_out_of_range_are_refused():
    plain = generator(preset("default", (1, 28, 28)).generator, "default")
    with pytest.raises(UnusableError, match=r"eye@2026-03-09 is of preset default and has no styles; .*style2"):
        mixed(plain, 0, 1, 2)
    with pytest.raises(UnusableError, match="layers lies between 1 and 4, found 5"):
        mixed(generator(), 0, 1, 5)
    with pytest.raises(UnusableError, match="count lies between 1 and 6, found 7"):
        varied(generator(), 0, count=7)
