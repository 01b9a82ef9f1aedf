"""The pages that are made from the code say all that the code offers."""

import re
import tomllib
from pathlib import Path

import pytest

from docs.hooks.commands_page import commands, commands_page
from docs.hooks.jobs_page import jobs_page
from docs.hooks.presets_page import presets_page
from docs.hooks.rest_page import rest_page
from docs.hooks.settings_page import SECTIONS, meanings, settings_page
from sensors_data.jobs import JOBS
from synthesis.presets.catalogue import PRESETS
from synthesis.presets.families import FAMILIES, OTHER_COMMANDS
from synthesis.presets.left_open import LEFT_OPEN

ROOT = Path(__file__).parents[1]
INSTALL = (ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
UPGRADES = (ROOT / "docs/reference/upgrades.md").read_text(encoding="utf-8")


def test_the_install_page_names_every_extra_and_no_other():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"^\| `(\w+)` \|", INSTALL, re.MULTILINE)) == set(extras)


def test_the_upgrade_notes_name_every_format_with_its_number():
    sources = [path for room in ("sensors_data", "anomaly", "synthesis") for path in (ROOT / room).rglob("*.py")]
    formats = {
        path.relative_to(ROOT).as_posix(): re.search(r"^FORMAT = (\d+)", path.read_text(), re.M) for path in sources
    }
    now = {path: number[1] for path, number in formats.items() if number}
    assert dict(re.findall(r"`FORMAT` in `([^`]+)` \| (\d+) \|", UPGRADES)) == now


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_settings_section_has_a_meaning(section):
    assert [key for key, meaning in meanings(SECTIONS[section]).items() if not meaning] == []


def test_the_settings_page_has_a_row_for_every_key_and_writes_defaults_as_toml_does():
    page = settings_page()
    assert page.count("\n| `") == sum(len(model.model_fields) for model in SECTIONS.values())
    assert "| `linear_gap` | duration | `30min` |" in page
    assert "| `shards` | integer >= 1, <= 1024 | `1` |" in page


def test_the_commands_page_has_every_command_with_its_options():
    page = commands_page()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(commands())
    backfill = page.split("## nightscore backfill\n")[1].split("\n## ")[0]
    assert [row.split("`")[1] for row in backfill.splitlines() if row.startswith("| `")] == [
        *("--from", "--to", "--jobs", "--family")
    ]


def test_the_jobs_page_has_every_job_with_what_it_writes_and_needs():
    page = jobs_page()
    assert sorted(re.findall(r"^### (.+)$", page, re.MULTILINE)) == sorted(JOBS)
    score = page.split("### score-series\n")[1].split("\n### ")[0]
    assert re.findall(r"tables\.md#(\w+)", score) == ["scores", "sensor_scores", "completeness", "self_tests"]
    assert "`anomaly.series.night.score_job.score_series(settings, day, family, shard=0)`" in score
    assert "Needs: a series detector; without one" in score


def test_the_rest_page_names_every_address_that_the_service_answers():
    page = rest_page()
    assert "### `POST /v1/score`" in page
    assert "| `family` | **needed**, string | The family's name. |" in page
    assert len(re.findall(r"^### `(GET|POST|DELETE) ", page, re.MULTILINE)) >= 20


def test_the_presets_page_has_every_preset_layer_by_layer_with_what_its_source_left_open():
    page = presets_page()
    assert sorted(re.findall(r"^### (.+)$", page, re.MULTILINE)) == sorted(PRESETS)
    style = page.split("### style\n")[1].split("\n### ")[0]
    for words in ("arXiv:1812.04948", "version: 1", LEFT_OPEN["style"]):
        assert words in style
    assert all(f"| {name} |" in page for name in OTHER_COMMANDS)
    assert re.findall(r"^\| \[([^]]+)\]\(#\1\) \|", page, re.MULTILINE) == re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert "| 2018 | Miyato et al. 2018, arXiv:1802.05957 | 3,812,355 | 2,935,873 | 3x32x32 | 32, 64, 128 |" in page


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "ours"])
def test_a_family_has_a_page_that_shows_all_its_presets_with_a_sheet(family):
    slug = family.replace(" ", "-")
    page = (ROOT / f"docs/synthesis/families/{slug}.md").read_text(encoding="utf-8")
    assert f"](../../images/family-{slug}.png)" in page
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)) == set(FAMILIES[family])
    assert f"(../synthesis/families/{slug}.md)" in presets_page()


def test_what_is_left_open_is_said_of_known_presets_only():
    assert set(LEFT_OPEN) <= set(PRESETS)
