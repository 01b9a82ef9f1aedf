"""Large pictures: every pixel lies in a tile, maps join without a seam, small defects are found where they are."""

from datetime import date

import numpy as np
import pytest
from scipy import ndimage

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.files import from_bytes, to_bytes
from anomaly.images.heat_maps import drawn_pair, overlay
from anomaly.images.image_scores import score_images
from anomaly.images.learning import ImageTraining
from anomaly.images.self_test import self_test
from anomaly.images.tiled_learning import FINE_WEIGHTS, config_of_tiles, judged, learn_camera, paintable
from anomaly.images.tiles import COARSE, OVERLAP, cut, joined, places, some_tiles

DAY, SIDE = date(2026, 11, 21), 64


def textures(count, seed=0):
    """Blurred noise, 192 rows and 256 columns."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=(count, 192, 256)), (0, 1.2, 1.2))
    return np.clip(128 + 90 * noise, 0, 255).astype(np.uint8)[:, None]


@pytest.fixture(scope="module")
def training():
    return ImageTraining("press", textures(16), DAY, ImageDetectorConfig(steps=60, folds=1), 1, tile=SIDE)


@pytest.fixture(scope="module")
def detector(training):
    return learn_camera(training)[0]


@pytest.mark.parametrize(("length", "count"), [(192, 4), (256, 5), (64, 1), (2112, 38)])
def test_tiles_cover_a_side_and_share_at_least_an_eighth(length, count):
    begins = places(length, SIDE)
    assert (begins[0], begins[-1], len(begins)) == (0, length - SIDE, count)
    assert (np.diff(begins) <= SIDE - SIDE // OVERLAP + COARSE).all()
    assert not (begins % COARSE).any()


def test_maps_of_tiles_join_into_the_map_they_were_cut_from():
    y, x = np.mgrid[:192, :256].astype(float)
    whole = np.sin(x / 40) + y / 100
    parts = cut(whole[None], SIDE)[:, 0]
    cells = whole.reshape(24, COARSE, 32, COARSE).mean((1, 3))
    assert np.abs(joined(parts, (1, 192, 256)) - cells).max() < 1e-6


def test_a_tile_that_is_hotter_than_its_neighbours_leaves_no_step_at_its_border():
    parts = np.zeros((len(cut(np.zeros((1, 192, 256)), SIDE)), SIDE, SIDE))
    parts[6] = 1.0
    heat = joined(parts, (1, 192, 256))
    assert heat.max() == 1.0
    assert np.abs(np.diff(heat, axis=1)).max() < 0.5


def test_the_tiles_of_a_picture_stay_the_same_when_others_join_it():
    pictures = textures(4)
    assert (some_tiles(pictures[:2], SIDE, 6) == some_tiles(pictures, SIDE, 12)[:6]).all()


def test_the_fine_level_counts_fully_in_tiles_unless_the_settings_weigh_it(detector):
    assert detector.card.config.fine_weights == FINE_WEIGHTS == (1.0, 1.0)
    stated = config_of_tiles(ImageDetectorConfig(fine_weights=(0.25, 0.0)), 0.2)
    assert (stated.fine_weights, stated.held_out, stated.folds) == ((0.25, 0.0), 0.2, 1)


def test_a_small_defect_in_a_large_picture_is_found_where_it_is(detector):
    pictures = textures(6, seed=5)
    pictures[:3, :, 100:112, 150:162] = 20
    scores = score_images(detector, pictures)
    assert scores.score[:3].min() > scores.score[3:].max()
    assert (scores.score[:3] > detector.card.threshold.value).all()
    assert scores.maps.shape == (6, 192 // COARSE, 256 // COARSE)
    hottest = [np.unravel_index(heat.argmax(), heat.shape) for heat in scores.maps[:3]]
    assert all(abs(row * COARSE - 106) < 24 and abs(column * COARSE - 156) < 24 for row, column in hottest)
    assert overlay(detector, pictures[0], scores.maps[0]).shape == (3, 192, 256)


def test_a_page_frames_the_hottest_place_of_a_picture_and_enlarges_it(detector):
    picture = textures(1, seed=5)[0]
    picture[:, 100:112, 150:162] = 20
    whole, detail = drawn_pair(detector, picture, score_images(detector, picture[None]).maps[0])
    assert whole.shape == detail.shape == (3, 192, 256)
    frame = np.argwhere((whole == np.array([[[255]], [[220]], [[0]]])).all(axis=0))
    assert (np.abs(frame.mean(axis=0) - (106, 156)) < 24).all()
    assert (detail == 20).mean() > 4 * (picture == 20).mean()


def test_a_picture_scores_as_its_worst_tile_and_the_same_alone(detector):
    pictures = textures(2, seed=7)
    both, alone = score_images(detector, pictures), score_images(detector, pictures[1:])
    assert both.score[1] == alone.score[0]
    _, tiles, names = paintable(detector, pictures[:1], ["a"], 3)
    assert (tiles.shape, names) == ((3, 1, SIDE, SIDE), ["a"] * 3)


def test_the_limit_of_whole_pictures_comes_back_from_the_file_and_painted_tiles_test_it(detector, training):
    back = from_bytes(to_bytes(judged(detector, None, training, count=20)), "here")
    assert (back.card.tile, back.card.image, back.card.held_out) == (SIDE, (1, 192, 256), 8)
    assert back.card.verdict.endswith("the first for images of this size")
    tests = self_test(*paintable(back, textures(1, seed=9), ["a"], 30), DAY)
    assert (tests["threshold"] == back.card.threshold.value).all()
