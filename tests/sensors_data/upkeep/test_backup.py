import threading
from datetime import date, timedelta

import numpy as np
import pytest

from sensors_data.audit import NEWEST, entries, path_of, record
from sensors_data.errors import DamagedError, NotThereError
from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.upkeep.backup import backup, restore

DAYS = [date(2026, 11, 21) + timedelta(days=number) for number in range(6)]
JOB = Provenance(job="test")


@pytest.fixture
def filled(store, make_readings) -> Store:
    for day in DAYS:
        store.write("readings", make_readings(assets=1, rows=3), JOB, family="pump", day=day)
    return store


def content(store: Store) -> dict[str, bytes]:
    return {path: store.unchecked_bytes(path) for path in store.all_files()}


def silent(line: str) -> None:
    """Nobody listens."""


def test_a_second_backup_copies_what_changed_and_each_is_restored_to_its_bytes(filled, tmp_path, make_readings):
    place, first = str(tmp_path / "backups"), content(filled)
    one = backup(filled, place)
    filled.write("readings", make_readings(assets=2, rows=3), JOB, family="pump", day=DAYS[2])
    filled.remove(filled.path("readings", family="pump", day=DAYS[0]))
    two = backup(filled, place)
    assert (one.files, two.files, two.copied) == (6, 5, 1)
    for made, wanted in ((one, first), (two, content(filled))):
        back = Store(str(tmp_path / made.name))
        assert restore(place, back, made.name, False, silent) == (len(wanted), 0)
        assert content(back) == wanted


def test_a_store_that_is_written_to_all_the_while_gives_whole_files(filled, tmp_path, make_readings):
    place, stop = str(tmp_path / "backups"), threading.Event()
    frames = [make_readings(assets=n, rows=3) for n in (1, 2)]

    def write() -> None:
        rng = np.random.default_rng(0)
        while not stop.is_set():
            filled.write("readings", frames[rng.integers(2)], JOB, family="pump", day=DAYS[rng.integers(6)])

    writer = threading.Thread(target=write)
    writer.start()
    made = [backup(filled, place) for _ in range(4)]
    stop.set()
    writer.join()
    last = backup(filled, place)
    assert last.restless == ()
    for one in (*made, last):
        back = Store(str(tmp_path / one.name))
        restore(place, back, one.name, False, silent)
        assert len(back.read_days("readings", DAYS, family="pump")) in range(
            6 * len(frames[0]), 12 * len(frames[0]) + 1
        )
    assert content(Store(str(tmp_path / last.name))) == content(filled)


def test_a_damaged_file_is_told_and_its_last_whole_state_comes_back(filled, tmp_path):
    place, whole = str(tmp_path / "backups"), content(filled)
    backup(filled, place)
    path = filled.path("readings", family="pump", day=DAYS[3])
    filled.write_bytes(path, whole[path][:-1] + b"x")
    assert backup(filled, place).damaged == (path,)
    assert restore(place, filled, None, False, silent) == (1, 5)
    assert content(filled) == whole


def test_a_file_that_differs_is_left_unless_it_is_asked_for(filled, tmp_path, make_readings):
    place, whole, told = str(tmp_path / "backups"), content(filled), []
    backup(filled, place)
    path = filled.write("readings", make_readings(assets=2, rows=3), JOB, family="pump", day=DAYS[0])
    assert restore(place, filled, None, False, told.append) == (0, 5)
    assert told == [f"left as it is, for it differs from the backup: {path}"]
    assert restore(place, filled, None, True, silent) == (1, 5)
    assert content(filled) == whole


def test_a_backup_that_was_changed_is_never_restored_from(filled, tmp_path):
    place, back = tmp_path / "backups", Store(str(tmp_path / "back"))
    name = backup(filled, str(place)).name
    for file in (next((place / "objects").glob("*/*")), place / "lists" / f"{name}.json"):
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(DamagedError, match="is damaged"):
            restore(str(place), back, None, True, silent)
        file.write_bytes(whole)
    with pytest.raises(NotThereError, match="no backup yesterday"):
        restore(str(place), back, "yesterday", True, silent)


def test_single_files_and_folders_are_restored_alone(filled, tmp_path):
    place, whole, back = str(tmp_path / "backups"), content(filled), Store(str(tmp_path / "back"))
    backup(filled, place)
    first, *others = sorted(whole)
    assert restore(place, back, None, False, silent, [first]) == (1, 0)
    assert content(back) == {first: whole[first]}
    assert restore(place, back, None, False, silent, ["readings/family=pump/"]) == (len(others), 1)
    assert content(back) == whole
    with pytest.raises(NotThereError, match=r"has nothing at readings/family=pum; it has files below readings"):
        restore(place, back, None, False, silent, ["readings/family=pum"])


def test_decisions_that_are_gone_since_the_last_backup_are_told_and_come_back(filled, tmp_path):
    place = str(tmp_path / "backups")
    for number in range(3):
        record(filled, "dismissed", f"anomaly {number}", "ana")
    first = backup(filled, place)
    whole = content(filled)
    for path in (path_of(3), NEWEST):  # by one who knows of the witness
        filled.remove(path)
    assert len(entries(filled)) == 2
    made = backup(filled, place)
    assert (first.undone, made.undone) == ((), (path_of(3),))
    restore(place, filled, made.before, True, silent, ["audit", "witness"])
    assert content(filled) == whole
