"""The command as a user calls it: what it takes, and how it ends when something is wrong."""

import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from anomaly.images.vae import PRESETS
from sensors_data.datasets import DATASETS
from sensors_data.jobs import JOBS
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.cli.app import app

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
READ = {
    ("demo",): (False, True),
    ("datasets", "list"): (False, False),
    ("datasets", "get"): (False, False),
    ("presets", "list"): (False, False),
    ("presets", "show"): (False, False),
    ("plan",): (False, False),
    ("train-translator",): (False, False),
    ("translate-images",): (False, False),
    ("users", "add"): (True, False),
    ("users", "rotate"): (True, False),
    ("users", "revoke"): (True, False),
    ("users", "list"): (True, False),
}
"""Commands that do not read settings or store, and which of the two they take."""


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_says_what_it_is(nightscore, words):
    ended = nightscore(*words, "--help")
    assert ended.code == 0
    assert ended.err == ""
    command = COMMANDS[words]
    assert command.help
    options = {option.opts[0]: option for option in command.params}
    assert [name for name, option in options.items() if not option.help] == []
    assert [name for name, option in options.items() if "[" in option.help] == []  # taken for markup and not shown
    assert ("--settings" in options, "--store" in options) == READ.get(words, (True, True))
    assert all(name in ended.out for name in options if name.startswith("--"))
    assert "``" not in ended.out  # a word in brackets would be taken for markup


def test_the_command_says_its_version(nightscore):
    ended = nightscore("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"nightscore {version('nightscore')}\n", "")


def test_every_command_is_a_job_or_one_that_people_use_around_them():
    around = {"init", "nightly", "backfill", "show", "doctor", "demo", "serve", "replay", "explain", "plan", "bridge"}
    around |= {"anomalies"}
    keeping = {"verify", "clean", "backup", "restore", "migrate", "audit"}
    looks = {
        "show-image",
        "explore-images",
        "evaluate-images",
        "interpolate-images",
        "redraw-image",
        "judge-picture",
    } | {"replay-images"}
    looks |= {"mix-images", "vary-images", "upscale-images", "train-translator", "translate-images"}
    looks |= {"expected-images", "invert-image", "export-images", "train-painter", "replay-images"}
    groups = {"incidents", "datasets", "presets", "models", "users"}
    assert {words[0] for words in COMMANDS} == set(JOBS) | around | keeping | looks | groups


def test_help_groups_every_command_and_says_what_the_exit_codes_mean(nightscore):
    told = nightscore("--help").out
    for panel in ("Start here", "Look and decide", "Jobs of a family", "Jobs of a camera", "Look at images", "Lists"):
        assert told.count(panel) == 1
    assert "Commands" not in told  # a command in no group
    assert all(f"{code} " in told for code in (0, 1, 2, 130))
    assert "--install-completion" in told


def test_the_presets_to_explore_with_are_those_that_there_are():
    help_text = next(o.help for o in COMMANDS[("explore-images",)].params if o.name == "preset")
    assert [name for name in PRESETS if name not in help_text] == []


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
        (["init", "--from", "nowhere.csv"], "there is no nowhere.csv"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_there_is_named_and_nothing_changes(ask, copied, files_of, words, message):
    before = files_of(copied.store)
    ask(*words).assert_refused(message)
    assert files_of(copied.store) == before


def test_a_data_set_that_is_not_known_is_named(nightscore):
    nightscore("datasets", "get", "nothing", "--from", ".").assert_refused("nothing")


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
    ask(*words, *more, "--family", "kiln").assert_refused("settings have no family 'kiln' (known: oven)")
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
        ended.assert_refused("is no day of 1970 to 2199; write it like 2026-11-21")
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
        ({"--start": "soon"}, "'soon' is not a time; write it like"),
        (
            {"--kind": "holiday"},
            "incident: kind: Input should be 'fault', 'planned', 'dismissed', 'confirmed', 'assigned' or 'snoozed'",
        ),
        ({"--asset": "a\x00b"}, "asset"),
        ({"--start": "0001-01-01T00:00+14:00"}, "an incident's times lie outside the years 1 to 9999"),
    ],
)
def test_an_incident_that_makes_no_sense_is_refused(ask, copied, files_of, change, message):
    words = {"--family": "oven", "--start": f"{DAY}T08:00Z", "--end": f"{DAY}T10:00Z", "--kind": "planned"} | change
    before = files_of(copied.store)
    ask("incidents", "add", *(part for pair in words.items() for part in pair)).assert_refused(message)
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
        ("[families.oven]\ninbox = 'x'\nstep = 'often'\nsensors = {a = {}}", "'often' is not a duration"),
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
    nightscore("backfill", "--settings", path).assert_refused(message)
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
    nightscore(*words).assert_refused(f"[families.oven.{where}: Extra inputs are not permitted")


def test_datasets_are_listed_with_their_licences(nightscore):
    ended = nightscore("datasets", "list")
    assert ended.code == 0
    rows = {cells[1].strip(): cells[3] for line in ended.out.splitlines() if len(cells := line.split("│")) == 6}
    for dataset in DATASETS.values():
        assert dataset.licence.split()[0] in rows[dataset.name]


def test_a_fault_of_ours_is_a_traceback_in_the_log_and_exit_code_1(ask, copied, caplog, monkeypatch):
    """A job that fails as no refusal foresees."""

    def fail(*_: object) -> str:
        raise KeyError("scale.center")

    monkeypatch.setattr("anomaly.series.night.score_job.score_series", fail)
    ended = ask("score-series", "--day", DAY, "--family", "oven")
    assert (ended.code, ended.out) == (1, "")
    assert "internal error of nightscore" in caplog.text
    assert "KeyError: 'scale.center'" in caplog.text


WITHOUT_EXTRA = """
import sys
sys.modules |= dict.fromkeys(("fastapi", "jinja2", "uvicorn", "starlette", "anyio"))
sys.argv = ["nightscore", "serve"]
from service.cli import main
main()
"""


def test_serve_without_its_extra_names_the_extra(tmp_path):
    ended = subprocess.run([sys.executable, "-c", WITHOUT_EXTRA], cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert " ".join(ended.stderr.split()) == (
        "error: the service needs packages that are not installed: fastapi, jinja2, uvicorn; "
        "install them with: pip install 'nightscore[service]'"
    )


def test_no_words_at_all_show_the_help(nightscore):
    ended = nightscore()
    assert ended.code == 2
    assert "Usage" in ended.out + ended.err
