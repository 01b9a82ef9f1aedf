"""Learn to make good parts defective, and back, from two folders; translate a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.cameras import PANEL
from service.cli.options import add_command
from service.console import say, training_progress


def add_commands(app: typer.Typer) -> None:
    """Add both commands."""
    add_command(app, PANEL, train_translator, "train-translator --from good --to scratched --out scratches.safetensors")
    add_command(app, PANEL, translate_images, "translate-images --by scratches.safetensors --from good --out made")


def train_translator(
    first: Annotated[Path, typer.Option("--from", help="A folder of pictures of one kind, such as good parts.")],
    second: Annotated[Path, typer.Option("--to", help="A folder of pictures of the other kind.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write the translator to.")],
    pairs: Annotated[
        bool,
        typer.Option("--pairs", help="Pictures of one name show the same part: pix2pix, not CycleGAN."),
    ] = False,
    images: Annotated[int, typer.Option("--images", min=1, help="Pictures shown in training, with repeats.")] = 40_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the initial weights and of the order.")] = 0,
) -> None:
    """Train a network that translates pictures of one kind into another, from two folders."""
    from synthesis.translation.folders import learn_from_folders
    from synthesis.translation.learning import TranslationSettings

    wanted = TranslationSettings(paired=pairs, images=images)
    with training_progress() as progress:
        outcome = learn_from_folders(first, second, out, wanted, seed, say, progress(first.name))
    say(outcome)


def translate_images(
    by: Annotated[Path, typer.Option("--by", help="The file of train-translator.")],
    source: Annotated[Path, typer.Option("--from", help="A picture, or a folder of them.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the PNGs.")],
    back: Annotated[bool, typer.Option("--back", help="From the second kind to the first.")] = False,
) -> None:
    """Translate pictures with a translator; pictures that cannot be read are reported and skipped."""
    from synthesis.translation.folders import read_translator, translate_pictures

    say(translate_pictures(read_translator(by), source, out, back, say))
