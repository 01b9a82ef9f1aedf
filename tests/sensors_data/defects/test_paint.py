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


def filled(mask):
    """The share of the upright box around a mask that it fills."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return mask.sum() / ((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1))


def test_a_pasted_flake_is_ragged_where_the_first_version_pasted_a_box():
    good, donor = parts(2, side=128)
    shares = {
        version: np.median(
            [
                filled(paint_defect(good, donor, "cut-paste", np.random.default_rng(n), 5, version).mask)
                for n in range(12)
            ]
        )
        for version in ("1", "2")
    }
    assert shares["1"] > 0.85
    assert shares["2"] < 0.8


def test_a_pasted_flake_has_the_grain_of_its_place():
    good, donor = parts(2, side=128)
    coarse = 255 - ndimage.zoom(donor, (1, 2, 2), order=1)[:, :128, :128]
    for number in range(5):
        painted = paint_defect(good, coarse, "cut-paste", np.random.default_rng(number), 10)
        inside = ndimage.binary_erosion(painted.mask, iterations=3)
        if inside.sum() > 50:
            grain = [
                float((x - ndimage.gaussian_filter(x, 3))[inside].std())
                for x in (good[0] / 255, painted.image[0] / 255)
            ]
            assert 0.3 < grain[1] / grain[0] < 3


def test_no_hole_is_wider_than_a_tenth_of_the_part_and_a_large_one_is_a_nest_of_several():
    good, donor = parts(2, side=128)
    holes = [paint_defect(good, donor, "hole", np.random.default_rng(n), 5) for n in range(30)]
    counts, widest = [], []
    for hole in holes:
        dark = ndimage.binary_opening(hole.mask, iterations=1)
        _, count = ndimage.label(hole.mask)
        counts.append(count)
        widest.append(2 * ndimage.distance_transform_edt(np.pad(dark, 1)).max())
    assert max(widest) < 0.15 * 128
    assert max(counts) >= 3


def test_a_version_of_the_painters_that_is_not_known_is_refused():
    good, donor = parts(2)
    with pytest.raises(UnusableError, match="painters 9 are not known here; there are painters 1, 2"):
        paint_defect(good, donor, "scar", np.random.default_rng(0), version="9")
