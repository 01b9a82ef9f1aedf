"""Which values no normal noise explains."""

import numpy as np
import pytest

from anomaly.series.training.outliers import FEWEST, outlying


@pytest.mark.parametrize("freedom", [3, 6, 1000])
def test_noise_keeps_its_tail_however_heavy(freedom):
    noise = np.random.default_rng(0).standard_t(freedom, 6000)
    assert outlying(noise, 0.02).sum() <= 1


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_what_lies_beyond_the_tail_of_the_bulk_is_outlying(share):
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 6000)
    faults = rng.choice(6000, int(share * 6000), replace=False)
    values[faults] += 20 * rng.choice([-1, 1], len(faults))
    odd = outlying(values, 0.02)
    assert odd[faults].all()
    assert odd.sum() - len(faults) <= 0.02 * len(faults)


def test_values_so_far_out_that_their_probability_is_zero_are_found():
    values = np.random.default_rng(2).normal(0, 1, 2000)
    values[:40] = 1e6
    assert outlying(values, 0.02)[:40].all()


def test_few_values_and_unknown_ones_are_never_outlying():
    values = np.append(np.zeros(FEWEST - 2), 1e9)
    assert not outlying(values, 0.02).any()
    many = np.random.default_rng(3).normal(0, 1, 1000)
    many[::10] = np.nan
    assert not outlying(many, 0.02)[::10].any()
