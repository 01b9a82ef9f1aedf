"""What a night calls the anomalies that the night before reported: hand-made tables of an asset, a row an hour."""

from __future__ import annotations

import pandas as pd
import pytest

from anomaly.series.night.anomalies import Rules, id_of
from anomaly.series.night.identity import Tonight, with_reported_ids
from sensors_data.tables import TABLES

HOUR = pd.Timedelta("1h")
RULES = Rules(merge_gap=HOUR)


def at(moment: str) -> pd.Timestamp:
    """A moment of November, as `21 03:00`."""
    return pd.Timestamp(f"2026-11-{moment}", tz="UTC")


def row(name: str, over: tuple[str, str], interval: tuple[str, str], state: str, **other: object) -> dict[str, object]:
    """A row of `anomalies` with rows over the threshold and an interval, both as [first, last)."""
    (detected, cleared), (start, end) = map(at, over), map(at, interval)
    times = {"detected": detected, "cleared": cleared, "run_start": detected, "start": start, "end": end}
    height = {"peak_time": detected, "peak_score": 5.0, "severity": "warning", "model": "pump@x", "rows": 1}
    about = {"sensors": [{"sensor": "flow", "share": 1.0}], "oddity": "flow flat", "suppressed": False}
    return {"anomaly_id": name, "asset": "p1", "state": state} | times | height | about | other


def tonight(over: tuple[str, str], peak: float = 3.0) -> Tonight:
    """A night whose rows in [first, last) are over the threshold; the first of them is the highest."""
    midnight = at(over[0]).floor("D")
    times = pd.date_range(midnight, periods=24, freq="h")
    is_over = (times >= at(over[0])) & (times < at(over[1]))
    score = pd.Series(0.5 + 1.5 * is_over).where(times != at(over[0]), peak)
    rows = {"time": times, "asset": "p1", "score": score, "threshold": 1.0, "is_anomaly": is_over, "suppressed": False}
    values = TABLES["sensor_scores"].frame()
    return Tonight("pump", midnight, pd.DataFrame(rows | {"model": "pump@y"}), values, RULES, HOUR)


def named(anomalies: list[dict[str, object]], reported: list[dict[str, object]], night: Tonight) -> list[dict]:
    frames = (TABLES["anomalies"].frame(rows) for rows in (anomalies, reported))
    return with_reported_ids(*frames, night).to_dict("records")


def span(anomaly: dict, first: str, last: str) -> tuple[str, str]:
    return f"{anomaly[first]:%d %H:%M}", f"{anomaly[last]:%d %H:%M}"


def test_an_anomaly_that_grows_stays_as_the_night_reads_it():
    before = row("a", ("20 20:00", "21 00:00"), ("20 20:00", "21 00:00"), "new")
    after = row("a", ("20 20:00", "21 04:00"), ("20 19:00", "21 02:00"), "ended", rows=8)
    assert named([after], [before], tonight(("21 00:00", "21 04:00"))) == [after]


def test_of_two_that_a_night_reads_as_one_the_second_goes_on():
    first = row("a", ("20 10:00", "20 14:00"), ("20 10:00", "20 12:00"), "new")
    second = row("b", ("20 14:00", "21 00:00"), ("20 16:00", "20 17:00"), "new", rows=10)
    whole = row("a", ("20 10:00", "21 03:00"), ("20 10:00", "21 02:00"), "ended", rows=17)
    [one] = named([whole], [first, second], tonight(("21 00:00", "21 03:00"), peak=9.0))
    assert (one["anomaly_id"], one["state"], one["rows"]) == ("b", "ended", 13)
    assert span(one, "detected", "cleared") == ("20 14:00", "21 03:00")
    assert span(one, "start", "end") == ("20 16:00", "21 02:00")
    assert (one["peak_score"], one["model"], f"{one['peak_time']:%d %H}") == (9.0, "pump@y", "21 00")
    assert one["run_start"] == at("20 10:00")


def test_a_new_fault_in_a_run_that_lasts_begins_with_its_night_under_an_id_of_its_own():
    before = row("a", ("20 02:00", "21 00:00"), ("20 02:00", "20 05:00"), "new")
    fault = row("c", ("20 13:00", "21 12:00"), ("21 08:00", "21 10:00"), "continuing", rows=23)
    [one] = named([fault], [before], tonight(("21 00:00", "21 12:00")))
    assert (one["anomaly_id"], one["state"], one["rows"]) == (id_of("pump", "p1", at("21 00:00")), "new", 12)
    assert span(one, "detected", "cleared") == ("21 00:00", "21 12:00")
    assert span(one, "start", "end") == ("21 08:00", "21 10:00")
    assert one["run_start"] == at("20 13:00")


def test_the_fault_goes_on_under_that_id_although_nights_read_its_run_from_before():
    before = row("x", ("21 00:00", "21 12:00"), ("21 08:00", "21 10:00"), "new", run_start=at("20 13:00"), rows=12)
    again = row("c", ("20 13:00", "22 02:00"), ("21 08:00", "21 11:00"), "ended", rows=25)
    [one] = named([again], [before], tonight(("22 00:00", "22 02:00")))
    assert (one["anomaly_id"], one["state"], one["rows"]) == ("x", "ended", 14)
    assert span(one, "start", "end") == ("21 08:00", "21 11:00")


def test_what_touches_the_interval_that_was_reported_goes_on_and_has_both_parts():
    before = row("a", ("20 12:00", "21 00:00"), ("20 20:00", "21 00:00"), "new", rows=12)
    past = row("a", ("20 12:00", "20 22:00"), ("20 20:00", "20 21:00"), "ended")
    later = row("c", ("20 22:00", "21 03:00"), ("20 23:00", "21 02:00"), "ended")
    [one] = named([past, later], [before], tonight(("21 00:00", "21 03:00")))
    assert (one["anomaly_id"], one["state"], one["rows"]) == ("a", "ended", 15)
    assert span(one, "detected", "cleared") == ("20 12:00", "21 03:00")
    assert span(one, "start", "end") == ("20 20:00", "21 02:00")


def test_a_run_that_is_over_without_new_evidence_leaves_the_reported_interval():
    others = row("b", ("20 02:00", "20 12:00"), ("20 04:00", "20 09:00"), "new")
    before = row("d", ("20 12:00", "21 00:00"), ("20 15:00", "20 16:00"), "new", rows=12)
    whole = row("b", ("20 02:00", "21 05:00"), ("20 04:00", "20 08:00"), "ended")
    [one] = named([whole], [others, before], tonight(("21 00:00", "21 05:00")))
    assert (one["anomaly_id"], one["state"], one["rows"]) == ("d", "ended", 17)
    assert span(one, "start", "end") == ("20 15:00", "20 16:00")
    assert one["oddity"] == before["oddity"]


def test_a_new_one_beside_one_that_ended_does_not_reach_back_over_it():
    before = row("a", ("20 20:00", "20 23:00"), ("20 20:00", "21 00:00"), "new")
    new = row("n", ("21 03:00", "21 06:00"), ("20 23:00", "21 05:00"), "new")
    [one] = named([new], [before], tonight(("21 03:00", "21 06:00")))
    assert (one["anomaly_id"], one["state"]) == ("n", "new")
    assert span(one, "start", "end") == ("21 00:00", "21 05:00")


def test_rows_whose_evidence_was_reported_are_of_the_anomaly_that_has_it():
    before = row("a", ("20 20:00", "20 23:00"), ("20 20:00", "21 00:00"), "new", rows=3)
    rows_alone = row("n", ("21 03:00", "21 05:00"), ("20 19:00", "20 22:00"), "new")
    [one] = named([rows_alone], [before], tonight(("21 03:00", "21 05:00")))
    assert (one["anomaly_id"], one["state"], one["rows"]) == ("a", "continuing", 5)
    assert span(one, "detected", "cleared") == ("20 20:00", "21 05:00")
    assert span(one, "start", "end") == ("20 20:00", "20 22:00")


def test_what_no_night_has_reported_is_new_although_it_began_before_midnight():
    late = row("k", ("20 23:00", "21 02:00"), ("20 23:00", "21 02:00"), "ended")
    assert named([late], [], tonight(("21 00:00", "21 02:00"))) == [late | {"state": "new"}]


@pytest.mark.parametrize("missing", ["detected", "cleared"])
def test_rows_of_files_that_say_nothing_of_their_run_are_of_no_id(missing):
    old = row("o", ("20 20:00", "21 00:00"), ("20 20:00", "21 00:00"), "new", **{missing: pd.NaT})
    after = row("a", ("20 20:00", "21 04:00"), ("20 19:00", "21 02:00"), "ended")
    assert [one["anomaly_id"] for one in named([after], [old], tonight(("21 00:00", "21 04:00")))] == ["a"]
