"""When and which: hand-made evidence, row by row."""

import numpy as np
import pandas as pd
import pytest

from anomaly.series.evidence.localise import LONGEST_WINDOW, Located, best_place
from anomaly.series.evidence.localise import locate as locate_among

START = pd.Timestamp("2026-11-21T23:00Z")


def rows(pattern: np.ndarray, cross: np.ndarray, value: np.ndarray | None = None) -> pd.DataFrame:
    """Rows of `sensor_scores`: evidence (T, 2) of flow and speed, one row every five minutes, and their `value` (T, 2),
    of which 0 is expected and 90 % lie within one.
    """
    times, value = pd.date_range(START, periods=len(pattern), freq="5min"), np.zeros(1) if value is None else value
    band = {"expected": 0.0, "low": -1.0, "high": 1.0, "observed": True}
    value = np.broadcast_to(value, pattern.shape)
    parts = [
        pd.DataFrame(
            {"time": times, "sensor": name, "pattern": pattern[:, n], "cross": cross[:, n], "value": value[:, n]}
        )
        for n, name in enumerate(("flow", "speed"))
    ]
    return pd.concat(parts).assign(**band)


def locate(values: pd.DataFrame) -> list[Located]:
    """The places in rows of which none belongs to a steady state."""
    return locate_among(values, pd.Series([], dtype=values["time"].dtype))


def evidence(first: int, last: int, sensor: int, nats: float, length: int = 60) -> np.ndarray:
    """Two nats against a fault everywhere, `nats` for one at a sensor's rows [first, last)."""
    found = np.full((length, 2), -2.0)
    found[first:last, sensor] = nats
    return found


def test_the_place_is_the_rows_and_sensors_with_the_largest_sum():
    place = best_place(evidence(20, 30, 1, 5.0))
    assert (place.first, place.last, place.gain) == (20, 30, 50.0)
    assert place.by_sensor.tolist() == [-20.0, 50.0]


def test_a_short_lull_inside_a_fault_does_not_split_it_and_a_long_one_does():
    nats = evidence(20, 40, 0, 5.0)
    nats[28:31, 0] = -2.0
    assert (best_place(nats).first, best_place(nats).last) == (20, 40)
    nats[21:35, 0] = -2.0
    assert (best_place(nats).first, best_place(nats).last) == (35, 40)


@pytest.mark.parametrize("length", [1, 5, 40])
def test_kadane_finds_what_trying_every_interval_finds(length):
    nats = np.random.default_rng(length).normal(-0.3, 1.0, (length, 1))
    sums = {(a, b): nats[a:b].sum() for a in range(length) for b in range(a + 1, length + 1)}
    place = best_place(nats)
    assert nats[place.first : place.last].sum() == pytest.approx(max(sums.values()))


def test_the_view_that_sees_the_fault_better_says_when_and_both_say_which_sensor():
    [found] = locate(rows(evidence(10, 50, 0, 0.1), evidence(20, 30, 1, 6.0)))
    assert (found.start, found.last) == (START + pd.Timedelta("100min"), START + pd.Timedelta("145min"))
    assert found.shares.idxmax() == "speed"
    assert found.shares.sum() == pytest.approx(1.0)


def test_an_interval_may_lie_over_midnight():
    [found] = locate(rows(evidence(9, 15, 0, 4.0), evidence(0, 0, 0, 0.0)))
    assert (found.start.day, found.last.day) == (21, 22)


def test_a_second_fault_of_enough_evidence_has_a_place_of_its_own():
    large, small = evidence(10, 20, 0, 9.0), evidence(40, 44, 1, 6.0)
    first, second = locate(rows(np.fmax(large, small), evidence(0, 0, 0, 0.0)))
    assert (first.start, first.last) == (START + pd.Timedelta("50min"), START + pd.Timedelta("95min"))
    assert (second.start, second.last) == (START + pd.Timedelta("200min"), START + pd.Timedelta("215min"))
    assert (first.shares.idxmax(), second.shares.idxmax()) == ("flow", "speed")
    assert len(locate(rows(np.fmax(large, evidence(40, 44, 1, 4.0)), evidence(0, 0, 0, 0.0)))) == 1  # 16 nats


def test_rows_without_evidence_have_no_place():
    assert locate(rows(evidence(0, 0, 0, 0.0), evidence(0, 0, 0, 0.0))) == []
    unknown = np.full((60, 2), np.nan)
    assert locate(rows(unknown, unknown)) == []
    assert locate(rows(unknown, unknown).iloc[:0]) == []


def test_faults_with_normal_rows_between_have_places_of_their_own_however_large_they_are():
    nats = np.fmax(evidence(10, 20, 0, 90.0), evidence(60, 70, 0, 50.0, 80)[:60])
    nats = np.concatenate([nats, evidence(0, 10, 0, 50.0, 20)])
    first, second = locate(rows(nats, np.full((80, 2), -2.0)))  # 40 rows between them, 80 nats against
    assert (first.start, first.last) == (START + pd.Timedelta("50min"), START + pd.Timedelta("95min"))
    assert (second.start, second.last) == (START + pd.Timedelta("300min"), START + pd.Timedelta("345min"))
    nats[20:40, 0] = 1.0
    assert len(locate(rows(nats, np.full((80, 2), -2.0)))) == 1  # 40 nats against are within one


def test_many_rows_a_little_further_off_than_usual_are_a_place_that_no_single_row_shows():
    value = np.random.default_rng(0).normal(0, 1 / 1.645, (300, 2))
    value[100:200, 1] *= 2
    none = np.full((300, 2), -1.6)
    [found] = locate(rows(none, none, value))
    first, last = ((moment - START) / pd.Timedelta("5min") for moment in (found.start, found.last))
    assert (min(last + 1, 200) - max(first, 100)) / (max(last + 1, 200) - min(first, 100)) > 0.8
    assert found.shares["speed"] > 0.95
    assert locate(rows(none, none, value).assign(observed=False)) == []


def steady_after(hours: int, values: pd.DataFrame) -> pd.Series:
    """The times of rows later than so many hours after the first."""
    return values.loc[values["time"] >= START + pd.Timedelta(hours=hours), "time"].drop_duplicates()


def test_a_state_that_is_steady_is_no_news_however_its_evidence_is_seen():
    many = 3 * LONGEST_WINDOW
    nats = evidence(100, many, 0, 3.0, many)
    value = np.random.default_rng(0).normal(0, 1 / 1.645, (many, 2))
    value[100:, 1] *= 3
    for seen in (rows(nats, np.full((many, 2), -2.0)), rows(*[np.full((many, 2), -2.0)] * 2, value)):
        [place] = locate_among(seen, steady_after(15, seen))
        assert abs((place.start - START) / pd.Timedelta("5min") - 100) < 10
        assert place.last == START + pd.Timedelta("14h55min")


def test_a_fault_may_go_on_in_a_state_whose_score_is_steady():
    nats = evidence(100, 250, 0, 3.0, 800)
    seen = rows(nats, np.full((800, 2), -2.0))
    [place] = locate_among(seen, steady_after(15, seen))
    assert place.last == START + 249 * pd.Timedelta("5min")


@pytest.mark.parametrize(("rows_beside", "places"), [(1, 2), (2, 2), (3, 1)])
def test_beside_a_large_fault_a_place_of_a_row_or_two_needs_less_evidence(rows_beside, places):
    nats = np.maximum(evidence(5, 15, 0, 10.0), evidence(40, 40 + rows_beside, 1, 16.0 / rows_beside))
    assert len(locate(rows(nats, np.full((60, 2), -2.0)))) == places
