"""Incidents gathered in one file: the same answers as of their own files, in one opened file."""

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from sensors_data.folder import Folder
from sensors_data.gathered import FEWEST, gather
from sensors_data.places import GATHERED_INCIDENTS
from sensors_data.series.incidents import Incident, add_incident, read_incidents, withdraw
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.upkeep.cleaning import clean
from sensors_data.upkeep.verify import paths_of, verify

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def incident(hour: int, note: str = "") -> Incident:
    start = FIRST + timedelta(hours=hour)
    family = "pump" if hour % 2 else "oven"
    return Incident(family=family, start=start, end=start + timedelta(hours=1), kind="planned", asset="p1", note=note)


@pytest.fixture
def keys(store) -> list[str]:
    """Ids of as many incidents as are worth a gathering."""
    return [add_incident(store, incident(hour)) for hour in range(FEWEST)]


def opened(monkeypatch) -> list[str]:
    """The paths that are read from now on."""
    paths, plain = [], Folder.unchecked_bytes
    monkeypatch.setattr(Folder, "unchecked_bytes", lambda self, path: paths.append(path) or plain(self, path))
    return paths


def test_gathered_incidents_are_the_same_rows_from_one_file(store, keys, monkeypatch):
    before = read_incidents(store), read_incidents(store, "pump")
    assert gather(store) == FEWEST
    assert gather(store) == 0
    paths = opened(monkeypatch)
    assert_frame_equal(read_incidents(store), before[0])
    assert_frame_equal(read_incidents(store, "pump"), before[1])
    assert paths == [GATHERED_INCIDENTS] * 2
    assert len(store.files("incidents")) == FEWEST


def test_what_is_said_and_taken_back_after_a_gathering_counts_at_once(store, keys, monkeypatch):
    gather(store)
    withdraw(store, keys[3])
    added = add_incident(store, incident(99))
    paths = opened(monkeypatch)
    assert set(read_incidents(store)["incident"]) == {*keys, added} - {keys[3]}
    assert paths == [GATHERED_INCIDENTS, store.path("incidents", incident=added)]
    assert add_incident(store, incident(3)) == keys[3]
    assert set(read_incidents(store)["incident"]) == {*keys, added}


def test_a_file_that_was_written_again_is_read_and_not_what_was_gathered_of_it(store, keys):
    gather(store)
    again = incident(0).model_copy(update={"told": FIRST})
    assert add_incident(store, again) == keys[0]
    rows = read_incidents(store).set_index("incident")["told"]
    assert rows[keys[0]] == FIRST
    assert rows.drop(keys[0]).isna().all()


def test_a_damaged_gathered_file_is_told_and_the_small_files_answer(store, keys, caplog):
    before = read_incidents(store)
    gather(store)
    path = Path(store.root) / GATHERED_INCIDENTS
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with caplog.at_level(logging.WARNING, "nightscore"):
        assert_frame_equal(read_incidents(store), before)
    assert GATHERED_INCIDENTS in caplog.text


def test_a_cleaning_gathers_where_it_is_worth_it(tmp_path):
    settings = Settings(store=str(tmp_path / "store"), families={})
    store = Store(settings.store)
    for hour in range(FEWEST - 1):
        add_incident(store, incident(hour))
    assert "gathered" not in clean(settings, date(2026, 3, 3))
    add_incident(store, incident(FEWEST))
    assert clean(settings, date(2026, 3, 4)).endswith(f"{FEWEST} incidents gathered")
    assert not list(filter(None, verify(store, paths_of(store, None))))


def test_an_incident_that_is_taken_back_while_all_are_read_is_left_out(store, monkeypatch):
    gone, stays = (add_incident(store, incident(hour)) for hour in range(2))
    plain, calls = Store.stamps, []

    def stamps(self, *words):
        listed = plain(self, *words)
        if words == ("incidents",):
            calls.append(words)
            if len(calls) == 1:
                withdraw(store, gone)  # between the listing and the reading
        return listed

    monkeypatch.setattr(Store, "stamps", stamps)
    assert read_incidents(store)["incident"].tolist() == [stays]
    assert len(calls) == 2
