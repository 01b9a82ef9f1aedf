"""The command as a user calls it: what it takes, and how it ends when something is wrong."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from sensors_data.simulate import START
from sensors_data.store import Store
from service.cli import app

DAY = "2026-03-08"
MODEL = "models/series/oven/2026-03-06.safetensors"


def commands(command, words=()):
    """Every command with its words, groups left out."""
    if not hasattr(command, "commands"):
        return {words: command}
    found = {}
    for name, inner in command.commands.items():
        found |= commands(inner, (*words, name))
    return found


COMMANDS = commands(typer.main.get_command(app))


@pytest.fixture
def ask(nightscore, plant, copied, inbox):
    """nightscore(words) on a store of the test's own."""

    def run(*words):
        return nightscore(*words, "--settings", inbox / "settings.toml", "--store", copied.store)

    return run


def assert_refused(ended, message):
    """Exit code 2 and one sentence that says `message`."""
    assert ended.code == 2, ended
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    assert message in ended.err
    assert "Traceback" not in ended.out + ended.err


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_says_what_it_is(nightscore, words):
    ended = nightscore(*words, "--help")
    assert ended.code == 0
    assert ended.err == ""
    command = COMMANDS[words]
    assert command.help
    options = {option.opts[0]: option for option in command.params}
    assert [name for name, option in options.items() if not option.help] == []
    assert {"--store", "--settings"} <= set(options)
    assert all(name in ended.out for name in options if name.startswith("--"))


def test_there_is_a_command_for_every_job():
    jobs = {"ingest", "impute", "train-series", "score-series", "find-anomalies", "export-metrics"}
    others = {"init", "nightly", "backfill", "show", "doctor", "demo"}
    assert jobs | others <= {words[0] for words in COMMANDS}
    assert {("incidents", "add"), ("incidents", "list"), ("datasets", "list"), ("datasets", "get")} <= set(COMMANDS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["nightly"], "--day"),
        (["nightly", "--day"], "--day"),
        (["backfill", "--jobs", "0"], "--jobs"),
        (["backfill", "--jobs", "many"], "--jobs"),
        (["score-series", "--day", DAY, "--family", "oven", "--shard", "-1"], "--shard"),
    ],
)
def test_words_that_are_not_known_are_told(nightscore, words, message):
    ended = nightscore(*words)
    assert ended.code == 2
    assert message in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ingest", "--day", "2027-01-01", "--family", "oven"], "no file at"),
        (["impute", "--day", "2027-01-01", "--family", "oven"], "run: nightscore ingest"),
        (["train-series", "--day", f"{START}", "--family", "oven"], "no grid of oven in the 28 days before 2026-03-02"),
        (["score-series", "--day", "2027-01-01", "--family", "oven"], "run: nightscore impute"),
        (["score-series", "--day", "2026-03-04", "--family", "oven"], "no accepted model of oven trained before"),
        (
            ["score-series", "--day", DAY, "--family", "oven", "--shard", "7"],
            "shard 7 does not exist: the family has 2",
        ),
        (["impute", "--day", DAY, "--family", "oven", "--shard", "2"], "shard 2 does not exist: the family has 2"),
        (["find-anomalies", "--day", "2027-01-01", "--family", "oven"], "run: nightscore score-series"),
        (["nightly", "--day", "2027-01-01"], "no file at"),
        (["backfill", "--from", "2027-01-01"], "the inbox of oven has no readings from 2027-01-01"),
        (["backfill", "--from", DAY, "--to", "2026-03-07"], f"no readings from {DAY} to 2026-03-07"),
        (["show", "--asset", "nobody"], "nothing scored asset 'nobody' in oven"),
        (["show", "--day", "2026-03-04"], "nothing scored on 2026-03-04 in oven"),
        (["show", "--asset", "oven-1", "--day", "2027-01-01"], "nothing scored asset 'oven-1' on 2027-01-01"),
        (["datasets", "get", "nothing", "--from", "."], "nothing"),
        (["init", "--from", "nowhere.csv"], "there is no nowhere.csv"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_there_is_named_and_nothing_changes(ask, copied, files_of, words, message):
    before = files_of(copied.store)
    assert_refused(ask(*words), message)
    assert files_of(copied.store) == before


OF_A_FAMILY = [
    words
    for words, command in COMMANDS.items()
    if any(option.opts[0] == "--family" for option in command.params)
    and words not in (("init",), ("incidents", "list"))
]


@pytest.mark.parametrize("words", OF_A_FAMILY, ids=" ".join)
def test_an_unknown_family_is_named_with_the_known_ones(ask, copied, files_of, words):
    before = files_of(copied.store)
    given = {"--day": DAY, "--start": f"{DAY}T00:00Z", "--end": f"{DAY}T01:00Z", "--kind": "fault"}
    given |= {"--from": DAY, "--to": DAY}
    more = [
        part
        for o in COMMANDS[words].params
        if o.required and o.opts[0] in given
        for part in (o.opts[0], given[o.opts[0]])
    ]
    assert_refused(ask(*words, *more, "--family", "kiln"), "settings have no family 'kiln' (known: oven)")
    assert files_of(copied.store) == before


@pytest.mark.parametrize(
    "day",
    [
        *("", "today", "2026-3-8", "2026-02-30", "26-03-08", "2026-03-08T00:00", " 2026-03-08", "2026-03-08\n"),
        *("20260308", "2026-W10-7", "0000-00-00", "0001-01-01", "9999-12-31", "٢٠٢٦-٠٣-٠٨", "../../etc"),
        *("2026-03-08;x", "é" * 500, "2026/03/08", "1e9", "\x1b[31m"),
    ],
)
def test_a_day_in_a_wrong_form_is_refused(ask, day):
    for command in ("nightly", "show", "ingest"):
        family = ["--family", "oven"]
        ended = ask(command, "--day", day, *family)
        assert_refused(ended, "is no day of 1970 to 2199; write it like 2026-11-21")
        assert len(ended.err) < 200
        assert "\x1b" not in ended.err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--start": f"{DAY}T08:00"}, "an incident's times need a zone"),
        ({"--start": DAY}, "an incident's times need a zone"),
        ({"--end": f"{DAY}T07:00Z"}, "an incident ends after it starts"),
        ({"--end": f"{DAY}T08:00Z"}, "an incident ends after it starts"),
        ({"--end": f"{DAY}T09:00+01:00"}, "an incident ends after it starts"),
        ({"--start": "soon"}, "'soon' is no time; write it like"),
        ({"--kind": "holiday"}, "incident: kind: Input should be 'fault', 'planned', 'dismissed' or 'confirmed'"),
        ({"--asset": "a\x00b"}, "asset"),
        ({"--start": "0001-01-01T00:00+14:00"}, "date value out of range"),
    ],
)
def test_an_incident_that_makes_no_sense_is_refused(ask, copied, files_of, change, message):
    words = {"--family": "oven", "--start": f"{DAY}T08:00Z", "--end": f"{DAY}T10:00Z", "--kind": "planned"} | change
    before = files_of(copied.store)
    assert_refused(ask("incidents", "add", *(part for pair in words.items() for part in pair)), message)
    assert files_of(copied.store) == before


def test_an_incident_is_kept_once_and_listed(ask, copied):
    words = ["--family", "oven", "--start", f"{DAY}T08:00+01:00", "--end", f"{DAY}T10:00Z", "--kind", "fault"]
    for _ in range(2):
        ended = ask("incidents", "add", *words, "--note", "bearing", "--author", "ann")
        assert ended.code == 0
        assert "of oven: fault" in ended.out
    assert len(Store(copied.store).files("incidents")) == 2  # the plant's own, and this one
    listed = ask("incidents", "list").out
    assert all(part in listed for part in (f"{DAY} 07:00", f"{DAY} 10:00", "bearing", "ann", "all", "oven-1"))
    assert ask("incidents", "list", "--family", "kiln").out == "no incidents\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no settings at"),
        ("store = ", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        ('stoer = "x"', "stoer: Extra inputs are not permitted"),
        ("seed = 'one'", "seed: Input should be a valid integer"),
        ("[families.oven]\ninbox = 'x'\nsensors = {a = {}}", "families.oven.step: Field required"),
        ("[families.oven]\ninbox = 'x'\nstep = 'often'\nsensors = {a = {}}", "'often' is no duration"),
        ("[families.oven]\ninbox = 'x'\nstep = '7s'\nsensors = {a = {}}", "does not divide the day"),
        ("[families.oven]\ninbox = 'x'\nstep = '5min'\nsensors = {}", "families.oven.sensors"),
        ("[families.'a/b']\ninbox = 'x'\nstep = '5min'\nsensors = {a = {}}", "families.a/b"),
        ("", "the settings have no family"),
    ],
)
def test_settings_that_are_wrong_are_told(nightscore, tmp_path, text, message):
    path = tmp_path / "settings.toml"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.csv").write_text("time,a\n2026-03-08T00:00:00Z,1\n")
    assert_refused(nightscore("backfill", "--settings", path), message)
    assert not (tmp_path / "store" / "grid").exists()


@pytest.mark.parametrize("section", ["detector", "rules", "detector.fit"])
def test_a_wrong_key_of_a_family_is_named(nightscore, inbox, copied, tmp_path, section):
    text = (inbox / "settings.toml").read_text().replace("inbox/", f"{inbox}/inbox/")
    head = f"[families.oven.{section}]"
    text = text.replace(head, f"{head}\ncolour = 1") if head in text else f"{text}\n{head}\ncolour = 1\n"
    (tmp_path / "settings.toml").write_text(text)
    job = "find-anomalies" if section == "rules" else "train-series"
    words = (job, "--day", DAY, "--family", "oven", "--settings", tmp_path / "settings.toml", "--store", copied.store)
    where = "detector]: fit.colour" if section == "detector.fit" else f"{section}]: colour"
    assert_refused(nightscore(*words), f"[families.oven.{where}: Extra inputs are not permitted")


def test_a_model_of_other_sensors_is_refused(nightscore, inbox, copied, tmp_path, files_of):
    text = (inbox / "settings.toml").read_text().replace("inbox/", f"{inbox}/inbox/")
    (tmp_path / "settings.toml").write_text(text.replace("gas = {", "draught = {"))
    before = files_of(copied.store)
    words = ("score-series", "--day", DAY, "--family", "oven")
    ended = nightscore(*words, "--settings", tmp_path / "settings.toml", "--store", copied.store)
    assert_refused(ended, "model oven@2026-03-06 knows sensors ('temperature', 'power', 'humidity', 'gas')")
    assert files_of(copied.store) == before


NO_MODEL = "is not a detector file; train again"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda data: b"", NO_MODEL, id="empty"),
        pytest.param(lambda data: data[:100], NO_MODEL, id="header cut"),
        pytest.param(lambda data: data[:-100], "is cut short; train again", id="tensors cut"),
        pytest.param(lambda data: b"PK\x03\x04" * 100, NO_MODEL, id="something else"),
        pytest.param(lambda data: data.replace(b'"format\\":1,', b'"format\\":9,'), "is of another format", id="newer"),
    ],
)
def test_a_model_that_cannot_be_read_is_refused(ask, copied, files_of, change, message):
    path = Path(copied.store) / MODEL
    path.write_bytes(change(path.read_bytes()))
    before = files_of(copied.store)
    assert_refused(ask("score-series", "--day", DAY, "--family", "oven"), message)
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
    path = Path(copied.store) / Store(copied.store).files(f"{table}/family=oven/day={day}")[0]
    path.write_bytes(path.read_bytes()[:keep])
    before = files_of(copied.store)
    assert_refused(ask(job, "--day", asked, "--family", "oven"), f"{path.name} is not a readable Parquet file")
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
    assert_refused(nightscore(*words, "--store", "nowhere://x"), "cannot open the store at 'nowhere://x'")


def test_a_fault_of_ours_is_not_dressed_up(nightscore, inbox, monkeypatch):
    def broken(*_):
        raise KeyError("missing")

    monkeypatch.setattr("service.cli.ingest", broken)
    with pytest.raises(KeyError):
        nightscore("ingest", "--day", DAY, "--family", "oven", "--settings", inbox / "settings.toml")


def start(*words, **options):
    """The command as a process of its own."""
    call = [sys.executable, "-W", "error", "-c", "from service.cli import main; main()", *map(str, words)]
    root = str(Path(__file__).parents[2])
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
        assert (night.returncode, err) == (0, "")
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


def test_datasets_are_listed_with_their_licences(nightscore):
    ended = nightscore("datasets", "list")
    assert ended.code == 0
    assert "licence" in ended.out


def test_no_words_at_all_show_the_help(nightscore):
    ended = nightscore()
    assert ended.code == 2
    assert "Usage" in ended.out + ended.err
