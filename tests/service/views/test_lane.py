"""The lane of machines by nights, from the plant's store."""

import os
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.provenance import Provenance
from sensors_data.retention import Retention
from sensors_data.series.incidents import Incident, label, withdraw
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from sensors_data.upkeep.joining import join, to_join
from service.views.lane import lane_of, measured_of, read_ahead
from service.views.state import new_service

FIRST, LAST = START, START + timedelta(days=8)
ROW = {"asset": "oven-1", "peak_score": 2.0, "severity": "warning", "sensors": [{"sensor": "power", "share": 1.0}]}
ROW |= {"rows": 6, "suppressed": False, "model": "oven@2026-03-07"}


def write(settings, day, *rows):
    """Anomalies of a night, each by id, start and end."""
    frame = [{**ROW, "anomaly_id": name, "start": start, "end": end, "peak_time": start} for name, start, end in rows]
    Store(settings.store).write("anomalies", pd.DataFrame(frame), Provenance(job="test"), family="oven", day=day)


def at(day, hour):
    """A moment of the plant."""
    return pd.Timestamp(day, tz="UTC") + timedelta(hours=hour)


def test_an_anomaly_is_new_continuing_or_ended_by_the_nights_that_hold_it(copied):
    before = LAST - timedelta(days=1)
    write(copied, before, ("a" * 16, at(before, 1), at(before, 3)), ("b" * 16, at(before, 22), at(LAST, 0)))
    write(copied, LAST, ("b" * 16, at(before, 22), at(LAST, 4)), ("c" * 16, at(LAST, 9), at(LAST, 10)))
    lane = lane_of(new_service(copied), None, None)
    states = {one["id"][0]: (one["state"], one["end"]) for one in lane.anomalies if one["id"][0] * 16 == one["id"]}
    assert states == {
        "a": ("ended", at(before, 3).timestamp()),
        "b": ("continuing", at(LAST, 4).timestamp()),
        "c": ("new", at(LAST, 10).timestamp()),
    }


def test_an_anomaly_is_told_up_to_the_last_night_that_saw_it_over_the_limit(copied):
    before = LAST - timedelta(days=1)
    goes_on, ended = ("d" * 16, at(before, 1), at(before, 3)), ("e" * 16, at(before, 5), at(before, 6))
    write(copied, before, goes_on, ended)
    write(copied, LAST, goes_on)
    found = {one["id"][0]: one for one in lane_of(new_service(copied), None, None).anomalies}
    assert found["d"]["end"] == at(before, 3).timestamp()
    assert found["d"]["until"] == at(LAST, 24).timestamp()
    assert found["e"]["until"] == found["e"]["end"] == at(before, 6).timestamp()
    assert found["d"]["oddity"] == "power odd"


def test_what_was_read_ahead_is_not_read_again_for_the_first_lane(copied):
    service = new_service(copied)
    read_ahead(service)
    expected = lane_of(new_service(copied), None, None)
    for path in Path(copied.store, "anomalies").rglob("*.parquet"):
        about = path.stat()
        path.write_bytes(b"x" * about.st_size)  # cannot be read, and looks as it did before
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert lane_of(service, None, None) == expected


def test_reading_ahead_leaves_an_empty_store_to_the_first_lane(plant, tmp_path):
    service = new_service(plant.model_copy(update={"store": str(tmp_path / "none")}))
    read_ahead(service)
    with pytest.raises(NotThereError, match="nothing was scored yet"):
        lane_of(service, None, None)


def test_every_night_asked_for_is_a_column_and_only_scored_ones_are_told_as_scored(plant):
    lane = lane_of(new_service(plant), FIRST, LAST)
    assert [str(night) for night in lane.nights] == [str(FIRST + timedelta(days=n)) for n in range(9)]
    assert lane.scored["oven"] == [str(START + timedelta(days=n)) for n in range(5, 9)]
    assert [(row["family"], row["name"]) for row in lane.rows] == [("oven", "oven-1"), ("oven", "oven-3")]
    planned = [one for one in lane.incidents if one["kind"] == "planned"]
    assert [(one["row"], one["end"] - one["start"]) for one in planned] == [(0, 3 * 3600)]


def test_what_was_said_stays_with_an_anomaly_that_grows(copied):
    write(copied, LAST, ("a" * 16, at(LAST, 1), at(LAST, 3)))
    told = {"family": "oven", "asset": "oven-1", "kind": "dismissed", "author": "Ann", "note": "cleaned"}
    kept = label(Store(copied.store), Incident(start=at(LAST, 1), end=at(LAST, 3), **told))
    write(copied, LAST, ("a" * 16, at(LAST, 1), at(LAST, 8)))
    service = new_service(copied)
    [one] = [one for one in lane_of(service, LAST, LAST).anomalies if one["id"] == "a" * 16]
    assert (one["said"], one["author"], one["note"], one["incident"]) == ("dismissed", "Ann", "cleaned", kept)
    withdraw(service.store, kept)
    [one] = [one for one in lane_of(service, LAST, LAST).anomalies if one["id"] == "a" * 16]
    assert one["said"] is None


def test_a_night_says_how_much_was_measured_of_each_machine(plant, nightly):
    measured = measured_of(new_service(plant), "oven", [LAST])
    rows = nightly("scores", LAST)
    for asset, part in rows.groupby("asset"):
        assert measured[str(LAST)][asset] == round(100 * part["observed_share"].sum() / 144)
    assert measured_of(new_service(plant), "oven", [FIRST]) == {}


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (LAST, FIRST, "lies before the first"),
        (LAST - timedelta(days=400), LAST, "401 nights were asked for"),
    ],
)
def test_nights_that_cannot_be_shown_are_refused(plant, first, last, message):
    with pytest.raises(UnusableError, match=message):
        lane_of(new_service(plant), first, last)


def test_a_store_without_scores_says_what_to_run(plant, tmp_path):
    empty = plant.model_copy(update={"store": str(tmp_path / "none")})
    with pytest.raises(NotThereError, match="nightscore backfill"):
        lane_of(new_service(empty), None, None)


def test_nights_whose_files_lie_joined_are_in_the_lane_as_before(copied):
    before, store = lane_of(new_service(copied), None, None), Store(copied.store)
    assert sum(join(store, paths) for paths in to_join(store, Retention(), START + timedelta(days=99))) > 0
    assert lane_of(new_service(copied), None, None) == before
