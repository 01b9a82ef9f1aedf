"""What every command takes, and how its words become values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NotThereError
from sensors_data.settings import Settings, load

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", envvar="NIGHTSCORE_STORE", help="Folder or URL of the store; the settings' own if not given."
    ),
]
SettingsOption = Annotated[
    Path, typer.Option("--settings", envvar="NIGHTSCORE_SETTINGS", help="The settings file.", show_default=True)
]
DayOption = Annotated[str, typer.Option("--day", help="The UTC day, like 2026-11-21.")]
FamilyOption = Annotated[str, typer.Option("--family", help="The family's name in the settings.")]
SomeFamilyOption = Annotated[
    str | None, typer.Option("--family", help="The family's name in the settings; all of them if not given.")
]
ShardOption = Annotated[int, typer.Option("--shard", help="The family's shard, from 0.", min=0)]

SETTINGS_PATH = Path("settings.toml")


def settings_from(path: Path, store: str | None) -> Settings:
    """The settings, with another store where one is given. NotThereError, UnusableError as `load` raises them."""
    settings = load(path)
    return settings.model_copy(update={"store": store}) if store else settings


def families_of(settings: Settings, name: str | None) -> list[str]:
    """The named family, or all. LookupError when there is none."""
    if name is not None:
        settings.family(name)
        return [name]
    if not settings.families:
        raise NotThereError("the settings have no family", "add one with: nightscore init --from FILE")
    return sorted(settings.families)
