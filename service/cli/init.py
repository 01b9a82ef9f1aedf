"""`nightscore init`: settings for a user's files, what was understood of them as a table, and a picture."""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import typer
from rich.table import Table

from sensors_data.counting import count
from sensors_data.documents import toml_in
from sensors_data.errors import NotThereError, UnreadableError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.images.inbox import files_below
from sensors_data.images.understanding.discover import holds_pictures
from sensors_data.series.files.archives import NOTES
from sensors_data.series.understanding.discover import Discovery, discover, name_of
from sensors_data.series.understanding.partial import partial_settings, without_partial
from sensors_data.series.understanding.settings_text import with_family
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.settings import Settings, parse, settings_in
from service.cli.init_camera import init_camera
from service.console import add_cells, console, say, show, show_table
from service.figures.overview import overview_picture
from service.views.understood import HEAD, column_rows, summary

MOST_LINES = 40
"""Columns that the table shows."""
_NO_PICTURES = "pictures are read too, and none is there: put PNG, JPEG, BMP, TIFF or WebP into a folder and name it"


def write_settings(
    source: Path, settings: Path, store: str | None, family: str | None, wishes: Wishes, may_ask: bool
) -> None:
    """Write settings for the files of `source`, a table of what was understood of them, and a picture."""
    if not source.exists():
        raise NotThereError(f"there is no {source}", "name a file of readings, or a folder of them or of pictures")
    if holds_pictures(source):
        for line in init_camera(source, settings, store, family):
            say(line)
        return
    before = without_partial(_text_before(settings, store), family or name_of(source))
    known = settings_in(before, settings, str(settings))
    try:
        discovery = discover(source, wishes)
    except (NotThereError, UnreadableError) as error:
        if _holds_notes_alone(source):
            raise type(error)(error.reason, f"{error.remedy}; {_NO_PICTURES}") from error
        if isinstance(error, NotThereError):
            raise
        raise _as_far_as(error, before, source, settings, family or name_of(source), wishes) from error
    asks = may_ask and sys.stdin.isatty() and console.is_terminal
    if asks:
        discovery = _answered(source, wishes, discovery)
    name = family or discovery.name
    if name in known.families:
        raise UnusableError(f"{settings} already has a family '{name}'", "take another --family or edit the file")
    show_table(columns_table(discovery))
    show(*summary(discovery, name))
    if asks and discovery.unsure and not typer.confirm("It may be read wrongly: write the settings all the same?"):
        raise UnusableError("nothing is written", "run init again with what the lines above name, or clean the export")
    text = with_family(before, discovery, name)
    parse(Settings, tomllib.loads(text), f"the settings for {source}")
    replace_file(*open_url(str(settings.resolve())), text.encode())
    picture = settings.resolve().parent / f"{name}.png"
    replace_file(*open_url(str(picture)), overview_picture(discovery.values, discovery.family, name))
    say(f"wrote {settings} and {picture.name}; {_next(discovery, name)}")


def _holds_notes_alone(source: Path) -> bool:
    """Whether a folder has no files but those that are usually about others."""
    return source.is_dir() and all(path.suffix.lower() in NOTES for path in files_below(source) if path.is_file())


def _next(discovery: Discovery, name: str) -> str:
    """What to do next: look at what is unsure, or learn."""
    if not discovery.unsure:
        return f"next: nightscore backfill --family {name}"
    doubts = count(len(discovery.unsure), "line")
    after = f"then: nightscore backfill --family {name}"
    return f"NOT SURE that it is read right: look at the {doubts} marked UNSURE in them; {after}"


def _text_before(settings: Path, store: str | None) -> str:
    """The text of the settings that are there; of none yet, where the store is. UnusableError where it is no TOML."""
    if not settings.exists():
        return f"store = {json.dumps(store or 'store')}\n"
    try:
        text = settings.read_text(encoding="utf-8")
        toml_in(text)
    except ValueError as error:
        raise UnusableError(f"{settings} is not TOML: {error}", "correct it or write to another --settings") from error
    return text


def _as_far_as(
    error: UnreadableError, before: str, source: Path, settings: Path, name: str, wishes: Wishes
) -> UnreadableError:
    """The refusal of a file, with the settings that could be written and the line of them that must be corrected."""
    known = name in tomllib.loads(before).get("families", {})
    partial = None if known else partial_settings(before, source, name, wishes)
    if partial is None:
        return error
    replace_file(*open_url(str(settings.resolve())), partial.text.encode())
    correct = f"or correct line {partial.line} of {settings}, which has what is known, and run: nightscore doctor"
    return UnreadableError(error.reason, f"{error.remedy}; {correct}" if error.remedy else correct)


def _answered(source: Path, wishes: Wishes, discovery: Discovery) -> Discovery:
    """What a person says of the guesses that are unsure, and what follows from it."""
    rivals = discovery.understood.time.rivals
    if rivals and wishes.style is None:
        for number, style in enumerate(rivals, start=1):
            say(f"  {number}: {style}")
        choice = typer.prompt("Day and month could stand either way round; which form", default=1, type=int)
        wishes = replace(wishes, style=rivals[min(max(choice, 1), len(rivals)) - 1])
    if not discovery.understood.zoned and wishes.zone is None:
        wishes = replace(wishes, zone=typer.prompt("The times state no zone; they are in", default="UTC"))
    return discover(source, wishes)


def columns_table(discovery: Discovery) -> Table:
    """What each column was taken for: role, evidence, range, missing."""
    table, rows = Table(*HEAD, title="what was understood"), column_rows(discovery)
    for row in rows[:MOST_LINES]:
        add_cells(table, *row)
    if (more := len(rows) - MOST_LINES) > 0:
        table.add_row(f"and {more} more", "", "", "", "")
    return table
