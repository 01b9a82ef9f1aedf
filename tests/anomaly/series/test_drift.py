"""Distances between distributions: closed forms, healthy plants that stay silent, shifts that do not."""

import numpy as np
import pytest
from scipy.stats import kstest

from anomaly.series.drift import ALPHA, FEWEST, LEAST, distances, reference_of, with_offset
from sensors_data.simulation.plant import DAY_ROWS, FAMILIES, simulate_plant

TRAINED, WATCHED = 21, 14
TESTS = 2 * 7


def days_of(values, rows=200):
    return list(np.reshape(values, (-1, rows)))


def test_the_distance_is_that_of_kolmogorov_and_smirnov():
    rng = np.random.default_rng(0)
    before, now = rng.normal(size=(20, 500)), rng.normal(0.3, size=500)
    found = distances(reference_of(list(before)), [now], 1)["ks"]
    assert found.value == pytest.approx(kstest(now, before.ravel()).statistic, abs=0.01)
    assert found.rows == 500


def test_the_index_of_half_the_mass_moved_is_its_closed_form():
    """Half of the values move from the lower five tenths to the upper five: 5 (0.05 - 0.1) ln 0.5 + ..."""
    before = [np.arange(1000) / 1000 for _ in range(10)]
    now = np.concatenate([np.arange(0, 500, 2), np.arange(500, 1000), np.arange(500, 1000, 2)]) / 1000
    found = distances(reference_of(before), [now], 1)["psi"]
    assert found.value == pytest.approx(5 * (0.05 - 0.1) * np.log(0.5) + 5 * (0.15 - 0.1) * np.log(1.5), rel=0.02)


def test_independent_days_have_the_textbooks_unit():
    """Where a day's values are independent, the unit of a run is that of Kolmogorov's two-sample statistic."""
    rng = np.random.default_rng(1)
    reference = reference_of(days_of(rng.normal(size=28 * 400), 400))
    assert reference.ks[0] == pytest.approx(np.sqrt(1 / 400 + 1 / (27 * 400)), rel=0.35)
    assert reference.freedom == 9
    assert len(reference.ks) == len(reference.psi) == 7
    assert reference.quantiles[50] == pytest.approx(0, abs=0.05)


def test_values_that_hang_together_are_held_to_a_wider_limit():
    """With a memory of 50 rows a day of 200 is worth a few values: the textbook calls most healthy days a drift."""
    rng = np.random.default_rng(2)
    noise, walk = rng.normal(size=60 * 200), np.empty(60 * 200)
    walk[0] = 0
    for row in range(1, len(walk)):
        walk[row] = 0.98 * walk[row - 1] + noise[row]
    reference = reference_of(days_of(walk[: 28 * 200]))
    later = days_of(walk[28 * 200 :])
    naive = [kstest(day, walk[: 28 * 200]).pvalue < ALPHA / TESTS for day in later]
    assert np.mean(naive) > 0.5
    assert not any(d.drifted for day in later for d in distances(reference, [day], TESTS).values())


def test_a_p_value_is_corrected_for_how_many_were_tested():
    rng = np.random.default_rng(3)
    reference = reference_of(days_of(rng.normal(size=28 * 200)))
    day = rng.normal(0.15, size=200)
    one, many = (distances(reference, [day], tests)["ks"].p_value for tests in (1, 10))
    assert many == pytest.approx(min(1, 10 * one))
    assert np.isnan(distances(reference, [day], 1)["psi"].p_value)


def test_a_small_distance_calls_for_nothing_however_sure_it_is():
    rng = np.random.default_rng(4)
    reference = reference_of(days_of(rng.normal(size=28 * 20_000), 20_000))
    found = distances(reference, [rng.normal(0.1, size=20_000)], 1)
    assert found["ks"].p_value < 1e-6
    assert (found["ks"].limit, found["psi"].limit) == (LEAST["ks"], LEAST["psi"])
    assert not found["ks"].drifted


def test_a_flag_that_starts_to_switch_has_drifted_and_one_that_rests_has_not():
    reference = reference_of([np.zeros(200)] * 10)
    assert {name: d.value for name, d in distances(reference, [np.zeros(200)], 1).items()} == {"ks": 0, "psi": 0}
    found = distances(reference, [np.repeat([0.0, 1.0], 100)], 1)
    assert found["ks"].value == 0.5
    assert found["ks"].drifted
    assert found["psi"].drifted


def test_too_few_days_tell_nothing_and_half_a_day_is_no_day():
    rng = np.random.default_rng(5)
    days = days_of(rng.normal(size=2000))
    assert reference_of(days[: FEWEST - 1]) is None
    assert reference_of([]) is None
    assert reference_of([*days[: FEWEST - 1], days[5][:80]]) is None
    reference = reference_of(days)
    assert distances(reference, [days[0][:80]], 1) == {}
    assert distances(reference, [days[0], days[1][:80]], 1)["ks"].rows == 200
    assert distances(reference, [], 1) == {}


def test_a_score_is_held_to_what_fresh_days_showed():
    rng = np.random.default_rng(6)
    reference = reference_of(days_of(rng.gamma(4, 1, 28 * 200)))
    learned, fresh = days_of(rng.gamma(4, 1, 21 * 200)), days_of(rng.gamma(4, 1.3, 7 * 200))
    later = days_of(rng.gamma(4, 1.3, 7 * 200))
    assert distances(reference, later, TESTS)["ks"].drifted
    shifted = with_offset(reference, learned, fresh)
    assert not any(d.drifted for d in distances(shifted, later, TESTS).values())
    assert all(d.drifted for d in distances(shifted, days_of(rng.gamma(4, 1.8, 7 * 200)), TESTS).values())
    assert with_offset(reference, learned, []) == reference


@pytest.fixture(scope="module", params=range(3))
def plant(request):
    """The healthy days of a plant, per family and sensor: an array a day, in units of each asset's reference."""
    frames = simulate_plant(request.param, TRAINED + WATCHED + 9, 9).readings
    found = {}
    for family, frame in frames.items():
        sensors = list(FAMILIES[family][0])
        rows = frame.assign(day=np.arange(len(frame)) // (DAY_ROWS * frame["asset"].nunique()))
        learned = rows[rows["day"] < TRAINED].groupby("asset")[sensors]
        center, reference = rows["asset"].map, learned.std()
        for sensor in sensors:
            values = (rows[sensor] - center(learned.median()[sensor])) / center(reference[sensor])
            days = [part.dropna().to_numpy() for _, part in values.groupby(rows["day"])]
            found[family, sensor] = days[: TRAINED + WATCHED]
    return found


def test_healthy_weeks_of_a_plant_raise_no_alarm(plant):
    worst = 0.0
    for days in plant.values():
        reference = reference_of(days[:TRAINED])
        for day in range(TRAINED, TRAINED + WATCHED):
            found = distances(reference, days[max(TRAINED, day - 6) : day + 1], TESTS)
            worst = max(worst, *(d.value / d.limit for d in found.values()))
    assert 0.2 < worst < 0.8


def test_a_sensor_that_reads_half_a_spread_too_much_drifts_within_a_week(plant):
    for days in plant.values():
        reference = reference_of(days[:TRAINED])
        week = [values + 0.5 for values in days[TRAINED : TRAINED + 7]]
        assert any(d.drifted for d in distances(reference, week, TESTS).values())
