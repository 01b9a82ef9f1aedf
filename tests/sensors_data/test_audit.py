import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from sensors_data.audit import NEWEST, entries, path_of, record
from sensors_data.errors import DamagedError
from sensors_data.series.incidents import Incident, add_incident, withdraw

PLANNED = {"family": "pump", "kind": "planned", "start": "2026-11-21T06:00Z", "end": "2026-11-21T09:00Z"}


def test_who_said_and_who_withdrew_stands_in_the_log_in_order(store):
    key = add_incident(store, Incident.model_validate({**PLANNED, "author": "night shift"}))
    withdraw(store, key, "ana")
    assert [(entry.who, entry.what) for entry in entries(store)] == [("night shift", "planned"), ("ana", "withdrew")]
    assert key in entries(store)[1].about


def test_twenty_writers_at_once_make_one_chain(store):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record(store, "dismissed", f"anomaly {number}", "ana"), range(20)))
    log = entries(store)
    assert [entry.number for entry in log] == list(range(1, 21))
    assert {entry.about for entry in log} == {f"anomaly {number}" for number in range(20)}


def test_an_entry_that_was_changed_removed_or_added_breaks_the_chain(store):
    for number in range(4):
        record(store, "dismissed", f"anomaly {number}", "ana")
    whole = {path: store.read_bytes(path) for path in store.files("audit")}
    forged = json.loads(whole[path_of(2)]) | {"who": "bob"}
    changes = {
        path_of(2): json.dumps(forged).encode(),
        path_of(3): b"{}",
        path_of(1): whole[path_of(1)].replace(b"anomaly 0", b"anomaly 9"),
    }
    for path, data in changes.items():
        store.write_bytes(path, data)
        with pytest.raises(DamagedError, match=r"is missing or was changed|is not an entry of the audit log"):
            entries(store)
        store.write_bytes(path, whole[path])
    store.remove(path_of(2))
    with pytest.raises(DamagedError, match=r"0000000002.json is missing or was changed"):
        entries(store)


def test_a_log_without_its_newest_entries_is_noticed_whether_or_not_it_was_written_to_since(store):
    for number in range(5):
        record(store, "dismissed", f"anomaly {number}", "ana")
    for number in (5, 4):
        store.remove(path_of(number))
    with pytest.raises(DamagedError, match=r"0000000004.json is missing"):
        entries(store)
    for number in (4, 5, 6):
        record(store, "dismissed", f"another anomaly {number}", "bob")  # in their place
        with pytest.raises(DamagedError, match=r"0000000005.json is missing or was changed"):
            entries(store)


def test_the_witness_of_a_writer_that_was_overtaken_or_killed_breaks_no_log(store):
    for number in range(3):
        record(store, "dismissed", f"anomaly {number}", "ana")
        if number == 1:
            earlier = store.read_bytes(NEWEST)
    store.write_bytes(NEWEST, earlier)
    assert len(entries(store)) == 3
    store.remove(NEWEST)  # as an earlier nightscore left it
    assert len(entries(store)) == 3
