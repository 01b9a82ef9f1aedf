"""`nightscore datasets`: public data sets by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sensors_data.errors import NotThereError
from service.cli.options import JsonOption
from service.console import say, show_json, show_table

app = typer.Typer(help="Public data sets: sources, licences, and a verified copy.", no_args_is_help=True)


@app.command("list")
def list_datasets(as_json: JsonOption = False) -> None:
    """List the data sets with source and licence."""
    from rich.table import Table

    from sensors_data.datasets import DATASETS

    rows = [{"name": d.name, "about": d.about, "licence": d.licence, "source": d.source} for d in DATASETS.values()]
    if as_json:
        show_json(rows)
        return
    table = Table("name", "what it is", "licence", "source")
    for row in rows:
        table.add_row(*row.values())
    show_table(table)


@app.command("get", epilog="Example: nightscore datasets get nab --from ~/downloads --to data")
def get(
    name: Annotated[str, typer.Argument(help="A name from `datasets list`.")],
    source: Annotated[Path | None, typer.Option("--from", help="The folder with the downloaded files.")] = None,
    target: Annotated[Path, typer.Option("--to", help="Where to put the verified copy.")] = Path("data"),
) -> None:
    """Copy a data set's files from a local folder after checking that they are complete."""
    from sensors_data.datasets import get_dataset, known

    dataset = known(name)
    if source is None:
        where = f"fetch it from {dataset.source} ({dataset.licence})"
        remedy = f"{where}, then: nightscore datasets get {name} --from FOLDER"
        raise NotThereError(f"{name} is not downloaded automatically", remedy)
    copies = get_dataset(name, source, target)
    say(f"{name}: {len(copies)} files in {target}, checked against sha256; licence: {dataset.licence}")
