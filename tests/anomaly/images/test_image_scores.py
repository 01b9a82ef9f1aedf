"""What of an image its score is the mean of: a share of its patches, or the worst places of the fine level."""

import torch

from anomaly.images.image_scores import worst_patches, worst_places
from anomaly.images.surroundings import spread_to_four

SIDE = 4
"""Patches a side of the image; there are twice as many places."""


def test_a_share_of_patches_is_at_least_one():
    total = torch.arange(16.0).view(1, 16)
    score, parts = worst_patches(total, total[..., None], 0.01)
    assert score.tolist() == [15]
    assert parts.tolist() == [[15]]


def test_the_worst_places_take_the_parts_of_the_patches_they_lie_in():
    parts = torch.arange(16.0).view(1, 16, 1)
    places = spread_to_four(torch.zeros(1, 16, 1))[..., 0]
    places[0, 0], places[0, 2 * SIDE * 2 * SIDE - 1] = 8.0, 4.0  # in the first patch and in the last
    score, of_patches = worst_places(places, parts, 2)
    assert score.tolist() == [6]
    assert of_patches.tolist() == [[7.5]]


def test_a_defect_of_one_place_stands_out_by_places_and_drowns_among_patches():
    generator = torch.Generator().manual_seed(0)
    places = torch.randn(2, 4 * 144, generator=generator)
    places[1] = places[0]
    places[1, 300] = 8
    patches = places.view(2, 12, 2, 12, 2).mean((2, 4)).view(2, 144)
    by_places, _ = worst_places(places, patches[..., None], 2)
    by_patches, _ = worst_patches(patches, patches[..., None], 0.05)
    assert by_places[1] - by_places[0] > 5 * (by_patches[1] - by_patches[0])
