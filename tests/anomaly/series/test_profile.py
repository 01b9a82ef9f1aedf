"""The rhythm of the day and the week: chosen on rows that it has not seen, taken off, put back."""

import numpy as np
import pytest

from anomaly.series.profile import Rhythm, choose_profile, fit_profile
from sensors_data.series.grids.grid import Grid

STEP_S = 1800.0
HALF_HOURS = np.arange(28 * 48)
TIMES = np.datetime64("2026-03-02", "us") + HALF_HOURS * np.timedelta64(1800, "s")  # a Monday
DAY = np.sin(2 * np.pi * HALF_HOURS / 48)
WEEKEND = (HALF_HOURS // 48) % 7 >= 5
SPLIT = {"a": 21 * 48}


def noisy(values: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    return {"a": (values + np.random.default_rng(seed).normal(0, 0.2, len(values)))[:, None]}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (DAY, "day"),
        (np.where(WEEKEND, 0.2, 1.0) * DAY - 2 * WEEKEND, "workday"),
        (DAY + (HALF_HOURS // 48) % 7, "week"),
    ],
)
def test_the_kind_is_the_one_that_explains_unseen_rows_best(values, kind):
    chosen = choose_profile({"a": TIMES}, noisy(values), STEP_S, SPLIT)
    assert chosen is not None
    assert chosen.kind == kind
    assert chosen.sensors.tolist() == [True]


def test_noise_has_no_profile_and_a_short_span_none_of_the_week():
    assert choose_profile({"a": TIMES}, noisy(np.zeros(len(TIMES))), STEP_S, SPLIT) is None
    short = slice(0, 8 * 48)
    chosen = choose_profile({"a": TIMES[short]}, {"a": noisy(DAY)["a"][short]}, STEP_S, {"a": 6 * 48})
    assert chosen is not None
    assert chosen.kind == "day"


def test_only_the_sensors_that_have_a_rhythm_lose_it():
    values = {"a": np.column_stack([noisy(DAY)["a"][:, 0], noisy(0 * DAY, 1)["a"][:, 0]])}
    rhythm = choose_profile({"a": TIMES}, values, STEP_S, SPLIT)
    assert rhythm is not None
    assert rhythm.sensors.tolist() == [True, False]
    profile = fit_profile({"a": TIMES}, values, rhythm, STEP_S)
    grid = Grid(TIMES, values["a"].astype(np.float32), np.ones(values["a"].shape, bool), ("flow", "heat"))
    flat = profile.removed(grid, "a")
    assert flat.values[:, 0].std() == pytest.approx(0.2, abs=0.03)
    np.testing.assert_array_equal(flat.values[:, 1], grid.values[:, 1])
    np.testing.assert_allclose(profile.at(TIMES, "a")[0, :, 0], DAY, atol=0.25)


def test_a_fault_of_a_day_does_not_enter_the_profile():
    values = noisy(DAY)["a"]
    values[200:248] += 50.0
    profile = fit_profile({"a": TIMES}, {"a": values}, Rhythm("day", np.array([True])), STEP_S)
    np.testing.assert_allclose(profile.at(TIMES, "a")[0, :, 0], DAY, atol=0.25)


def test_an_asset_never_seen_has_the_familys_middle_profile():
    times = dict.fromkeys("abc", TIMES)
    values = {name: noisy(size * DAY)["a"] for name, size in (("a", 1.0), ("b", 2.0), ("c", 3.0))}
    profile = fit_profile(times, values, Rhythm("day", np.array([True])), STEP_S)
    np.testing.assert_allclose(profile.at(TIMES, "new"), profile.at(TIMES, "b"), atol=0.2)


def test_a_day_that_repeats_to_the_row_keeps_its_edges():
    rows = np.arange(10 * 288)
    times = np.datetime64("2026-03-02", "us") + rows * np.timedelta64(300, "s")
    rng = np.random.default_rng(0)
    exact = rng.uniform(0, 60, 288)[rows % 288] + rng.normal(0, 0.01, len(rows))
    moving = DAY.repeat(6)[: len(rows)] + rng.normal(0, 0.5, len(rows))
    split = {"a": 7 * 288}
    by_row = choose_profile({"a": times}, {"a": exact[:, None]}, 300.0, split)
    assert by_row is not None
    assert by_row.by_row
    profile = fit_profile({"a": times}, {"a": exact[:, None]}, by_row, 300.0)
    assert np.abs(exact - profile.at(times, "a")[0, :, 0] - np.median(exact)).max() < 0.1
    smooth = choose_profile({"a": times}, {"a": moving[:, None]}, 300.0, split)
    assert smooth is not None
    assert not smooth.by_row
