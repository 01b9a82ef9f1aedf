import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from sensors_data.audit import entries
from sensors_data.errors import UnusableError
from sensors_data.files import MACHINE, sweep
from sensors_data.model_files import ModelFile
from sensors_data.provenance import Provenance
from sensors_data.retention import Retention
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.upkeep.cleaning import clean, removable

LAST = date(2026, 11, 21)
DAYS = [LAST - timedelta(days=back) for back in range(9, -1, -1)]


@pytest.fixture
def settings(store, make_readings) -> Settings:
    """Ten days of readings, models of every fifth day, one rejected, and a report a day; four days of it are kept."""
    for day in DAYS:
        store.write("readings", make_readings(assets=1, rows=2), Provenance(job="test"), family="pump", day=day)
        store.write_bytes(f"reports/{day}.html", b"a report")
    for through, accepted in ((DAYS[0], True), (DAYS[3], True), (DAYS[4], False), (DAYS[8], True)):
        store.write_bytes(ModelFile("series", "pump", through, accepted).path, b"a model")
    kept = Retention(tables={"readings": 4, "reports": 2}, models=4, rejected_models=4)
    return Settings(store=store.root, retention=kept)


def test_what_is_older_than_its_span_goes_and_a_model_that_serves_the_span_stays(settings, store):
    listed = list(removable(store, settings.retention, LAST))
    assert clean(settings, LAST) == f"cleaned for {LAST}: {len(listed)} files removed"
    assert store.days("readings", family="pump") == DAYS[6:]
    assert store.files("reports") == [f"reports/{day}.html" for day in DAYS[8:]]
    assert [path.rpartition("/")[2] for path in store.files("models")] == [
        f"{DAYS[3]}.safetensors",
        f"{DAYS[8]}.safetensors",
    ]
    (entry,) = entries(store)
    assert entry.what == "deleted"
    assert entry.about.startswith("by retention ")
    assert f"from {LAST} on" in entry.about
    assert '"tables":{"readings":4,"reports":2}' in entry.about


def test_a_rule_of_retention_is_told_once_and_again_when_it_changes_or_another_account_removes(
    settings, store, monkeypatch
):
    for day in DAYS[5:]:
        clean(settings, day)
    assert len(entries(store)) == 1
    shorter = settings.retention.model_copy(update={"tables": {"readings": 2}})
    clean(settings.model_copy(update={"retention": shorter}), LAST)
    monkeypatch.setattr("sensors_data.upkeep.cleaning.account", lambda: "ana")
    clean(settings.model_copy(update={"retention": shorter}), LAST + timedelta(days=1))
    assert [entry.what for entry in entries(store)] == ["deleted"] * 3


def test_the_history_and_sheets_of_a_model_go_with_it(settings, store):
    def history(kind: str, name: str, through: date) -> str:
        return f"training/kind={kind}/name={name}/model={through}/data.parquet"

    gone, staying = DAYS[0], DAYS[8]
    for through in (gone, DAYS[2], staying):  # of DAYS[2] there is no model: its training did not end
        store.write_bytes(history("series", "pump", through), b"a history")
    store.write_bytes(f"sheets/camera=pump/model={gone}/snapshot-001.png", b"a sheet")
    store.write_bytes(f"generator_training/camera=pump/model={staying}/data.parquet", b"a history")
    clean(settings.model_copy(update={"retention": Retention()}), LAST)
    assert len(store.files("training")) == 3
    clean(settings, LAST)
    assert store.files("training") == [history("series", "pump", staying)]
    assert store.files("sheets") == []
    assert len(store.files("generator_training")) == 1


def test_without_spans_nothing_that_counts_is_removed(settings, store):
    assert list(removable(store, Retention(), LAST)) == []


@pytest.mark.parametrize("name", ["incidents", "reading", "models"])
def test_a_span_of_what_has_no_days_is_refused(settings, store, name):
    with pytest.raises(UnusableError, match=f"'{name}' has no days"):
        list(removable(store, Retention(tables={name: 3}), LAST))


def test_the_temporary_file_of_a_killed_writer_goes_with_the_next_write_and_that_of_a_living_one_stays(tmp_path):
    hang = (
        "import os, sys, time; from pathlib import Path; from sensors_data import files\n"
        "Path.replace = lambda *a: (print('there', flush=True), time.sleep(60))\n"
        f"files.replace_file(files.open_url('{tmp_path}')[0], '{tmp_path}/a.txt', b'half')"
    )
    writer = subprocess.Popen([sys.executable, "-c", hang], stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "there\n"
    store = Store(str(tmp_path))
    store.write_bytes("b.txt", b"whole")
    assert len(list(tmp_path.glob(".a.txt.*.tmp"))) == 1
    writer.kill()
    writer.communicate()
    store.write_bytes("b.txt", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt"]


def test_a_cleaning_removes_what_killed_writers_left_in_any_folder_and_no_rule_is_told_of_it(settings, store):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = Path(settings.store) / "audit"
    folder.mkdir(exist_ok=True)
    left = folder / f".0000000001.json.{MACHINE}.{ended.pid}-0b3378a4.tmp"
    writes = folder / f".0000000002.json.{MACHINE}.{os.getpid()}-0b3378a4.tmp"
    for path in (left, writes):
        path.touch()
    told = clean(settings.model_copy(update={"retention": Retention()}), LAST)
    assert told == f"cleaned for {LAST}: 1 files removed"
    assert (left.exists(), writes.exists()) == (False, True)
    assert entries(store) == []


def test_a_temporary_file_of_another_machine_goes_after_an_hour(tmp_path):
    left = tmp_path / ".a.txt.0badc0de.17-ab12.tmp"
    left.touch()
    assert sweep(tmp_path) == 0
    os.utime(left, (time.time() - 4000,) * 2)
    assert sweep(tmp_path) == 1
