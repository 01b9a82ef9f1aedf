"""The fine level of an image beside its own image, against hand-made grids."""

import torch

from anomaly.images.surroundings import (
    beside_own_image,
    means_of_four,
    shares_of_surroundings,
    spread_to_four,
    surroundings,
)


def test_the_surroundings_of_a_place_are_means_of_its_image_row_column_and_four_places():
    grid = torch.arange(36.0).view(1, 36, 1)  # six rows of six, one channel
    found = surroundings(grid)
    assert found.shape == (1, 36, 1, 4)
    place = 2 * 6 + 3
    assert found[0, place, 0].tolist() == [17.5, 14.5, 18.0, (3 + 27 + 13 + 17) / 4]


def test_what_follows_from_the_surroundings_is_taken_away_and_a_spot_stays():
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(40, 8, 1, 3, generator=generator).expand(-1, -1, 8, -1)
    images = (rows + 0.01 * torch.randn(40, 8, 8, 3, generator=generator)).reshape(40, 64, 3)
    around = shares_of_surroundings(images)
    assert around.shape == (3, 4)
    assert float(beside_own_image(images, around).std()) < 0.02 < 0.5 < float(images.std())
    odd = images[:1].clone()
    odd[0, 27, 1] += 3
    assert int(beside_own_image(odd, around)[0, :, 1].argmax()) == 27


def test_a_fine_grid_becomes_means_of_four_and_these_come_back_to_their_places():
    fine = torch.arange(16.0).view(1, 16, 1)
    coarse = means_of_four(fine)
    assert coarse.flatten().tolist() == [2.5, 4.5, 10.5, 12.5]
    assert spread_to_four(coarse).flatten().tolist()[:8] == [2.5, 2.5, 4.5, 4.5] * 2
