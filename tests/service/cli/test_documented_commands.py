"""Every command that the documents name exists; those of the README, the tutorials and some other pages run."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from sensors_data.simulation.plant import plant_settings, simulate_plant, write_plant
from service.cli.app import app

ROOT = Path(__file__).parents[3]
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
FRESH = ("README.md", "docs/tutorials/first-week.md")
"""Pages that begin with a file in an empty folder."""
PLANT = ("docs/tutorials/operations.md", "docs/how-to/alarm.md", "docs/drift.md", "docs/service.md")
"""Pages that speak of a plant whose nights were run."""
NOT_RUN = ("serve", "demo", "--version", "explain")
"""Servers; the demonstration and `explain`, which have tests of their own; what is tested from the wheel."""
LIGHT = "[families.pump.detector]\nrecurrent = false\nlengths = [1.0]\ndraws = 2\n"


def commands_in(text: str, fenced: bool) -> list[list[str]]:
    """The words after `nightscore` of every command in code blocks or, if not `fenced`, in code within a sentence."""
    blocks = re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    if not fenced:
        prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
        lines = [" ".join(code.split()) for code in re.findall(r"`(nightscore [^`]+)`", prose)]
    found = [re.match(r"(?:\$ )?nightscore +(.+)", line.strip()) for line in lines]
    return [shlex.split(one[1], comments=True) for one in found if one]


def unknown(words: list[str]) -> list[str]:
    """What of a command's words the command line does not know."""
    command = typer.main.get_command(app)
    rest = list(words)
    while rest and hasattr(command, "commands"):
        if rest[0] not in command.commands:
            return [] if rest[0].startswith("-") or not rest[0].islower() else [rest[0]]
        command = command.commands[rest.pop(0)]
    options = {name for option in command.params for name in option.opts} | {"--help"}
    return [word for word in rest if word.startswith("--") and word.split("=")[0] not in options]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_and_option_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    named = [*commands_in(text, fenced=True), *commands_in(text, fenced=False)]
    assert {" ".join(words): unknown(words) for words in named if unknown(words)} == {}


def test_a_command_that_does_not_exist_would_be_noticed():
    text = "```\n$ nightscore shwo --asset x\nnightscore show --aset x  # a picture\n```\nRun `nightscore shwo`."
    assert [unknown(words) for words in commands_in(text, fenced=True)] == [["shwo"], ["--aset"]]
    assert [unknown(words) for words in commands_in(text, fenced=False)] == [["shwo"]]


@pytest.fixture
def fresh(tmp_path, monkeypatch) -> Path:
    """An empty folder with machine.csv: sixteen days of one machine, a row every 15 minutes, and a fault."""
    times = pd.date_range("2026-03-01", periods=16 * 96, freq="15min")
    random = np.random.default_rng(0)
    temperature = 60 + 5 * np.sin(2 * np.pi * np.arange(len(times)) / 96) + random.normal(0, 0.5, len(times))
    temperature[10 * 96 + 24 : 10 * 96 + 56] -= 20
    frame = pd.DataFrame({"time": times, "temperature": temperature.round(2), "load": random.normal(10, 1, len(times))})
    frame.to_csv(tmp_path / "machine.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def plant_folder(tmp_path_factory) -> Path:
    """A folder with two pumps of the demonstration, on a slower clock, and settings with a light detector."""
    folder = tmp_path_factory.mktemp("documented")
    plant = simulate_plant(0, 30, 9)
    pumps = plant.readings["pump"]
    pumps = pumps[pumps["asset"].isin(["pump-3", "pump-4"]) & (pumps["time"] >= "2026-03-14")]
    write_plant(replace(plant, readings={"pump": pumps}), folder, 0)
    pump, _, _ = plant_settings().partition("[families.oven]")
    text = pump.replace('step = "5min"', 'step = "30min"').replace("first_after = 21", "first_after = 9")
    (folder / "settings.toml").write_text(text + LIGHT)
    return folder


def run_all(nightscore, page: str) -> list[str]:
    """Run a page's commands in order, each of which has to succeed; the words of those that ran."""
    ran = []
    for words in commands_in((ROOT / page).read_text(encoding="utf-8"), fenced=True):
        if words[0] in NOT_RUN:
            continue
        ended = nightscore(*words)
        assert ended.code == 0, (page, words, ended)
        ran.append(words[0])
    return ran


@pytest.mark.parametrize("page", FRESH)
def test_a_page_that_begins_with_a_file_runs_as_it_stands(nightscore, fresh, page):
    ran = run_all(nightscore, page)
    assert ran[:3] in (["init", "backfill", "show"], ["init", "backfill", "doctor"])
    assert list(fresh.glob("*.png"))


def test_pages_about_a_running_plant_run_as_they_stand(nightscore, plant_folder, monkeypatch):
    monkeypatch.chdir(plant_folder)
    assert nightscore("backfill").code == 0
    ran = {page: run_all(nightscore, page) for page in PLANT}
    assert "replay" in ran["docs/service.md"]
    assert ran["docs/how-to/alarm.md"] == ["incidents"]
