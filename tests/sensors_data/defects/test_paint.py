"""Painted defects: seen, masked, repeated bit for bit, on grey, colour and 16 bits."""

import numpy as np
import pytest
from scipy import ndimage

from sensors_data.defects.batch import paint_batch
from sensors_data.defects.likeness import RealDefect
from sensors_data.defects.paint import KINDS, LARGEST, paint_defect, paint_like
from sensors_data.errors import UnusableError


def parts(count=6, side=64, channels=1, dtype=np.uint8):
    """Discs of brushed metal on a dark ground."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:side, :side]
    disc = np.hypot(y - side / 2, x - side / 2) < 0.4 * side
    grain = ndimage.gaussian_filter(rng.normal(0, 1, (count, channels, side, side)), (0, 0, 0.5, 4))
    levels = np.clip(disc * (0.55 + 0.4 * grain) + 0.05, 0, 1)
    return np.rint(levels * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("channels", "dtype"), [(1, np.uint8), (3, np.uint8), (1, np.uint16)])
def test_a_defect_of_every_kind_changes_what_its_mask_marks_and_little_else(kind, channels, dtype):
    good, donor = parts(2, channels=channels, dtype=dtype)
    painted = paint_defect(good, donor, kind, np.random.default_rng(5))
    change = np.abs(painted.image.astype(float) - good).max(0)
    assert painted.image.dtype == dtype
    assert 0 < painted.mask.mean() <= LARGEST
    assert change[painted.mask].mean() > 4 * change[~painted.mask].mean()
    assert painted.visibility >= 0.9
    assert painted.size == pytest.approx(np.sqrt(painted.mask.sum()))


def test_the_same_seed_gives_the_same_bytes_whatever_the_count():
    goods = parts()
    few, many = (list(paint_batch(goods, count, seed=9)) for count in (8, 20))
    for one, other in zip(few, many, strict=False):
        assert np.array_equal(one.defect.image, other.defect.image)
        assert (one.good, one.donor, one.attempt) == (other.good, other.donor, other.attempt)
    assert [p.defect.kind for p in many] == [KINDS[n % len(KINDS)] for n in range(20)]
    assert not np.array_equal(next(paint_batch(goods, 1, seed=10)).defect.image, few[0].defect.image)


def test_visibilities_reach_from_just_seen_to_striking():
    seen = [painting.defect.visibility for painting in paint_batch(parts(), 90, seed=1)]
    assert min(seen) < 2
    assert max(seen) > 10


def test_one_good_part_is_enough_to_paint_on():
    assert len(list(paint_batch(parts(1), 15, seed=0))) == 15


def test_a_blank_part_is_refused_where_nothing_can_be_seen_on_it():
    blank = np.full((1, 64, 64), 128, np.uint8)
    with pytest.raises(UnusableError, match="no shifted can be seen on this part after 30 tries"):
        paint_defect(blank, blank, "shifted", np.random.default_rng(0))


def test_an_unknown_kind_is_refused_with_those_there_are():
    good, donor = parts(2)
    with pytest.raises(UnusableError, match="no painter is called 'rust'; there are cut-paste, scar"):
        paint_defect(good, donor, "rust", np.random.default_rng(0))


def test_a_likeness_has_about_the_size_of_the_real_defect_and_its_darkness():
    good, real = parts(2)
    mask = np.zeros((64, 64), bool)
    mask[30:36, 28:40] = True
    real[0, mask] = 0
    drawn = [paint_like(good, RealDefect("a.png", "pit", real, mask), np.random.default_rng(n)) for n in range(5)]
    assert {painted.kind for painted in drawn} == {"like:pit"}
    assert np.median([painted.mask.sum() for painted in drawn]) == pytest.approx(mask.sum(), rel=0.6)
    assert all(painted.image[0][painted.mask].mean() < good[0][painted.mask].mean() for painted in drawn)


def test_a_mask_that_covers_all_is_refused():
    good, real = parts(2)
    everything = RealDefect("a.png", "pit", real, np.ones((64, 64), bool))
    with pytest.raises(UnusableError, match="its mask covers 100% of the picture; mark the defect alone"):
        paint_like(good, everything, np.random.default_rng(0))
