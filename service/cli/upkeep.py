"""What keeps a store whole: verify it, make it again, clean it, back it up, restore it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from sensors_data.jobs import JOBS
from sensors_data.settings import Settings
from service.cli.jobs import add_job
from service.cli.options import BELOW_LIMIT, DayOption, JsonOption, add_command, with_settings
from service.console import add_cells, say, show, show_json, show_table
from service.schedule.request import day_from

if TYPE_CHECKING:
    from sensors_data.upkeep.verify import Finding

PANEL = "Keep the store"


def add_commands(app: typer.Typer) -> None:
    """Add them."""
    for command, example in (
        (verify, "verify --all --repair"),
        (backup, "backup --to /backups/plant"),
        (restore, "restore --from /backups/plant"),
        (migrate, "migrate"),
        (audit, "audit --json"),
    ):
        add_command(app, PANEL, with_settings(command), example)
    add_job(app, JOBS["clean"])(clean)


def verify(
    settings: Settings,
    day: Annotated[str | None, typer.Option("--day", help="Only the files of this UTC day, and the models.")] = None,
    all_days: Annotated[bool, typer.Option("--all", help="Every file; by default those of the newest day.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Make damaged and stale files again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare every file with the hash of its content; report what is damaged, and the command that makes it again."""
    from sensors_data.store import Store
    from sensors_data.upkeep import verify as walk
    from service.schedule.repairs import repair as made_again

    store = Store(settings.store)
    wanted = day_from(day) if day else None if all_days else max(store.days("runs"), default=None)
    paths = walk.paths_of(store, wanted)
    findings = [finding for finding in walk.verify(store, paths) if finding is not None]
    if as_json:
        show_json([_fields(finding) for finding in findings])
    else:
        _show(findings, len(paths))
    damaged = [finding for finding in findings if finding.state == "damaged"]
    if repair:
        left = made_again(settings, wanted, say)
        damaged = [finding for finding in left if finding.state == "damaged"]
        show(f"after the repair: {len(damaged):,} damaged, {len(left) - len(damaged):,} stale")
    if damaged:
        raise typer.Exit(BELOW_LIMIT)


def clean(
    settings: Settings,
    day: DayOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove what is older than the settings keep and join small files, or list what would go."""
    from sensors_data.store import Store
    from sensors_data.upkeep import cleaning
    from sensors_data.upkeep.joining import to_join

    if not dry_run:
        say(cleaning.clean(settings, day_from(day)))
        return
    store, retention = Store(settings.store), settings.retention
    outdated = list(cleaning.removable(store, retention, day_from(day)))
    show(*outdated)
    gone = set(outdated)
    days = [
        left
        for paths in to_join(store, retention, day_from(day))
        if len(left := [p for p in paths if p not in gone]) > 1
    ]
    joined = f", {sum(map(len, days)):,} would be joined to {len(days):,}" if days else ""
    say(f"{len(outdated):,} files would be removed{joined}")


def backup(
    settings: Settings,
    to: Annotated[str, typer.Option("--to", help="Folder or URL of the backups.")],
) -> None:
    """Copy what changed since the last backup; the store may be in use at the same time."""
    from sensors_data.store import Store
    from sensors_data.upkeep import backup as copies

    made = copies.backup(Store(settings.store), to)
    show(f"backup {made.name}: {made.files:,} files, {made.copied:,} of them copied now, to {to}")
    for path in made.damaged:
        show(f"damaged, its last whole state stands in the backup: {path}")
    if made.restless:
        show(f"{len(made.restless):,} files changed all the while, the first is {made.restless[0]}; run it again")
    if made.undone:
        show(f"{len(made.undone):,} decisions of the audit log are gone since, the first is {made.undone[0]}")
        show(f"they come back with: nightscore restore --from {to} --at {made.before} --replace audit witness")
    if made.damaged or made.undone:
        raise typer.Exit(BELOW_LIMIT)


def restore(
    settings: Settings,
    source: Annotated[str, typer.Option("--from", help="Folder or URL of the backups.")],
    at: Annotated[str | None, typer.Option("--at", help="Name of the backup; by default the newest.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Also replace files that differ.")] = False,
    only: Annotated[list[str] | None, typer.Argument(help="Files and folders of the store; by default all.")] = None,
) -> None:
    """Restore the files of a backup that are missing or damaged in the store."""
    from sensors_data.store import Store
    from sensors_data.upkeep import backup as copies

    written, same = copies.restore(source, Store(settings.store), at, replace, say, only or ())
    show(f"restored {written:,} files from {source}; {same:,} were as they should be")


def migrate(settings: Settings) -> None:
    """Convert files of an earlier nightscore to the current format and add their hashes; no value changes."""
    from sensors_data.store import Store
    from sensors_data.upkeep import migrate as forms

    show(f"{sum(1 for _ in forms.migrate(Store(settings.store))):,} files have today's form now")


def audit(settings: Settings, as_json: JsonOption = False) -> None:
    """List who dismissed, withdrew, accepted or deleted what; a tampered log is refused."""
    from rich.table import Table

    from sensors_data.audit import entries
    from sensors_data.store import Store

    log = entries(Store(settings.store))
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in log])
        return
    table = Table("number", "time", "who", "what", "about")
    for entry in log:
        add_cells(table, entry.number, f"{entry.time:%Y-%m-%d %H:%M:%S}", entry.who, entry.what, entry.about)
    show_table(table)
    say(f"{len(log):,} entries, none missing or changed")


def _fields(finding: Finding) -> dict[str, str]:
    command = finding.remake.command if finding.remake else ""
    return {"path": finding.path, "state": finding.state, "reason": finding.reason, "again": command}


def _show(findings: list[Finding], checked: int) -> None:
    """A line a finding, those without a hash as a number; how many files were looked at."""
    from rich.table import Table

    unsealed = sum(finding.state == "without hash" for finding in findings)
    shown = [finding for finding in findings if finding.state != "without hash"]
    if shown:
        table = Table("file", "state", "why", "made again by")
        for finding in shown:
            add_cells(table, *_fields(finding).values())
        show_table(table)
    counts = ", ".join(f"{n:,} {state}" for state, n in Counter(finding.state for finding in shown).items())
    show(f"{checked:,} files looked at: {counts or 'all are what was written'}")
    if unsealed:
        show(f"{unsealed:,} of them have no hash, for an earlier nightscore wrote them; it is added by migrate")
