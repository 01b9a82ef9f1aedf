"""Generators trained for the same CPU time, judged in the same features: ours, the plain DCGAN, published ones, a VAE,
a flow.

python -m benchmarks.synthesis --data FILE --seconds 240 [--recipes default,plain,vae,flow|all-that-fit] [--seeds 3]
    [--learned COUNT] [--compared COUNT] [--training JSON] [--out FILE] [--features FILE] [--sheets FOLDER]

FILE is an npz (x_train, y_train, x_test, y_test, or x and y), a Parquet file with images and labels, an IDX file or a
folder of PNG and JPEG. A second run takes over what `--out` holds of the same images, features, time and settings.
`--sheets` gets a sheet of each run, and `all.png` with sixteen images of each.
The exit status is 2 when an option or a file is wrong.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.images.data import REFERENCE, read_drawable
from benchmarks.images.splits import Images
from benchmarks.outputs import make_folders
from benchmarks.synthesis.judging import FEWEST, PRINTED, judge_for
from benchmarks.synthesis.page import add_to_page
from benchmarks.synthesis.run import check_recipe, gemm_peak, run
from service.figures.images import sheet
from synthesis.presets.catalogue import PRESETS
from synthesis.quality.distances import MIN_IMAGES

COLUMNS = [
    *("recipe", "seed", "frechet", "kid", "kid_low", "kid_high", "precision", "recall", "density", "coverage"),
    *(
        "classes",
        "class_entropy",
        "copies",
        "images",
        "images_per_s",
        "draws_per_s",
        "peak_share",
        "seconds",
        "features",
    ),
    "data",
    "training",
]
console = Console(width=160, markup=False)


def recipes_asked_for(words: str, train: Images, changes: dict[str, object] | None = None) -> list[str]:
    """The recipes that `words` names, or all presets that can learn from these images. ValueError, LookupError where a
    named one cannot.
    """
    if words != "all-that-fit":
        names = words.split(",")
        for name in names:
            check_recipe(name, train, changes)
        return names
    fitting = []
    for name in PRESETS:
        try:
            check_recipe(name, train, changes)
        except ValueError:
            continue
        fitting.append(name)
    return fitting


def some_of(images: Images, count: int) -> Images:
    """So many of the images, chosen at random with a fixed seed; all where there are no more."""
    return images.where(np.random.default_rng(0).permutation(len(images))[:count])


def fingerprint(*parts: Images) -> str:
    """A short hash of images: rows of one table compare only under one."""
    whole = hashlib.sha256()
    for images in parts:
        whole.update(repr(images.x.shape).encode() + images.x.tobytes())
    return whole.hexdigest()[:12]


def earlier_rows(out: Path | None, same: dict[str, object]) -> list[dict[str, object]]:
    """What an earlier run left in its file, the rows whose `same` columns (seconds, features, data) are equal."""
    if out is None or not out.is_file():
        return []
    rows = pd.read_csv(out, dtype={"data": str, "training": str})
    if list(rows.columns) != COLUMNS:
        raise ValueError(f"{out} is no result file of this version; name another --out")
    for column, value in same.items():
        rows = rows[rows[column] == value]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows.itertuples(index=False)]


def report(rows: pd.DataFrame) -> None:
    """Print the mean over seeds of every recipe, and each Frechet distance over that of the plain DCGAN."""
    shown = [*PRINTED, "classes", "copies", "images", "images_per_s", "draws_per_s"]
    table = Table(title=f"mean over seeds ± their standard deviation; {rows['features'].iloc[0]}")
    for column in ("recipe", *shown, "of plain", "of GEMM peak"):
        table.add_column(column)
    plain = rows.loc[rows["recipe"] == "plain", "frechet"].mean()
    for name, own in rows.groupby("recipe", sort=False):
        spread = f" ± {own['frechet'].std():.2f}" if len(own) > 1 else ""
        figures = [f"{own[c].mean():.3f}" if own[c].mean() < 100 else f"{own[c].mean():,.0f}" for c in shown]
        figures[0] = f"{own['frechet'].mean():.2f}{spread}"
        table.add_row(str(name), *figures, f"{own['frechet'].mean() / plain:.2f}", f"{own['peak_share'].mean():.0%}")
    console.print(table)


def main(
    data: Annotated[Path, typer.Option(help="Images: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    seconds: Annotated[float, typer.Option(min=0.1, help="CPU-seconds of training, on one thread.")] = 240.0,
    recipes: Annotated[
        str, typer.Option(help="Presets, vae or flow, separated by commas; or all-that-fit.")
    ] = "default,plain,capstone-mnist",
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each.")] = 3,
    training: Annotated[str, typer.Option(help="Settings that differ from each preset's, as JSON.")] = "{}",
    learned: Annotated[int | None, typer.Option(min=64, help="Images to learn from, at most.")] = None,
    compared: Annotated[int, typer.Option(min=FEWEST, help="Test images to compare with, at most.")] = REFERENCE,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every row.")] = None,
    features: Annotated[Path | None, typer.Option(help="File that keeps the classifier for the next run.")] = None,
    sheets: Annotated[Path | None, typer.Option(help="Folder for a sheet of each run's images.")] = None,
) -> None:
    """Train each recipe for the same CPU time and judge what it draws."""
    torch.set_num_threads(1)
    make_folders(out, features, sheets)
    try:
        train, test = read_drawable(data)
        changes = json.loads(training)
        names = recipes_asked_for(recipes, train, changes)
        test = some_of(test, compared)
        judge = judge_for(train, test, features)
        train = some_of(train, learned or len(train))
        same = {"seconds": seconds, "features": judge.extractor.name, "data": fingerprint(train, test)}
        same["training"] = training
        rows = earlier_rows(out, same)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    console.print(f"{len(train):,} images to learn from, {len(test):,} to compare with, in {judge.extractor.name}")
    if len(test) < MIN_IMAGES:
        console.print(f"so few real images bias the Frechet distance; {MIN_IMAGES:,} are wanted: trust KID's interval")
    peak = gemm_peak()
    known = {(row["recipe"], row["seed"]) for row in rows}
    for seed in range(seeds):
        for name in names:
            if (name, seed) in known:
                continue
            row, contestant = run(name, train, judge, seconds, seed, peak, changes)
            rows.append({**row, **same})
            figures = ", ".join(f"{key} {row[key]:.3f}" for key in PRINTED)
            console.print(f"{name} seed {seed}: {figures}, {row['images']:,} images")
            if out is not None:
                pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False)
            if sheets is not None:
                sheets.mkdir(parents=True, exist_ok=True)
                images = contestant.draw(100, seed)
                picture = sheet(images, 10, f"{name}, {seconds:g} CPU-s, seed {seed}")
                (sheets / f"{name}-{seed}.png").write_bytes(picture)
                add_to_page(sheets, name, images)
    report(pd.DataFrame(rows, columns=COLUMNS))


if __name__ == "__main__":
    typer.run(main)
