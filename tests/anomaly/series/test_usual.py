"""The usual course of a day: its band holds what it states, pays against a constant one, or is not shown."""

import numpy as np
import pytest

from anomaly.series.usual import FEWEST, GAIN, LEAST, Past, _quantiles, edge_of, past_of, rows_a_slot, usual_course
from sensors_data.series.grids.grid import Grid

FIRST = np.datetime64("2026-10-05")  # a Monday
HOURS = np.arange(96) / 4


def made(days: int, noise: float = 1.0, rhythm: float = 10.0, seed: int = 0) -> Past:
    """Days of one sensor with a daily rhythm, three rows a slot; each day lies a little higher or lower."""
    rng = np.random.default_rng(seed)
    course = 50 + rhythm * np.sin(2 * np.pi * HOURS / 24)
    level = rng.normal(0, noise, (days, 1, 1, 1))
    values = course[None, :, None, None] + level + rng.normal(0, noise, (days, 96, 3, 1))
    return Past(FIRST + np.arange(days), values.astype(np.float32))


def ahead_of(past: Past) -> np.ndarray:
    return past.days[-1:] + 1


def test_the_edge_of_a_band_is_that_of_a_new_day_among_days_alike():
    assert edge_of(39) == pytest.approx((0.05 * 40 - 1) / 38)
    assert edge_of(19) == edge_of(7) == edge_of(1) == 0.0
    assert edge_of(100_000) == pytest.approx(0.05, abs=1e-4)


def test_quantiles_are_those_of_numpy_without_nan():
    values = np.random.default_rng(1).normal(size=(4, 30, 2))
    values[0, :7, 1] = np.nan
    levels = np.array([0.05, 0.5, 0.93])
    assert np.allclose(_quantiles(values, levels), np.nanquantile(values, levels, axis=1))
    values[2, :, 0] = np.nan
    assert np.isnan(_quantiles(values, levels)[:, 2, 0]).all()


def test_a_band_of_a_daily_rhythm_holds_about_what_it_states_and_beats_a_constant_one():
    coverage = []
    for seed in range(20):
        past = made(42, seed=seed)
        usual = usual_course(past, ahead_of(past))
        assert usual.score[0] < 0.5
        coverage.append(usual.coverage[0])
    assert 0.86 < np.mean(coverage) < 0.96
    assert usual.holds.all()
    truth = 50 + 10 * np.sin(2 * np.pi * HOURS / 24)
    assert np.abs(usual.middle[0, :, 0] - truth).mean() < 0.6
    assert (usual.low < usual.middle).all()
    assert (usual.middle < usual.high).all()


def test_where_the_time_of_day_tells_nothing_there_is_no_band():
    usual = usual_course(made(42, rhythm=0.0), np.array([FIRST + 42]))
    assert usual.score[0] > GAIN
    assert not usual.holds.any()


def test_a_band_that_the_last_week_left_is_not_shown():
    past = made(42)
    past.values[-7:] += 8
    usual = usual_course(past, ahead_of(past))
    assert usual.coverage[0] < LEAST
    assert not usual.holds.any()


def test_values_far_from_their_slot_are_not_learned_but_tested_by():
    past, clean = made(42), made(42)
    past.values[10, :40] += 60
    assert np.allclose(*(usual_course(one, ahead_of(one)).high for one in (past, clean)), atol=1.0)
    past.values[-3:] += 60
    usual = usual_course(past, ahead_of(past))
    assert usual.coverage[0] == pytest.approx(4 / 7 * usual_course(clean, ahead_of(clean)).coverage[0], abs=0.1)


def test_days_off_are_told_apart_where_enough_weeks_are_there():
    past = made(42)
    weekend = np.isin(np.arange(42) % 7, (5, 6))
    past.values[weekend] -= 30
    usual = usual_course(past, FIRST + 42 + np.arange(7))
    assert usual.kinds[0] in ("workday", "week")
    assert usual.holds.all()
    working, resting = (usual.middle[days, 40, 0].mean() for days in (slice(0, 5), slice(5, 7)))
    assert working - resting == pytest.approx(30, abs=2)


def test_a_tested_day_is_held_against_earlier_days_alone():
    past = made(28)
    known = usual_course(Past(past.days[:21], past.values[:21]), past.days[21:22])
    later = made(28)
    later.values[21:] = np.nan
    again = usual_course(Past(later.days[:21], later.values[:21]), past.days[21:22])
    assert np.array_equal(known.high, again.high)
    held = (past.values[21] >= known.low[0][:, None]) & (past.values[21] <= known.high[0][:, None])
    assert held.mean() > 0.7


@pytest.mark.parametrize("days", [0, 1, FEWEST - 1, FEWEST])
def test_few_days_give_no_band_and_no_fault(days):
    past = made(42)
    past.values[: 42 - days] = np.nan
    usual = usual_course(past, ahead_of(past))
    assert usual.learned[0] == days
    assert usual.holds.any() <= (days >= FEWEST)


def test_rows_are_thinned_within_a_slot_and_put_on_their_day():
    times = np.arange(
        np.datetime64("2026-10-05T06:00", "us"), np.datetime64("2026-10-07", "us"), np.timedelta64(60, "s")
    )
    values = np.arange(len(times), dtype=np.float32)[:, None]
    grid = Grid(times, values, np.ones_like(values, bool), ("a",))
    usable = np.ones_like(values, bool)
    usable[:15] = False
    past = past_of(grid, usable, FIRST, 2, 60.0)
    assert past.values.shape == (2, 96, 3, 1)
    assert np.isnan(past.values[0, :25]).all()
    assert past.values[0, 25, :, 0].tolist() == [15.0, 22.0, 29.0]
    assert past.values[1, 95, 2, 0] == len(times) - 1


@pytest.mark.parametrize(("step", "rows"), [(1, 900), (60, 15), (300, 3), (600, 2), (1200, 1), (3600, 1), (86_400, 1)])
def test_a_slot_is_of_whole_rows_and_divides_the_day(step, rows):
    assert rows_a_slot(step) == rows
    assert 86_400 % (rows * step) == 0


def test_a_step_that_does_not_divide_a_quarter_of_an_hour_has_longer_slots():
    times = np.arange(FIRST.astype("datetime64[us]"), (FIRST + 2).astype("datetime64[us]"), np.timedelta64(600, "s"))
    values = np.arange(len(times), dtype=np.float32)[:, None]
    past = past_of(Grid(times, values, values >= 0, ("a",)), values >= 0, FIRST, 2, 600.0)
    assert past.values.shape == (2, 72, 2, 1)
    assert past.values[1, 0, :, 0].tolist() == [144.0, 145.0]
