"""Residuals, the regression on the other sensors, and the nats that speak for a fault."""

import numpy as np
import pytest

from anomaly.series.evidence.cross import fit_cross
from anomaly.series.evidence.residuals import WIDER, Residuals, fit_residuals
from anomaly.series.evidence.windows import fit_evidence

TIMES = np.datetime64("2026-03-02", "us") + np.arange(2000) * np.timedelta64(600, "s")


def test_the_tails_of_normal_and_of_heavy_noise_are_told_apart():
    rng = np.random.default_rng(0)
    noise = fit_residuals(np.column_stack([rng.normal(0, 2.0, 5000), 0.5 * rng.standard_t(3, 5000)]))
    assert noise.freedom[0] >= 30
    assert noise.freedom[1] == 3
    np.testing.assert_allclose(noise.scale, [2.0, 0.5], rtol=0.1)


def test_a_normal_value_speaks_against_a_fault_and_the_nats_are_those_of_the_two_densities():
    noise = Residuals(np.ones(1), np.array([1e9]))
    assert noise.evidence(np.zeros((1, 1)))[0, 0] == pytest.approx(-np.log(WIDER))
    z = 5.0
    expected = 0.5 * z**2 * (1 - WIDER**-2) - np.log(WIDER)
    assert noise.evidence(np.full((1, 1), z))[0, 0] == pytest.approx(expected, rel=1e-6)


def test_one_outlier_of_heavy_noise_has_bounded_evidence_and_a_missing_value_none():
    noise = Residuals(np.ones(1), np.array([3.0]))
    assert noise.evidence(np.array([[1e6]]))[0, 0] == pytest.approx(3 * np.log(WIDER), rel=1e-3)
    assert noise.evidence(np.array([[np.nan]]))[0, 0] == 0


def test_a_sensor_that_leaves_the_others_has_a_residual_and_the_hour_is_known():
    rng = np.random.default_rng(1)
    day = np.sin(2 * np.pi * np.arange(2000) / 144)
    first = day + rng.normal(0, 0.5, 2000)
    second = 0.8 * first + rng.normal(0, 0.1, 2000)
    model = fit_cross(TIMES, np.column_stack([first, second, day]))
    normal = model.residual(TIMES, np.column_stack([first, second, day]))
    assert normal[:, 1].std() == pytest.approx(0.1, rel=0.1)
    assert normal[:, 2].std() < 0.05
    second[500:520] += 2.0
    apart = model.residual(TIMES, np.column_stack([first, second, day]))
    assert apart[500:520, 1].mean() == pytest.approx(2.0, rel=0.1)


def test_one_day_teaches_no_hour():
    day = np.sin(2 * np.pi * np.arange(432) / 144)[:, None]
    assert fit_cross(TIMES[:432], day).residual(TIMES[:432], day).std() < 0.05
    assert fit_cross(TIMES[:288], day[:288]).residual(TIMES[:288], day[:288]).std() > 0.6


def test_wild_values_do_not_bend_the_regression():
    rng = np.random.default_rng(2)
    first = rng.normal(0, 1, 2000)
    clean = np.column_stack([first, first + rng.normal(0, 0.1, 2000)])
    dirty = clean.copy()
    dirty[::50, 1] = 1e5
    np.testing.assert_allclose(fit_cross(TIMES, dirty).weights[0, 1], fit_cross(TIMES, clean).weights[0, 1], atol=0.02)


def test_where_windows_expect_nothing_the_distance_from_the_usual_speaks():
    rng = np.random.default_rng(3)
    model = fit_evidence(TIMES, rng.normal(0, 1, (2000, 1)), rng.normal(0, 0.1, (2000, 1)))
    unseen = np.full((2, 1), np.nan)
    nats = model.pattern(TIMES[:2], np.array([[0.5], [6.0]]), unseen)[:, 0]
    assert nats[0] < 0 < nats[1]
    assert model.pattern(TIMES[:1], np.array([[0.5]]), np.zeros((1, 1)))[0, 0] > 5


def test_a_value_whose_neighbours_were_not_measured_contradicts_nothing():
    rng = np.random.default_rng(4)
    first = rng.normal(0, 1, 2000)
    values = np.column_stack([first, first + rng.normal(0, 0.1, 2000)])
    model = fit_evidence(TIMES, values, rng.normal(0, 0.1, (2000, 2)))
    values[100:110, 0] = np.nan
    assert (model.cross(TIMES, values)[100:110] == 0).all()
    assert (model.cross(TIMES, values)[110:120] != 0).all()
