"""The options that commands share, and how their texts become values."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from sensors_data.errors import NotThereError
from sensors_data.settings import Settings, load

SETTINGS_PATH = Path("settings.toml")
BELOW_LIMIT = 3
"""Exit code of a figure below its limit, or of damaged files."""
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", envvar="NIGHTSCORE_STORE", help="Folder or URL of the store; by default the one in the settings."
    ),
]
SettingsOption = Annotated[
    Path, typer.Option("--settings", envvar="NIGHTSCORE_SETTINGS", help="The settings file.", show_default=True)
]
DayOption = Annotated[str, typer.Option("--day", help="The UTC day, like 2026-11-21.")]
FirstOption = Annotated[str, typer.Option("--from", help="The first night.")]
LastOption = Annotated[str, typer.Option("--to", help="The last night.")]
FamilyOption = Annotated[str, typer.Option("--family", help="The family's name in the settings.")]
SomeFamilyOption = Annotated[
    str | None, typer.Option("--family", help="The family's name in the settings; by default all families.")
]
CameraOption = Annotated[str, typer.Option("--camera", help="The camera's name in the settings.")]
ShardOption = Annotated[int, typer.Option("--shard", help="The family's shard, from 0.", min=0)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def add_command(app: typer.Typer, panel: str, command: Callable[..., None], example: str) -> None:
    """Add a command to a panel of the help; the first word of its example is its name."""
    app.command(example.split()[0], epilog=f"Example: nightscore {example}", rich_help_panel=panel)(command)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes --settings and --store, and gets the settings that they name as its first argument."""
    hints = get_type_hints(command, include_extras=True)
    _, *parameters = (p.replace(annotation=hints[p.name]) for p in inspect.signature(command).parameters.values())
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter("settings", keyword, default=SETTINGS_PATH, annotation=SettingsOption),
        inspect.Parameter("store", keyword, default=None, annotation=StoreOption),
    ]

    @functools.wraps(command)
    def taking_both(settings: Path, store: str | None, **words: Any) -> None:
        command(settings_from(settings, store), **words)

    del taking_both.__wrapped__  # its options are the new ones
    parameters = [p.replace(kind=keyword) for p in parameters]
    taking_both.__signature__ = inspect.Signature([*parameters, *shared])  # type: ignore[attr-defined]
    taking_both.__annotations__ = {p.name: p.annotation for p in [*parameters, *shared]}
    return taking_both


def settings_from(path: Path, store: str | None) -> Settings:
    """The settings, with another store where one is given. NotThereError, UnusableError as `load` raises them."""
    settings = load(path)
    return settings.model_copy(update={"store": store}) if store else settings


def families_of(settings: Settings, name: str | None) -> list[str]:
    """The named family, or all. NotThereError when there is none."""
    if name is not None:
        settings.family(name)
        return [name]
    if not settings.families:
        raise NotThereError("the settings have no family", "add one with: nightscore init --from FILE")
    return sorted(settings.families)
