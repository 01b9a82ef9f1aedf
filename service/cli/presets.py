"""`nightscore presets`: DCGANs by name."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import JsonOption
from service.console import show, show_json, show_table

app = typer.Typer(help="DCGANs by name.", no_args_is_help=True)


@app.command("list")
def list_presets(as_json: JsonOption = False) -> None:
    """List every preset by family, with its year, purpose and number of parameters."""
    from rich.table import Table

    from service.views.presets import preset_rows
    from synthesis.presets.families import OTHER_COMMANDS

    rows = preset_rows()
    if as_json:
        show_json(rows)
        return
    table = Table(box=None)
    table.add_column("preset", no_wrap=True)
    table.add_column("year")
    table.add_column("generator", justify="right")
    table.add_column("discriminator", justify="right")
    table.add_column("image", no_wrap=True)
    table.add_column("what it is, and what it is good for")
    family = ""
    for row in rows:
        if row["family"] != family:
            family = str(row["family"])
            table.add_row(f"[bold]{family}[/bold]")
        sizes = (f"{row[network]:,}" for network in ("generator", "discriminator"))
        words = f"{row['about']}; {row['source']}. For {row['good_for']}"
        table.add_row(str(row["preset"]), str(row["year"]), *sizes, str(row["image"]), words)
    table.add_row("[bold]from a picture, not from a code[/bold]")
    for name, (command, about, source) in OTHER_COMMANDS.items():
        table.add_row(name, source[-4:], "", "", "", f"{about}; {source}. nightscore {command}")
    show_table(table)


@app.command("show")
def show_preset(
    name: Annotated[str, typer.Option("--name", help="The preset's name.")] = "default",
    size: Annotated[int, typer.Option("--size", help="Pixels a side.")] = 28,
    channels: Annotated[int, typer.Option("--channels", min=1, max=3, help="1 grey, 3 colour.")] = 1,
    classes: Annotated[int, typer.Option("--classes", min=0, help="Classes it is conditioned on; 0 for none.")] = 0,
) -> None:
    """Show a preset's layers and how it is trained."""
    from service.views.presets import described
    from synthesis.presets.catalogue import preset

    show(*described(preset(name, (channels, size, size), classes)))
