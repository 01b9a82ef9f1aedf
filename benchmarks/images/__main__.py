"""One class against the rest, and the known against the unknown: ours beside what a user would try first.

python -m benchmarks.images --data FILE.npz [--unknown OTHER.npz] [--classes 0,1] [--methods a,b] [--out FILE]

FILE is an npz (x_train, y_train, x_test, y_test, or x and y), a Parquet file, an IDX file or a folder of PNG and JPEG.
Images that are not square are made so. Classes that cannot be learned or tested are left out, and named. The exit
status is 1 when ours is not above the nearest neighbours on the same features, 2 when an option or the file is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from rich.table import Table
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from anomaly.images.detector import ImageDetectorConfig
from benchmarks.images.data import read_images
from benchmarks.images.methods import METHODS, SEEDED, Outcome, falls_short
from benchmarks.images.sets import read_packed
from benchmarks.images.splits import FEWEST_LEARNED, Images
from benchmarks.outputs import make_folders, wide_console
from sensors_data.images.arrays import resize, with_channels

MAX_KNOWN = 20_000
"""Training images of all classes together, where the unknown is to be told from them."""
UNKNOWN = 2000
"""Images of each kind of unknown data, and normal test images beside them, at most."""
COLUMNS = ["method", "class", "seed", "auroc", "false_alarm_rate", "cpu_s", "images"]
console = wide_console()


def learnable(images: Images, classes: list[str]) -> list[str]:
    """Those classes that can be learned and told from others; the rest is named in a printed line."""
    train, test = (images.label[images.split == part] for part in ("train", "test"))
    learnable, left_out = [], []
    for name in classes:
        trained, own, others = (train == name).sum(), (test == name).sum(), ((test != name) & (test != "")).sum()
        if trained >= FEWEST_LEARNED and own and others:
            learnable.append(name)
        else:
            left_out.append(f"{name} ({trained} to train on, {own} and {others} others to test)")
    if left_out:
        console.print(
            f"left out, for want of {FEWEST_LEARNED} to train on, 1 and 1 others to test: {', '.join(left_out)}"
        )
    if not learnable:
        console.print("no class can be told from another here: only the known are told from the unknown")
    return learnable


def one_class_rows(images: Images, classes: list[str], methods: list[str], seeds: int) -> Iterator[dict[str, object]]:
    """A row per method, class and seed: trained on one class alone, asked of every test image that has a label."""
    test = images.where((images.split == "test") & (images.label != ""))
    for name in classes:
        of_class = images.where((images.split == "train") & (images.label == name)).x
        odd = test.label != name
        for method, seed in _runs(methods, seeds):
            train = of_class[np.random.default_rng(seed).permutation(len(of_class))]
            for row, outcome in METHODS[method](train, test.x, seed).items():
                yield _row(row, name, seed, outcome, odd, len(train))


def unknown_rows(
    images: Images, others: dict[str, np.ndarray], methods: list[str], seeds: int
) -> Iterator[dict[str, object]]:
    """A row per method, kind of unknown data and seed: trained on all classes together."""
    rng = np.random.default_rng(0)
    known = images.where(images.split == "train").x
    normal = images.where(images.split == "test").x
    normal = normal[rng.permutation(len(normal))[:UNKNOWN]]
    tested = np.concatenate([normal, *others.values()])
    kind = np.repeat(["", *others], [len(normal), *map(len, others.values())])
    for method, seed in _runs(methods, seeds):
        train = known[np.random.default_rng(seed).permutation(len(known))[:MAX_KNOWN]]
        for row, result in METHODS[method](train, tested, seed).items():
            for other in others:
                part = (kind == "") | (kind == other)
                alarm = None if result.alarm is None else result.alarm[part]
                outcome = Outcome(result.score[part], alarm, result.cpu_s)
                yield _row(row, f"unknown-{other}", seed, outcome, kind[part] == other, len(train))


def unknown_images(images: Images, more: list[Path]) -> dict[str, np.ndarray]:
    """What no camera of these images ever showed: digits, noise, flat, the images inverted, and other files' images."""
    rng = np.random.default_rng(0)
    channels, size = images.x.shape[1], images.x.shape[2]
    shape = (UNKNOWN, *images.x.shape[1:])
    normal = images.where(images.split == "test").x
    digits = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)[:, None]
    unknown = {
        "digits": digits,
        "noise": rng.integers(0, 256, shape, dtype=np.uint8),
        "flat": np.broadcast_to(rng.integers(0, 256, (UNKNOWN, channels, 1, 1), dtype=np.uint8), shape),
        "inverted": 255 - normal[rng.permutation(len(normal))[:UNKNOWN]],
    }
    for path in more:
        other = read_packed(path, size).x
        unknown[path.stem] = other[rng.permutation(len(other))[:UNKNOWN]]
    return {name: with_channels(resize(x, size), channels) for name, x in unknown.items()}


def _runs(methods: list[str], seeds: int) -> Iterator[tuple[str, int]]:
    for method in methods:
        for seed in range(seeds if method in SEEDED else 1):
            yield method, seed


def _row(method: str, name: str, seed: int, outcome: Outcome, odd: np.ndarray, images: int) -> dict[str, object]:
    rate = float("nan") if outcome.alarm is None else float(outcome.alarm[~odd].mean())
    auroc = float(roc_auc_score(odd, outcome.score))
    return dict(zip(COLUMNS, (method, name, seed, auroc, rate, outcome.cpu_s, images), strict=True))


def report(rows: pd.DataFrame) -> bool:
    """Print the tables; whether ours is above the nearest neighbours on the same features, or both are perfect, as far
    as both ran.
    """
    rows = rows.assign(unknown=rows["class"].str.startswith("unknown-"))
    for unknown, part in rows.groupby("unknown"):
        table = Table(title="known against unknown, AUROC" if unknown else "one class against the rest, AUROC")
        names = list(dict.fromkeys(part["class"]))
        for column in ("method", *(n.removeprefix("unknown-") for n in names), "mean", "CPU-s"):
            table.add_column(column)
        for method, own in part.groupby("method", sort=False):
            by_class = own.groupby("class")["auroc"].mean()
            by_seed = own.groupby("seed")["auroc"].mean()
            spread = f" ± {by_seed.std():.4f}" if len(by_seed) > 1 else ""
            figures = [f"{by_class[n]:.4f}" for n in names]
            table.add_row(str(method), *figures, f"{by_seed.mean():.4f}{spread}", f"{own['cpu_s'].mean():.1f}")
        console.print(table)
    alarms = rows[rows["false_alarm_rate"].notna()].drop_duplicates(["method", "seed", "images", "false_alarm_rate"])
    for method, own in alarms.groupby("method"):
        stated = ImageDetectorConfig().false_alarm_rate
        console.print(
            f"{method}: {own['false_alarm_rate'].mean():.2%} false alarms on held-out normal images, "
            f"{stated:.2%} stated"
        )
    means = rows[~rows["unknown"]].groupby("method")["auroc"].mean()
    return not {"nightscore", "knn"} <= set(means.index) or not falls_short(means["nightscore"], means["knn"])


def main(
    data: Annotated[Path, typer.Option(help="Images with labels: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    unknown: Annotated[list[Path] | None, typer.Option(help="More images that are unknown to the first ones.")] = None,
    classes: Annotated[str, typer.Option(help="Labels, separated by commas; all when left out.")] = "",
    methods: Annotated[str, typer.Option(help="Of nightscore, knn, pca, vae, separated by commas.")] = ",".join(
        METHODS
    ),
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each method that draws random numbers.")] = 3,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every row.")] = None,
) -> None:
    """Train on one class, tell it from the others; train on all, tell them from what is no such image."""
    make_folders(out)
    try:
        images = read_images(data)
        others = unknown_images(images, unknown or [])
        known, chosen = sorted(set(images.label) - {""}), methods.split(",")
        wanted = classes.split(",") if classes else known
        if wrong := [name for name in wanted if name not in known] + [name for name in chosen if name not in METHODS]:
            raise ValueError(
                f"unknown: {', '.join(wrong)}; classes are {', '.join(known)}, methods {', '.join(METHODS)}"
            )
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    rows: list[dict[str, object]] = []
    one_class = one_class_rows(images, learnable(images, wanted), chosen, seeds)
    for row in chain(one_class, unknown_rows(images, others, chosen, seeds)):
        rows.append(row)
        console.print(
            f"{row['method']} {row['class']} seed {row['seed']}: {row['auroc']:.4f}, {row['cpu_s']:.1f} CPU-s"
        )
        if out is not None:
            pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False)
    if not report(pd.DataFrame(rows, columns=COLUMNS)):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
