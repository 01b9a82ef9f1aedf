"""A limit for pictures that score as their worst tile, from the scores of all tiles of few pictures."""

import numpy as np
import pytest

from anomaly.images.limits import predictive_threshold
from anomaly.images.tile_limits import picture_threshold

TILES = 40


def drawn(pictures: int, draws: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.exponential(size=(pictures, TILES)) for _ in range(draws)]


def share_over(limit: float) -> float:
    """The share of pictures whose largest of TILES exponential scores is over a limit."""
    return 1 - (1 - np.exp(-limit)) ** TILES


def test_over_many_draws_of_five_pictures_the_false_alarms_are_as_stated() -> None:
    shares = [share_over(picture_threshold(tiles, 0.01)[0].value) for tiles in drawn(5, 60)]
    assert np.mean(shares) == pytest.approx(0.01, rel=0.3)


def test_the_limit_of_five_pictures_is_much_lower_than_from_their_worst_tiles_alone() -> None:
    pairs = [
        (picture_threshold(tiles, 0.01)[0].value, predictive_threshold(tiles.max(1), 0.01).value)
        for tiles in drawn(5, 40)
    ]
    of_tiles, of_pictures = np.median(pairs, axis=0)
    real = -np.log(1 - 0.99 ** (1 / TILES))
    assert of_tiles == pytest.approx(real, rel=0.25)
    assert of_pictures > 1.3 * of_tiles


def test_the_tail_probability_at_the_limit_is_that_of_a_picture_and_the_body_is_of_pictures() -> None:
    (tiles,) = drawn(24, 1)
    threshold, (low, high) = picture_threshold(tiles, 0.01)
    assert float(threshold.p_value(np.array([threshold.value]))[0]) == pytest.approx(0.01, rel=0.1)
    assert float(threshold.p_value(np.array([threshold.start - 1e-9]))[0]) == pytest.approx(0.1, rel=0.2)
    assert low < share_over(threshold.value) < high
    half = float(np.interp(0.5, np.linspace(0, 1, 101), threshold.quantiles))
    assert share_over(half) == pytest.approx(0.5, abs=0.1)
