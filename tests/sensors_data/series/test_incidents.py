import io
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sensors_data.series.grids.grid import Grid
from sensors_data.series.incidents import Incident, add_incident, incident_rows, label, read_incidents, withdraw

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


def incident(**changes):
    plain = {"family": "pump", "start": START, "end": START + timedelta(hours=1), "kind": "fault"}
    return Incident.model_validate({**plain, **changes})


def grid(rows=24):
    times = np.datetime64("2026-11-21", "us") + np.arange(rows) * np.timedelta64(1, "h")
    return Grid(times, np.zeros((rows, 1), np.float32), np.ones((rows, 1), bool), ("a",))


def test_an_incident_is_kept_once_however_often_it_is_said(store):
    first = add_incident(store, incident(note="bearing", asset="p1"))
    berlin = timezone(timedelta(hours=1))
    again = incident(note="bearing", asset="p1", start=START.astimezone(berlin))
    assert add_incident(store, again) == first
    assert add_incident(store, incident(note="seal", asset="p1")) != first
    rows = read_incidents(store)
    assert len(rows) == 2
    assert (rows["start"] == START).all()
    assert sorted(rows["note"]) == ["bearing", "seal"]


def test_incidents_are_sorted_by_start_and_read_by_family(store):
    add_incident(store, incident(start=START - timedelta(hours=2), family="oven", asset="o1"))
    add_incident(store, incident())
    add_incident(store, incident(start=START - timedelta(hours=1), sensor="flow"))
    assert read_incidents(store)["start"].is_monotonic_increasing
    assert len(read_incidents(store)) == 3
    mine = read_incidents(store, "pump")
    assert mine["sensor"].isna().tolist() == [False, True]
    assert read_incidents(store, "fan").empty


def test_no_incidents_are_an_empty_table(store):
    rows = read_incidents(store)
    assert rows.empty
    assert not incident_rows(grid(), rows, "p1", ("fault",)).any()


def test_an_incident_covers_the_rows_from_its_start_to_before_its_end(store):
    add_incident(store, incident(asset="p1"))
    add_incident(store, incident(kind="planned", start=START + timedelta(hours=4), end=START + timedelta(hours=6)))
    rows = read_incidents(store, "pump")
    assert np.flatnonzero(incident_rows(grid(), rows, "p1", ("fault", "planned"))).tolist() == [8, 12, 13]
    assert np.flatnonzero(incident_rows(grid(), rows, "p2", ("fault", "planned"))).tolist() == [12, 13]
    assert np.flatnonzero(incident_rows(grid(), rows, "p1", ("fault",))).tolist() == [8]
    assert not incident_rows(grid(), rows, "p1", ("dismissed",)).any()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"end": START}, "ends after it starts"),
        ({"end": START - timedelta(hours=1)}, "ends after it starts"),
        ({"start": START.replace(tzinfo=None)}, "need a zone"),
        ({"end": datetime(2026, 11, 22)}, "need a zone"),
    ],
)
def test_an_incident_without_length_or_zone_is_refused(store, changes, said):
    with pytest.raises(ValueError, match=said):
        add_incident(store, incident(**changes))
    assert read_incidents(store).empty


def test_what_is_said_again_of_an_anomaly_takes_the_place_of_what_was_said_before(store):
    said = {"family": "pump", "asset": "p1", "start": "2026-11-21T08:00Z", "end": "2026-11-21T09:00Z"}
    first = label(store, incident(**said, kind="confirmed", author="Ann", told="2026-11-22T07:00Z"))
    other = label(store, incident(**{**said, "asset": "p2"}, kind="confirmed"))
    last = label(store, incident(**said, kind="dismissed", author="Ben", told="2026-11-22T08:00Z"))
    rows = read_incidents(store, "pump").set_index("incident")
    assert first not in rows.index
    assert rows.loc[last, "kind"] == "dismissed"
    assert rows.loc[last, "told"] == pd.Timestamp("2026-11-22T08:00Z")
    assert pd.isna(rows.loc[other, "told"])
    withdraw(store, other)
    assert list(read_incidents(store, "pump")["incident"]) == [last]
    with pytest.raises(LookupError, match="no incident"):
        withdraw(store, other)
    with pytest.raises(ValueError, match="confirmed, dismissed, planned; found 'fault'"):
        label(store, incident(**said, kind="fault"))


def test_the_time_of_saying_does_not_make_another_incident(store):
    said = {"family": "pump", "start": "2026-11-21T08:00Z", "end": "2026-11-21T09:00Z", "kind": "fault"}
    assert add_incident(store, incident(**said)) == add_incident(store, incident(**said, told="2026-11-22T08:00Z"))


def test_an_incident_kept_before_its_time_was_is_read_without_one(store):
    said = {"family": "pump", "start": "2026-11-21T08:00Z", "end": "2026-11-21T09:00Z", "kind": "fault"}
    path = store.path("incidents", incident=add_incident(store, incident(**said)))
    rows = pq.read_table(io.BytesIO(store.read_bytes(path)))
    old = io.BytesIO()
    before = rows.column_names.index("told")
    pq.write_table(rows.select(range(before)), old)
    store.write_bytes(path, old.getvalue())
    assert read_incidents(store)["told"].isna().all()
    pq.write_table(rows.drop_columns(["author"]), old := io.BytesIO())
    store.write_bytes(path, old.getvalue())
    with pytest.raises(ValueError, match="has not the columns of table incidents"):
        read_incidents(store)
