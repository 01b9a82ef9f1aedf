"""False alarms of whole trainings of a camera's detector against those stated, by the number of good parts.

    python -m benchmarks.images.false_alarms --data fashion_mnist.npz --parts 50,200,1000 --classes 0,4,8

Each class of the images is a camera of its own: a detector learns from some of its parts, and the rest are good parts
that it did not see. 1.00 is as stated.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from rich.console import Console

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.image_scores import Worst, score_parts
from anomaly.images.learning import ImageTraining, learn_and_hold_out
from benchmarks.images.data import read_images
from sensors_data.nets.threads import one_thread

RATES = (0.005, 0.01, 0.05)
"""Of false alarms, as stated."""
UNSEEN = 4000
"""Good parts that are held against a limit, at most."""


def rows(
    x: np.ndarray, label: np.ndarray, classes: list[str], parts: list[int], seeds: int
) -> Iterator[dict[str, object]]:
    """A row a training: false alarms over those stated, at each rate, and the CPU-seconds of the training."""
    for name in classes:
        of_class = x[label == name]
        for seed in range(seeds):
            mixed = of_class[np.random.default_rng(seed).permutation(len(of_class))]
            for count in parts:
                yield {"class": name, "seed": seed, "parts": count, **_figures(mixed[:count], mixed[count:], seed)}


def _figures(known: np.ndarray, unseen: np.ndarray, seed: int) -> dict[str, object]:
    started, config = time.process_time(), ImageDetectorConfig()
    learned = learn_and_hold_out(ImageTraining("benchmark", known, date(2000, 1, 1), config, seed))
    seconds = time.process_time() - started
    normaliser, normal = learned.normal_scores(config)
    score = score_parts(learned.network, unseen[:UNSEEN], normaliser, Worst(config.worst_share)).score
    over = {f"{rate:.1%}": (score > learned.threshold(normal, rate).value).mean() / rate for rate in RATES}
    return {"scores": len(normal), **over, "cpu_s": seconds}


def main(
    data: Annotated[Path, typer.Option(help="Images with labels, as for benchmarks.images.")],
    parts: Annotated[str, typer.Option(help="Good parts to learn from, several by commas.")] = "50,200,1000",
    classes: Annotated[str, typer.Option(help="Classes, by commas; all unless given.")] = "",
    seeds: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Train, count, print a line a training and the means."""
    images, console, trainings = read_images(data), Console(), []
    is_train = images.split == "train"
    names = classes.split(",") if classes else sorted(set(images.label[is_train].tolist()))
    counts = [int(count) for count in parts.split(",")]
    with one_thread():
        for row in rows(images.x[is_train], images.label[is_train], names, counts, seeds):
            console.print(
                "  ".join(f"{key} {v:.2f}" if isinstance(v, float) else f"{key} {v}" for key, v in row.items())
            )
            trainings.append(row)
    shown = [f"{rate:.1%}" for rate in RATES]
    console.print(pd.DataFrame(trainings).groupby("parts")[shown].agg(["mean", "min", "max"]).round(2).to_string())


if __name__ == "__main__":
    typer.run(main)
