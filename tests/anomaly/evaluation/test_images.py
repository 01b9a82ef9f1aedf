import numpy as np
import pytest

from anomaly.evaluation.images import evaluate_images, rate
from anomaly.evaluation.pixels import aupimo, segmentation_f1

LABELS = np.array(["good"] * 4 + ["crack"] * 2 + ["dent"])
ODD = LABELS != "good"
SCORE = np.array([1.0, 2, 3, 9, 8, 10, 2.5])
MAPS = np.zeros((7, 8, 8))
MASKS = np.zeros((7, 8, 8), bool)
MASKS[4:, :4] = True
MAPS[4:, :4] = 1


def test_figures_of_a_table_of_seven():
    figures = evaluate_images(LABELS, ODD, SCORE, 5.0, MAPS, MASKS, 0.5)
    assert figures.auroc == pytest.approx(9 / 12)  # of 12 pairs, 9 are in order
    assert (figures.recall.hits, figures.recall.of) == (2, 3)
    assert (figures.false_alarms.hits, figures.false_alarms.of) == (1, 4)
    assert figures.f1 == pytest.approx(2 * 2 / (2 + 1 + 3))
    assert {label: share.hits for label, share in figures.by_label.items()} == {"crack": 2, "dent": 0}
    assert figures.pixel_auroc == 1
    assert figures.aupro == pytest.approx(1, abs=0.01)
    assert figures.segmentation_f1 == 1
    assert np.isnan(figures.aupimo)  # good parts have 256 pixels


def test_without_masks_pixels_are_not_judged():
    figures = evaluate_images(LABELS, ODD, SCORE, 5.0, MAPS, np.zeros_like(MASKS), 0.5)
    assert np.isnan(figures.pixel_auroc)
    assert np.isnan([figures.aupro, figures.aupimo, figures.segmentation_f1]).all()


def test_what_is_found_almost_without_a_false_alarm_is_a_mean_over_limits_evenly_in_the_logarithm():
    maps = np.arange(200_000.0).reshape(1, 400, 500).repeat(3, 0)
    masks = np.zeros(maps.shape, bool)
    masks[1:, 0, :4] = True
    maps[1, 0, :4] = [2e5, 2e5, -1, -1]  # two above every good pixel, two below
    maps[2, 0, :4] = 199_993.5  # six good pixels are above: over limits that 3 in 100,000 exceed
    clear, close = aupimo(maps, masks)
    assert clear == pytest.approx(0.5)
    assert close == pytest.approx(np.log(1e-4 / 3e-5) / np.log(10), abs=0.005)


def test_outlines_are_judged_at_one_limit():
    maps, masks = np.array([[[0, 1, 2, 3]]]), np.array([[[False, True, False, True]]])
    assert segmentation_f1(maps, masks, 1) == pytest.approx(2 * 1 / (2 + 2))
    assert segmentation_f1(maps, masks, 9) == 0


def test_an_unmasked_defect_does_not_count_for_pixels():
    masks = MASKS.copy()
    masks[6] = False
    assert evaluate_images(LABELS, ODD, SCORE, 5.0, MAPS, masks, 0.5).pixel_auroc == 1


def test_one_kind_alone_cannot_be_judged():
    with pytest.raises(ValueError, match="found 0 and 7"):
        evaluate_images(LABELS, np.ones(7, bool), SCORE, 5.0, MAPS, MASKS, 0.5)


def test_the_interval_of_a_share_is_wilsons():
    share = rate(8, 10)
    assert (share.low, share.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert rate(0, 10).low == 0
