"""Ids over hand-made nights: shared rows, states, and the order in which nights say them."""

from datetime import date

import pandas as pd

from benchmarks.nights.ids import Ids, ids_of

FIRST, SECOND = date(2026, 11, 20), date(2026, 11, 21)


def row(name: str, first: str, last: str, state: str, asset: str = "p1") -> dict[str, object]:
    start, end = (pd.Timestamp(f"2026-11-{moment}", tz="UTC") for moment in (first, last))
    interval = {"start": start, "end": end, "detected": start, "cleared": end}
    return {"anomaly_id": name, "asset": asset, "state": state} | interval


def nights(first: list[dict[str, object]], second: list[dict[str, object]]) -> dict[date, pd.DataFrame]:
    return {FIRST: pd.DataFrame(first), SECOND: pd.DataFrame(second)}


def test_an_anomaly_that_goes_on_beside_another_shares_nothing():
    first = [row("a", "20 10:00", "21 00:00", "new"), row("b", "20 10:00", "20 12:00", "new", asset="p2")]
    second = [row("a", "20 10:00", "21 04:00", "ended"), row("c", "21 09:00", "21 10:00", "new")]
    assert ids_of(nights(first, second)) == Ids(2, 3, 0, 0, 0, 0)


def test_rows_that_another_id_takes_over_are_a_border_and_their_state_is_wrong():
    first = [row("a", "20 10:00", "21 00:00", "new")]
    second = [row("a", "20 10:00", "20 18:00", "ended"), row("b", "20 18:00", "21 10:00", "continuing")]
    assert ids_of(nights(first, second)) == Ids(2, 2, borders=1, overlaps=0, not_new=1, out_of_turn=0)


def test_an_id_that_ends_and_is_back_with_the_rows_of_another_is_counted_thrice():
    first = [row("a", "20 10:00", "20 12:00", "ended"), row("b", "20 14:00", "20 18:00", "new")]
    second = [row("a", "20 10:00", "21 10:00", "continuing")]
    assert ids_of(nights(first, second)) == Ids(2, 2, borders=1, overlaps=1, not_new=1, out_of_turn=1)
