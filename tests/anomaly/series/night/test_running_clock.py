"""A clock that ran to another time of the day, and one that jumped there."""

import numpy as np
import pytest

from anomaly.series.night.running_clock import best_move, ran_to

LAGS, FITS, MISSES = 24, 0.5, 2.0


def cost_of(lags: list[int]) -> np.ndarray:
    """Nats (24, T) of rows that fit the clocks `lags` slots off, one a row, and no others."""
    cost = np.full((LAGS, len(lags)), MISSES)
    cost[lags, np.arange(len(lags))] = FITS
    return cost


def run(to: int, slots: int) -> list[int]:
    """Clocks of a machine that keeps the wall's, moves steadily and keeps the new one, a day each."""
    moving = np.rint(to * (np.arange(slots) + 0.5) / slots).astype(int) % LAGS
    return [*[0] * 24, *moving.tolist(), *[to % LAGS] * 24]


def test_a_steady_move_gains_what_its_rows_miss_by_both_clocks() -> None:
    lags = run(8, 10)
    neither = sum(lag not in (0, 8) for lag in lags)
    assert best_move(cost_of(lags), 8, 1).gain == pytest.approx(neither * (MISSES - FITS))


def test_a_jump_gains_nothing() -> None:
    assert best_move(cost_of([0] * 24 + [8] * 24), 8, 1).gain == 0.0
    assert ran_to(cost_of([0] * 24 + [8] * 24), 8, 1) is None


def test_a_run_through_more_than_a_day_is_seen() -> None:
    move = ran_to(cost_of(run(8 + LAGS, 40)), 8, 1)
    assert move is not None
    assert move.end == 24 + 40


def test_a_machine_that_stands_still_falls_behind() -> None:
    assert best_move(cost_of(run(-14, 14)), 10, 1).gain > 10


def test_the_rows_of_a_slot_count_as_one() -> None:
    cost = np.repeat(cost_of(run(8, 10)), 4, axis=1)
    assert best_move(cost, 8, 4).gain == pytest.approx(best_move(cost_of(run(8, 10)), 8, 1).gain)


def test_less_than_two_slots_are_no_move() -> None:
    assert best_move(cost_of([8]), 8, 1).gain == 0.0
