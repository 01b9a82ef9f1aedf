"""Trainings hold a lease in the store: one waits for another, takes over from a dead one, is stopped."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from sensors_data import lease_holder
from sensors_data.errors import NotThereError, StoppedError
from sensors_data.files import MACHINE
from sensors_data.lease_holder import BEAT_S, hold_lease
from sensors_data.leases import LOST_S, Lease, path_of, stop
from sensors_data.leases import leases as leases_of
from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.upkeep.inventory import place_of

DAY = date(2026, 11, 21)
STATE = "models/unfinished/series/pump/draft-16.state"


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setattr(lease_holder, "BEAT_S", 0.02)
    return Store(str(tmp_path))


def written(store, **changes) -> Lease:
    """A lease that somebody else has."""
    now = datetime.now(UTC)
    about = {"kind": "series", "name": "pump", "day": DAY, "key": "other", "machine": MACHINE, "process": os.getpid()}
    lease = Lease.model_validate({**about, "began": now, "renewed": now, **changes})
    store.write_bytes(path_of("series", "pump"), f"{lease.model_dump_json()}\n".encode())
    return lease


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_lease_says_how_far_its_training_is_and_is_gone_when_it_ends(store):
    told = []
    with hold_lease(store, "series", "pump", DAY) as holder:
        [known] = leases_of(store)
        assert (known.name, known.day, known.stage, known.lives(datetime.now(UTC))) == ("pump", DAY, "", True)
        report = holder.telling(lambda stage: lambda *words: told.append((stage, *words)))("draft-16")
        report(1, 4, "loss 3.0")
        holder.renew()
        [known] = leases_of(store)
        assert (known.stage, known.done, known.planned, known.note) == ("draft-16", 1, 4, "loss 3.0")
        path = path_of("series", "pump")
        assert check(store.read_bytes(path), path)
        assert place_of(store, path).what == "unfinished"
    assert told == [("draft-16", 1, 4, "loss 3.0")]
    assert store.files("models") == []


def test_another_training_of_the_family_waits_and_one_of_another_family_does_not(store):
    order = []

    def later():
        with hold_lease(Store(store.root), "series", "pump", DAY):
            order.append("second")

    with hold_lease(store, "series", "pump", DAY):
        second = threading.Thread(target=later)
        second.start()
        with hold_lease(store, "series", "oven", DAY):
            order.append("other family")
        time.sleep(0.2)
        order.append("first")
    second.join(10)
    assert order == ["other family", "first", "second"]


@pytest.mark.parametrize("why", ["its process is gone", "no sign for long", "unreadable"])
def test_the_turn_of_a_dead_training_is_taken_over(store, why):
    if why == "its process is gone":
        written(store, process=dead_process())
    elif why == "no sign for long":
        written(store, machine="another", renewed=datetime.now(UTC) - timedelta(seconds=LOST_S + 1))
    else:
        store.write_bytes(path_of("series", "pump"), b"{")
    with hold_lease(store, "series", "pump", DAY) as holder:
        assert [lease.key for lease in leases_of(store)] == [holder.lease.key] != ["other"]


def test_a_turn_of_another_machine_lives_as_long_as_it_is_renewed(store):
    assert written(store, machine="another", process=dead_process()).lives(datetime.now(UTC))


def test_a_stopped_training_ends_with_its_epoch_says_who_and_leaves_nothing(store):
    def training() -> None:
        with hold_lease(store, "series", "pump", DAY) as holder:
            report = holder.telling(None)("draft-16")
            for epoch in range(1, 1000):
                store.write_bytes(STATE, b"state")
                report(epoch, 1000, "")
                if epoch == 3:
                    stop(store, "series", "pump", "ana")
                time.sleep(0.01)

    with pytest.raises(StoppedError, match="stopped by ana"):
        training()
    assert store.files("models") == []


def test_a_killed_training_leaves_its_state_to_go_on_from(store):
    def training() -> None:
        with hold_lease(store, "series", "pump", DAY):
            store.write_bytes(STATE, b"state")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training()
    assert store.files("models") == [STATE]


def test_nothing_is_stopped_where_nothing_is_under_way(store):
    with pytest.raises(NotThereError, match="no training of pump is under way"):
        stop(store, "series", "pump", "ana")
    written(store, process=dead_process())
    with pytest.raises(NotThereError):
        stop(store, "series", "pump", "ana")


def test_a_training_that_lost_its_turn_leaves_that_of_the_other(store):
    with hold_lease(store, "series", "pump", DAY) as holder:
        written(store)
        holder.renew()
    assert [lease.key for lease in leases_of(store)] == ["other"]


def test_the_time_that_is_left_is_by_the_epochs_until_now(store):
    now = datetime.now(UTC)
    lease = written(store, done=3, planned=10, reported=now, epoch_s=4.0)
    assert lease.left_s(now) == pytest.approx(28)
    assert lease.left_s(now + timedelta(seconds=4)) == pytest.approx(24)
    assert lease.left_s(now + timedelta(seconds=3 * 4 + 2 * BEAT_S + 1)) is None  # it ended early
    assert written(store).left_s(now) is None
