"""Lists for people and for programs: nothing is cut, ids may be given by how they begin, --quiet says no more."""

import json
from types import SimpleNamespace

import pytest
from rich.table import Table

from sensors_data.datasets import DATASETS
from sensors_data.jobs import JOBS
from service.console import add_cells, show_table

SETTINGS = """
[families.oven]
inbox = "inbox"
step = "5min"
sensors = { power = {} }
"""


@pytest.fixture
def place(nightscore, tmp_path, monkeypatch):
    """A store with two incidents, and commands on it in a pipe of 80 columns."""
    (tmp_path / "settings.toml").write_text(SETTINGS)
    monkeypatch.setenv("COLUMNS", "80")

    def ask(*words):
        return nightscore(*words, "--settings", tmp_path / "settings.toml", "--store", tmp_path / "store")

    ids = []
    for hour in ("06", "08"):
        times = ("--start", f"2026-03-08T{hour}:00Z", "--end", "2026-03-08T10:00Z")
        note = ("--note", "the bearing was changed and greased by two people of the night shift")
        added = ask("incidents", "add", "--family", "oven", *times, "--kind", "planned", *note)
        ids.append(added.out.split()[2])
    return SimpleNamespace(ask=ask, ids=ids)


def test_a_list_in_a_pipe_cuts_neither_ids_nor_notes(place):
    told = place.ask("incidents", "list").out
    assert all(incident in told for incident in place.ids)
    assert told.count("greased by two people of the night shift") == 2


def test_incidents_are_rows_of_json(place):
    rows = json.loads(place.ask("incidents", "list", "--json").out)
    assert [row["incident"] for row in rows] == place.ids
    assert [row["start"] for row in rows] == ["2026-03-08T06:00:00Z", "2026-03-08T08:00:00Z"]
    assert {row["asset"] for row in rows} == {None}


def test_an_incident_is_withdrawn_by_how_its_id_begins(place):
    first, second = place.ids
    assert place.ask("incidents", "withdraw", first[:6]).out == f"withdrew incident {first}\n"
    assert [row["incident"] for row in json.loads(place.ask("incidents", "list", "--json").out)] == [second]
    place.ask("incidents", "withdraw", first[:6]).assert_refused(f"there is no incident '{first[:6]}'")
    place.ask("incidents", "withdraw", "").assert_refused("there is no incident ''")


def test_doctor_and_data_sets_are_json_too(place, nightscore):
    (state,) = json.loads(place.ask("doctor", "--json").out)
    assert (state["name"], state["state"]) == ("oven", "NO READINGS")
    assert [row["name"] for row in json.loads(nightscore("datasets", "list", "--json").out)] == list(DATASETS)


def test_quiet_says_what_was_asked_for_and_nothing_else(nightscore, tmp_path):
    (tmp_path / "a.csv").write_text("time,asset,power\n" + "".join(f"2026-03-08T0{h}:00Z,o,{h}\n" for h in range(9)))
    (tmp_path / "settings.toml").write_text(SETTINGS.replace('"inbox"', f'"{tmp_path / "a.csv"}"'))
    words = ("--family", "oven", "--day", "2026-03-08", "--settings", tmp_path / "settings.toml")
    where = ("--store", tmp_path / "store")
    assert nightscore("ingest", *words, *where).out.startswith("ingested oven 2026-03-08: 9 values")
    assert nightscore("--quiet", "ingest", *words, *where).out == ""
    assert JOBS["ingest"].help.split(";")[0] in " ".join(nightscore("ingest", "--help").out.split())


def test_brackets_in_a_name_are_no_markup(capsys):
    table = Table("sensor")
    add_cells(table, "Takt [/h]")
    add_cells(table, "Druck [bar]")
    show_table(table)
    shown = capsys.readouterr().out
    assert "Takt [/h]" in shown
    assert "Druck [bar]" in shown
