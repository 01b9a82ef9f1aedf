import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date

import pytest

from sensors_data.errors import StorageError
from sensors_data.files import create_file, open_url, replace_file
from sensors_data.provenance import Provenance
from sensors_data.store import Store

DAY = date(2026, 11, 21)
WHERE = {"family": "pump", "day": DAY}

WRITER = """
import sys, pandas as pd
from datetime import date
from sensors_data.store import Store
from sensors_data.provenance import Provenance
store, first = Store(sys.argv[1]), float(sys.argv[2])
times = pd.date_range("2026-11-21", periods=20_000, freq="s", tz="UTC", unit="us")
print("ready", flush=True)
version = first
while True:
    frame = pd.DataFrame({"time": times, "asset": "p", "speed": version})
    store.write("readings", frame, Provenance(job="test"), family="pump", day=date(2026, 11, 21))
    version += 1
"""


def start_writer(store: Store, first: float) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, store.root, str(first)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def kill(process: subprocess.Popen) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def one_version(store: Store) -> float:
    values = store.read("readings", **WHERE)["speed"]
    assert len(values) == 20_000
    assert values.nunique() == 1
    return float(values.iloc[0])


def wait_for(store: Store) -> None:
    until = time.monotonic() + 60
    while not store.exists(store.path("readings", **WHERE)) and time.monotonic() < until:
        time.sleep(0.01)


def test_a_writer_killed_at_any_moment_leaves_a_whole_partition(store):
    for attempt in range(3):
        writer = start_writer(store, 1000.0 * (attempt + 1))
        wait_for(store)
        reads = [one_version(store) for _ in range(3 + attempt)]
        kill(writer)
        assert reads == sorted(reads)  # a later read never sees an earlier version
        assert one_version(store) >= reads[-1]
        assert store.partitions("readings") == [{"family": "pump", "day": "2026-11-21"}]


def test_two_writers_at_once_leave_one_whole_version(store):
    writers = [start_writer(store, first) for first in (0.0, 1e6)]
    wait_for(store)
    seen = {one_version(store) >= 1e6 for _ in range(12)}
    for writer in writers:
        kill(writer)
    seen.add(one_version(store) >= 1e6)
    assert seen <= {True, False}


def test_a_full_disk_leaves_the_old_partition_and_no_temporary_file(store, make_readings):
    old = make_readings()
    path = store.write("readings", old, Provenance(job="test"), **WHERE)
    before = store.read_bytes(path)
    script = """
        import resource, sys
        from datetime import date
        import numpy as np, pandas as pd
        from sensors_data.store import Store
        from sensors_data.provenance import Provenance
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        times = pd.date_range("2026-11-21", periods=20_000, freq="s", tz="UTC", unit="us")
        value = np.random.default_rng(0).normal(size=20_000)
        frame = pd.DataFrame({"time": times, "asset": "p", "speed": value})
        try:
            Store(sys.argv[1]).write("readings", frame, Provenance(job="x"), family="pump", day=date(2026, 11, 21))
        except OSError as error:
            print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), store.root]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "no room to write" in said
    assert "day=2026-11-21/data.parquet" in said
    assert "what was there is unchanged" in said
    assert store.read_bytes(path) == before
    everything = [name for _, _, names in os.walk(store.root) for name in names]
    assert everything == ["data.parquet"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no room to write .*b.bin .3 bytes.*unchanged"),
        (errno.EIO, "^cannot write .*b.bin: x; what was there is unchanged$"),
    ],
)
def test_a_disk_that_fails_while_bytes_are_flushed_leaves_the_old_ones(tmp_path, monkeypatch, number, said):
    def fails(handle: int) -> None:
        raise OSError(number, "x")

    fs, root = open_url(str(tmp_path))
    replace_file(fs, f"{root}/b.bin", b"old")
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(StorageError, match=said):
        replace_file(fs, f"{root}/b.bin", b"new")
    with pytest.raises(StorageError, match=said.partition("b.bin")[0]):
        create_file(fs, f"{root}/c.bin", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("b.bin", b"old")]


def test_whatever_stops_a_write_leaves_no_temporary_file(tmp_path, monkeypatch):
    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    fs, root = open_url(str(tmp_path))
    replace_file(fs, f"{root}/a/b.bin", b"old")
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(fs, f"{root}/a/b.bin", b"new")
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b.bin"]
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"old"


def test_a_folder_that_cannot_be_written_to_is_an_error_of_its_own(tmp_path):
    (tmp_path / "a").write_bytes(b"a file, no folder")
    fs, root = open_url(str(tmp_path))
    with pytest.raises(StorageError, match=r"cannot write .*/a/b.bin: (Not a directory|File exists)"):
        replace_file(fs, f"{root}/a/b.bin", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_bytes_reach_the_disk_before_the_rename_and_the_folder_after_it(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, type(tmp_path).replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("sync"), fsync(handle)))
    monkeypatch.setattr(type(tmp_path), "replace", lambda a, b: (order.append("rename"), replace(a, b)))
    fs, root = open_url(str(tmp_path))
    replace_file(fs, f"{root}/x.bin", b"new")
    assert order == ["sync", "rename", "sync"]


def test_a_store_in_memory_works_like_a_folder(make_readings):
    store = Store("memory://nightscore-test")
    path = store.write("readings", make_readings(), Provenance(job="test"), **WHERE)
    assert len(store.read("readings", **WHERE)) == 60
    assert store.days("readings") == [DAY]
    store.remove(path)
    assert store.partitions("readings") == []
