"""The pages that are made from the code say all that the code offers."""

import re

import pytest

from docs.hooks.commands_page import commands, commands_page
from docs.hooks.rest_page import rest_page
from docs.hooks.settings_page import SECTIONS, meanings, settings_page


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


def test_the_rest_page_names_every_address_that_the_service_answers():
    page = rest_page()
    assert "### `POST /v1/score`" in page
    assert "| `family` | **needed**, string | The family's name. |" in page
    assert len(re.findall(r"^### `(GET|POST|DELETE) ", page, re.MULTILINE)) >= 20
