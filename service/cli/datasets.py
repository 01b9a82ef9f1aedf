"""`nightscore datasets`: public data sets by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from sensors_data.datasets import DATASETS, get_dataset, known
from sensors_data.errors import NotThereError
from service.cli.options import SETTINGS_PATH, SettingsOption, StoreOption
from service.console import console

app = typer.Typer(help="Public data sets: what they are, their licences, and a checked copy.", no_args_is_help=True)


@app.command("list")
def list_command(settings: SettingsOption = SETTINGS_PATH, store: StoreOption = None) -> None:
    """List the data sets with source and licence."""
    table = Table("name", "what it is", "licence", "source")
    for dataset in DATASETS.values():
        table.add_row(dataset.name, dataset.about, dataset.licence, dataset.source)
    console.print(table)


@app.command("get", epilog="Example: nightscore datasets get nab --from ~/downloads --to data")
def get_command(
    name: Annotated[str, typer.Argument(help="A name from `datasets list`.")],
    source: Annotated[Path | None, typer.Option("--from", help="The folder that holds the fetched files.")] = None,
    target: Annotated[Path, typer.Option("--to", help="Where the checked copy goes.")] = Path("data"),
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Copy a data set's files from a local folder after checking that they are whole."""
    if source is None:
        where = f"fetch it from {known(name).source} ({known(name).licence})"
        raise NotThereError(
            f"{name} is not fetched by itself: {where}, then: nightscore datasets get {name} --from FOLDER"
        )
    copies = get_dataset(name, source, target)
    console.print(f"{name}: {len(copies)} files in {target}, checked against sha256; licence: {DATASETS[name].licence}")
