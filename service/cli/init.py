"""`nightscore init`: settings for a user's files, what was understood of them as a table, and a picture."""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from rich.table import Table

from sensors_data.errors import NotThereError, UnreadableError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.images.discover import holds_pictures
from sensors_data.series.discover import Discovery, discover, name_of
from sensors_data.series.partial import partial_settings, without_partial
from sensors_data.series.roles import Role
from sensors_data.series.settings_text import duration_words, with_family
from sensors_data.series.understand import Wishes
from sensors_data.settings import Settings, parse
from service.cli.init_camera import init_camera
from service.console import add_cells, console, say, show, show_table
from service.figures.overview import overview_picture

MOST_LINES = 40
"""Columns that the table shows."""


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
    before = settings.read_text(encoding="utf-8") if settings.exists() else f"store = {json.dumps(store or 'store')}\n"
    before = without_partial(before, family or name_of(source))
    known = parse(Settings, tomllib.loads(before), str(settings))
    try:
        found = discover(source, wishes)
    except UnreadableError as error:
        raise _as_far_as(error, before, source, settings, family or name_of(source), wishes) from error
    if may_ask and sys.stdin.isatty() and console.is_terminal:
        found = _asked(source, wishes, found)
    name = family or found.name
    if name in known.families:
        raise UnusableError(f"{settings} already has a family '{name}'", "take another --family or edit the file")
    text = with_family(before, found, name)
    parse(Settings, tomllib.loads(text), f"the settings for {source}")
    replace_file(*open_url(str(settings.resolve())), text.encode())
    picture = settings.resolve().parent / f"{name}.png"
    replace_file(*open_url(str(picture)), overview_picture(found.values, found.family, name))
    show_table(columns_table(found))
    show(*told(found, name))
    say(f"wrote {settings} and {picture.name}; next: nightscore backfill --family {name}")


def _as_far_as(
    error: UnreadableError, before: str, source: Path, settings: Path, name: str, wishes: Wishes
) -> UnreadableError:
    """The refusal of a file, with the settings that could be written and the line of them that must be mended."""
    known = name in tomllib.loads(before).get("families", {})
    partial = None if known else partial_settings(before, source, name, wishes)
    if partial is None:
        return error
    replace_file(*open_url(str(settings.resolve())), partial.text.encode())
    mend = f"or mend line {partial.line} of {settings}, which has what is known, and run: nightscore doctor"
    return UnreadableError(error.reason, f"{error.remedy}; {mend}" if error.remedy else mend)


def _asked(source: Path, wishes: Wishes, found: Discovery) -> Discovery:
    """What a person says of the guesses that are unsure, and what follows from it."""
    rivals = found.understood.time.rivals
    if rivals and wishes.style is None:
        for number, style in enumerate(rivals, start=1):
            say(f"  {number}: {style}")
        choice = typer.prompt("Day and month could be told either way; which form", default=1, type=int)
        wishes = replace(wishes, style=rivals[min(max(choice, 1), len(rivals)) - 1])
    if not found.understood.zoned and wishes.zone is None:
        wishes = replace(wishes, zone=typer.prompt("The times state no zone; they are in", default="UTC"))
    return discover(source, wishes)


def columns_table(found: Discovery) -> Table:
    """What each column was taken for: role, evidence, range, missing."""
    table = Table("column", "taken for", "because", "range", "no value", title="what was understood")
    rows = len(found.understood.columns[0].cells)
    columns = {column.name: column for column in found.understood.columns}
    for role in found.understood.roles.roles[:MOST_LINES]:
        column = columns[role.column]
        spec = found.family.sensors.get(role.column)
        kind = spec.kind if spec is not None and spec.kind != "measured" else role.role
        values = column.values if role.role in ("sensor", "value", "state") else np.empty(0)
        if spec is not None and spec.missing:
            values = values[~np.isin(values, spec.missing)]
        span = f"{values.min():.6g} to {values.max():.6g}" if len(values) else ""
        sure = "" if role.confidence >= 0.6 else " (unsure)"
        missing = f"{(rows - len(values)) / max(1, rows):.1%}" if len(values) else ""
        add_cells(table, role.column, kind + sure, role.evidence, span, missing)
    if (more := len(found.understood.roles.roles) - MOST_LINES) > 0:
        table.add_row(f"and {more} more", "", "", "", "")
    return table


def told(found: Discovery, name: str) -> list[str]:
    """What `init` found, for a person."""
    family, layout = found.family, found.family.layout
    few = ", ".join(found.assets[:4]) + (", ..." if len(found.assets) > 4 else "")
    names = ", ".join(list(family.sensors)[:12]) + (", ..." if len(family.sensors) > 12 else "")
    days = (found.last - found.first).total_seconds() / 86_400
    span = f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC ({days:.1f} days)"
    lines = [
        f"{name}: {found.rows:,} values, {span}",
        f"  {len(found.assets)} assets ({few}), {len(family.sensors)} sensors ({names})",
        f"  a value every {duration_words(family.step)}, {layout.kind} layout",
        f"  read back by these settings: {found.used:,} values are used, {sum(found.refused.values()):,} are not",
    ]
    lines += [f"    {count:,} rows: {reason}" for reason, count in list(found.refused.items())[:6]]
    if not found.understood.zoned:
        lines.append(f"  the times state no zone: they are read as {layout.timezone}; edit layout.timezone, or --zone")
    lines += [f"  not read: {r.column} ({r.evidence})" for r in _ignored(found)[:12]]
    lines += _training_lines(found)
    return lines + [f"  odd: {what}" for what in found.odd]


def _ignored(found: Discovery) -> list[Role]:
    """The columns that are not read, with their reasons."""
    return [role for role in found.understood.roles.roles if role.column in found.family.layout.ignore]


def _training_lines(found: Discovery) -> list[str]:
    """When the family will be trained, and what it lacks for that."""
    family, lines = found.family, []
    if family.training.commissioning:
        lines.append(
            f"  under three days an asset: the first {family.training.commissioning} of each is taken to be normal and "
            "learned from; edit training.commissioning if it is not"
        )
        budget = family.detector["alarms_per_asset_week"]
        lines.append(
            f"  false-alarm budget {budget:g} an asset-week, one in ten runs; edit detector.alarms_per_asset_week"
        )
    if not found.trains:
        step = duration_words(family.step)
        wanted = f"{family.training.first_after} days" if not family.training.commissioning else "48 rows"
        lines.append(f"  too little to learn from yet: a first training wants {wanted} at a step of {step}; add files")
    return lines
