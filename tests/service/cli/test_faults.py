"""How a command ends when a model, the store, the disk or the process itself fails: what was there stays."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sensors_data.seal import BLANK, sealed
from sensors_data.store import Store

DAY = "2026-03-08"
MODEL = "models/series/oven/2026-03-06.safetensors"


def test_a_model_of_other_sensors_is_refused(nightscore, inbox, copied, tmp_path, files_of):
    text = (inbox / "settings.toml").read_text().replace("inbox/", f"{inbox}/inbox/")
    (tmp_path / "settings.toml").write_text(text.replace("gas = {", "draught = {"))
    before = files_of(copied.store)
    words = ("score-series", "--day", DAY, "--family", "oven")
    ended = nightscore(*words, "--settings", tmp_path / "settings.toml", "--store", copied.store)
    ended.assert_refused("model oven@2026-03-06 knows sensors ('temperature', 'power', 'humidity', 'gas')")
    assert files_of(copied.store) == before


def resealed(data: bytes) -> bytes:
    """A changed model file with the hash that fits it."""
    return sealed(re.sub(rb"nightscore-sha256:[0-9a-f]{64}:sealed", BLANK.encode(), data))


NO_MODEL = "is not a detector file; train again"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda data: b"", NO_MODEL, id="empty"),
        pytest.param(lambda data: data[:100], NO_MODEL, id="header cut"),
        pytest.param(lambda data: data[:-100], "is damaged: it does not hold what was written", id="tensors cut"),
        pytest.param(lambda data: b"PK\x03\x04" * 100, NO_MODEL, id="something else"),
        pytest.param(
            lambda data: resealed(data.replace(b'"format\\":2,', b'"format\\":9,')),
            "has another format than 2",
            id="newer",
        ),
    ],
)
def test_a_model_that_cannot_be_read_is_refused(ask, copied, files_of, change, message):
    path = Path(copied.store) / MODEL
    path.write_bytes(change(path.read_bytes()))
    before = files_of(copied.store)
    ask("score-series", "--day", DAY, "--family", "oven").assert_refused(message)
    assert files_of(copied.store) == before


@pytest.mark.parametrize("keep", [0, 3, 500])
@pytest.mark.parametrize(
    ("table", "job"),
    [
        ("readings", "impute"),
        ("grid", "score-series"),
        ("grid", "train-series"),
        ("scores", "find-anomalies"),
        ("anomalies", "export-metrics"),
    ],
)
def test_broken_parquet_in_the_store_is_named(ask, copied, files_of, table, job, keep):
    asked = str(Store(copied.store).days("scores", family="oven")[-1]) if job == "export-metrics" else DAY
    day = "2026-03-07" if job == "train-series" else asked
    path = Path(copied.store) / Store(copied.store).written(table, [day], family="oven")[0]
    path.write_bytes(path.read_bytes()[:keep])
    before = files_of(copied.store)
    ask(job, "--day", asked, "--family", "oven").assert_refused(f"{path.name} is not a readable Parquet file")
    assert files_of(copied.store) == before


@pytest.mark.parametrize("job", ["ingest", "impute", "score-series", "train-series"])
def test_a_full_disk_leaves_what_was_there(ask, copied, files_of, job):
    before = files_of(copied.store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        ended = ask(job, "--day", DAY, "--family", "oven")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ended.code == 2
    assert "no room to write" in ended.err
    assert "what was there is unchanged" in ended.err
    after = files_of(copied.store)
    assert {path: digest for path, digest in after.items() if path in before} == before
    assert [path for path in after if path.endswith(".tmp")] == []


def test_a_store_that_cannot_be_written_to_is_told(nightscore, inbox, tmp_path):
    (tmp_path / "file").write_text("no folder")
    words = ("ingest", "--day", DAY, "--family", "oven", "--settings", inbox / "settings.toml")
    ended = nightscore(*words, "--store", tmp_path / "file" / "store")
    assert ended.code == 2
    assert "Not a directory" in ended.err
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_store_of_an_unknown_kind_is_told(nightscore, inbox):
    words = ("ingest", "--day", DAY, "--family", "oven", "--settings", inbox / "settings.toml")
    nightscore(*words, "--store", "nowhere://x").assert_refused("cannot open the store at 'nowhere://x'")


def start(*words, **options):
    """The command as a process of its own."""
    call = [sys.executable, "-W", "error", "-c", "from service.cli.app import main; main()", *map(str, words)]
    root = str(Path(__file__).parents[3])
    env = os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, **options)


def test_two_nights_at_once_end_well_and_as_one(copied, inbox, files_of):
    day = "2026-03-07"
    expected = files_of(copied.store)
    for made in (
        "models",
        "training",
        *(f"{t}/family=oven/day={day}" for t in ("scores", "sensor_scores", "anomalies")),
    ):
        shutil.rmtree(f"{copied.store}/{made}")
    words = ("nightly", "--day", day, "--settings", inbox / "settings.toml", "--store", copied.store)
    nights = [start(*words), start(*words)]
    for night, (out, err) in [(night, night.communicate(timeout=200)) for night in nights]:
        waited = "waits for the training of oven for 2026-03-07"  # said by the second one, where it is as quick
        lines = [line for line in err.splitlines() if waited not in line and not line.startswith("train ")]  # progress
        assert (night.returncode, lines) == (0, [])
        assert f"not exported oven {day}: the night of 2026-03-10 was scored" in out
    later = {path: digest for path, digest in expected.items() if "2026-03-09" not in path or "/day=" in path}
    assert files_of(copied.store) == later


def test_ctrl_c_ends_with_130_and_no_traceback(copied, inbox):
    words = ("backfill", "--settings", inbox / "settings.toml", "--store", copied.store)
    runs = Path(copied.store) / "runs"
    shutil.rmtree(runs)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    backfill = start(*words)
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 100
    while not runs.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    backfill.send_signal(signal.SIGINT)
    out, err = backfill.communicate(timeout=100)
    assert backfill.returncode == 130
    assert "Traceback" not in out + err
