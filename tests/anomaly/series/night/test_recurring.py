"""A change that shows by day alone is told once."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from anomaly.series.night.recurring import assets_long_over, joined_over_lulls

STEP = timedelta(minutes=5)
MONDAY = pd.Timestamp("2026-11-23T08:00Z")


def daytime(day: int, hours: float = 10, sensor: str = "flow", peak: float = 2.0) -> dict[str, object]:
    """An anomaly of some hours on a day of the week."""
    start = MONDAY + timedelta(days=day)
    end = start + timedelta(hours=hours)
    same = {"severity": "info" if peak < 3 else "warning", "model": "p@1", "peak_time": start, "suppressed": False}
    same |= {"state": "ended"}
    same |= {"anomaly_id": str(day), "sensors": [{"sensor": sensor, "share": 1.0}], "rows": int(hours * 12)}
    return same | {"start": start, "end": end, "detected": start, "cleared": end, "peak_score": peak}


def readings(*anomalies: dict[str, object], apart: tuple[float, ...] = ()) -> pd.DataFrame:
    """What each one's first sensor read beside what was expected: `apart` from it, 1 unless said."""
    rows = []
    for number, one in enumerate(anomalies):
        times = pd.date_range(one["start"], one["end"], freq=STEP, inclusive="left")
        off = apart[number] if apart else 1.0
        rows.append(pd.DataFrame({"time": times, "sensor": one["sensors"][0]["sensor"], "value": off, "expected": 0.0}))
    return pd.concat(rows)


def ids(anomalies: list[dict[str, object]], apart: tuple[float, ...] = ()) -> list[str]:
    return [one["anomaly_id"] for one in joined_over_lulls(anomalies, readings(*anomalies, apart=apart), STEP)]


def test_three_days_of_one_change_are_one_anomaly_with_the_first_days_interval():
    days = [daytime(0), daytime(1, peak=5.0), daytime(2)]
    [change] = joined_over_lulls(days, readings(*days), STEP)
    assert (change["anomaly_id"], change["start"], change["end"]) == ("0", days[0]["start"], days[0]["end"])
    assert (change["cleared"], change["rows"]) == (days[2]["cleared"], 360)
    assert (change["peak_score"], change["peak_time"], change["severity"]) == (5.0, days[1]["start"], "warning")


@pytest.mark.parametrize(
    ("second", "apart"),
    [(daytime(1, hours=5), ()), (daytime(2), ()), (daytime(1, sensor="level"), ()), (daytime(1), (1.0, -1.0))],
    ids=["short", "a day between", "another sensor", "the other side"],
)
def test_what_is_unlike_the_first_day_is_an_anomaly_of_its_own(second, apart):
    assert len(ids([daytime(0), second], apart)) == 2


def test_a_short_fault_between_two_days_parts_them():
    assert ids([daytime(0), daytime(0.6, hours=1), daytime(1)]) == ["0", "0.6", "1"]


@pytest.mark.parametrize(
    ("states", "told"), [(("ended", "new"), "continuing"), (("ended", "ended"), "ended"), (("new", "new"), "new")]
)
def test_a_part_that_is_new_tonight_continues_the_change(states, told):
    days = [daytime(day) | {"state": state} for day, state in enumerate(states)]
    assert joined_over_lulls(days, readings(*days), STEP)[0]["state"] == told


def test_an_asset_is_long_over_from_six_hours_on():
    rows = pd.DataFrame({"asset": ["a"] * 72 + ["b"] * 71 + ["c"] * 80, "is_anomaly": [True] * 143 + [False] * 80})
    assert assets_long_over(rows, STEP) == ["a"]
