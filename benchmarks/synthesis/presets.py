"""Presets trained for whole epochs by the product's own loop: what their snapshots measure, what the best one draws.

python -m benchmarks.synthesis.presets --data FILE --presets plain,wgan|all-that-fit --out CSV --sheets FOLDER
    [--epochs 1] [--snapshots 6] [--training JSON] [--features FILE] [--seed 0]

FILE is one that benchmarks.synthesis takes. A tenth of the training images is held out for the snapshots; the best one
is judged against the file's test images. The CSV has a row a snapshot; a second run leaves the presets that it holds
alone. The exit status is 2 when an option is wrong.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import torch
import typer
from matplotlib.figure import Figure
from rich.console import Console

from benchmarks.images.data import read_drawable
from benchmarks.images.splits import Images
from benchmarks.synthesis.judging import PRINTED, Judge, judge_for, quality_of
from benchmarks.synthesis.run import contestant_of, recipe_for, with_card
from service.figures.images import sheet
from synthesis.generator_files import TrainedGenerator
from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.networks.pair import parameter_count
from synthesis.presets.catalogue import PRESETS
from synthesis.sampling import draw
from synthesis.training.collapse import WatchConfig
from synthesis.training.loop import train
from synthesis.training.recipe import Recipe
from synthesis.training.run import Examples, GanHooks, Snapshot, TrainingRun, Validation

PUBLISHED = {"dip-mnist": (5_593_345, 294_113), "dip-cifar10": (7_147_011, 387_201)}
"""Parameters of generator and discriminator, where the source states them."""
JUDGED = ("frechet", "kid", "kid_low", "kid_high", "precision", "recall", "density", "coverage", "classes")
"""What is measured of the best snapshot alone; empty in the other rows."""
console = Console(width=160, highlight=False, markup=False)


Rows = list[dict[str, Any]]
Keep = Callable[[], None]
"""Writes the rows as they are now."""


def counted(recipe: Recipe) -> tuple[int, int]:
    """The parameters of generator and discriminator. ValueError where the source states others."""
    networks = generator_of(recipe.generator), discriminator_of(recipe.discriminator)
    parameters = parameter_count(networks[0]), parameter_count(networks[1])
    if recipe.generator.image == PRESETS[recipe.preset].own and parameters != PUBLISHED.get(recipe.preset, parameters):
        raise ValueError(f"{recipe.preset} has {parameters} parameters, its source states {PUBLISHED[recipe.preset]}")
    return parameters


def run(recipe: Recipe, images: Images, judge: Judge, snapshots: int, seed: int, rows: Rows, keep: Keep) -> bytes:
    """The sheet of what the best snapshot draws; every snapshot's row is kept as it is taken."""
    order = np.random.default_rng(seed).permutation(len(images))
    count = len(images) - max(64, min(2048, len(images) // 10))
    learned, held_out = images.where(order[:count]), images.where(order[count:])
    _, numbers = np.unique(learned.label, return_inverse=True)
    examples = Examples(learned.x, numbers if recipe.generator.classes else None, held_out.x)
    started, first = time.process_time(), len(rows)

    def taken(snapshot: Snapshot) -> None:
        row = row_of(recipe, snapshot, len(learned), time.process_time() - started)
        rows.append({**row, "seed": seed, "features": judge.extractor.name})
        figures = f"{row['epochs']:.2f} epochs, {row['seconds']:,.0f} CPU-s: distance {snapshot.distance:.2f}"
        console.print(f"  {figures} {row['alarms']}")
        keep()

    watch = WatchConfig(patience=snapshots)  # an alarm is reported, and the training continues to its end
    run = TrainingRun(recipe, examples, snapshots, seed)
    trained = train(run, Validation(judge.extractor, watch), GanHooks(show=lambda row, _: taken(row)))
    if trained.state == "diverged":
        taken(trained.history[-1])
    generator = with_card(trained.generator, recipe, learned, trained.best.images, seed)
    quality = quality_of(contestant_of(generator), judge, seed)
    rows[first + trained.best.epoch - 1] |= {"best": True, **{name: quality[name] for name in JUDGED}}
    keep()
    figures = ", ".join(f"{name} {quality[name]:.3f}" for name in PRINTED)
    console.print(f"  {trained.state} {trained.reason}; best snapshot {trained.best.epoch}: {figures}")
    return sheet_of(generator, seed)


def row_of(recipe: Recipe, snapshot: Snapshot, learned: int, seconds: float) -> dict[str, Any]:
    """A snapshot's row; `seconds` of CPU time since the start, the measuring included."""
    generator, discriminator = counted(recipe)
    row = {"preset": recipe.preset, "generator": generator, "discriminator": discriminator, "seconds": seconds}
    row |= {"snapshot": snapshot.epoch, "epochs": snapshot.images / learned, "best": False}
    more = snapshot.model_dump(exclude={"epoch", "best", "alarms"})
    return {**row, **more, "alarms": "; ".join(snapshot.alarms)}


def sheet_of(generator: TrainedGenerator, seed: int) -> bytes:
    """100 drawn images, a class a row where there are some."""
    names = generator.card.classes
    title = f"{generator.card.preset}, {generator.card.shown:,} images shown"
    if not names:
        return sheet(draw(generator, 100, seed), 10, title)
    by_class = [draw(generator, 10, seed, name) for name in names[:10]]
    return sheet(np.concatenate(by_class), 10, title, list(names[:10]))


def curves(rows: pd.DataFrame) -> bytes:
    """The distance of every snapshot over the CPU time spent, one line a preset and setting, as PNG."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for (name, changes), own in rows.groupby(["preset", "training"], sort=False):
        label = f"{name} {changes}" if changes != "{}" else str(name)
        axes.plot(own["seconds"] / 60, own["distance"], marker=".", lw=1, label=label)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.set_xlabel("CPU-minutes, measuring included")
    axes.set_ylabel("distance to held-out images")
    axes.legend(fontsize=7)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=90)
    return out.getvalue()


def recipes_for(presets: str, images: Images, epochs: float, changes: dict[str, Any]) -> list[Recipe]:
    """The presets that are asked for, each for so many epochs of what is learned from."""
    names = list(PRESETS) if presets == "all-that-fit" else presets.split(",")
    recipes = []
    for name in names:
        try:
            recipe = recipe_for(name, images, {"images": max(1, round(epochs * len(images))), **changes})
        except ValueError:
            if presets != "all-that-fit":
                raise
            continue
        recipes.append(recipe)
    return recipes


def main(
    data: Annotated[Path, typer.Option(help="Images: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    out: Annotated[Path, typer.Option(help="CSV of the snapshots, renewed at every row.")],
    sheets: Annotated[Path, typer.Option(help="Folder for a sheet of each preset and the curves.")],
    presets: Annotated[str, typer.Option(help="Names, separated by commas, or all-that-fit.")] = "all-that-fit",
    epochs: Annotated[float, typer.Option(min=0.001, help="Passes over what is learned from; 0.5 is half a one.")] = 1,
    snapshots: Annotated[int, typer.Option(min=1, help="Of each run.")] = 6,
    training: Annotated[str, typer.Option(help="Settings that differ from the preset's, as JSON.")] = "{}",
    features: Annotated[Path | None, typer.Option(help="File that keeps the classifier for the next run.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Train presets on a data set and judge what they draw."""
    torch.set_num_threads(1)
    try:
        images, test = read_drawable(data)
        chosen = recipes_for(presets, images, epochs, json.loads(training))
        judge = judge_for(images, test, features)
    except (ValueError, LookupError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    earlier = pd.read_csv(out).to_dict("records") if out.is_file() else []
    rows: Rows = [{str(name): value for name, value in row.items()} for row in earlier]
    known = {(row["preset"], row["training"], row["seed"]) for row in rows}
    sheets.mkdir(parents=True, exist_ok=True)

    def keep() -> None:
        pd.DataFrame([{"training": training, **row} for row in rows]).to_csv(out, index=False)

    for recipe in chosen:
        if (recipe.preset, training, seed) in known:
            continue
        console.print(f"{recipe.preset}: {recipe.training.images:,} images in all, {judge.extractor.name}")
        (sheets / f"{recipe.preset}.png").write_bytes(run(recipe, images, judge, snapshots, seed, rows, keep))
    (sheets / "curves.png").write_bytes(curves(pd.read_csv(out)))


if __name__ == "__main__":
    typer.run(main)
