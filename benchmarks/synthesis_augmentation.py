"""Does a generator that saw only the few real images help a classifier that has only those?

python -m benchmarks.synthesis_augmentation --data FILE [--per-class 100] [--rare-share 1] [--seeds 5]
    [--seconds 20] [--out FILE]

For every seed: some real images of each class are chosen, ours is trained on those alone (with differentiable
augmentation) for so many CPU-seconds, and a classifier is trained with and without what it draws. Accuracy is that on
the file's test images.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from rich.console import Console

from benchmarks.image_splits import Images
from benchmarks.synthesis import read_images
from benchmarks.synthesis_run import generator_of
from synthesis.presets.catalogue import preset
from synthesis.quality.extractors import has_classes
from synthesis.quality.usefulness import Figures, Labelled, classifier_trial, few
from synthesis.sampling import class_names, draw

console = Console(width=160, markup=False)


def accuracies(
    train: Images, test: Labelled, per_class: int, rare_share: float, seconds: float, seed: int
) -> dict[str, object]:
    """A row: a classifier's accuracy with drawn images and without."""
    trial, real = classifier_trial(test), train.where(few(train.label, per_class, seed, rare_share))
    _, channels, side, _ = real.x.shape
    recipe = preset("default", (channels, side, side), len(set(real.label)))
    training = recipe.training.model_copy(update={"augmentation": ("shift", "cutout")})
    generator = generator_of(recipe.model_copy(update={"training": training}), real, seconds, seed)
    even = generator.card.model_copy(update={"shares": tuple(1.0 for _ in generator.card.classes)})
    generator = replace(generator, card=even)  # rare classes are drawn as often as the others
    count = 2 * len(real)
    drawn = Labelled(draw(generator, count, seed), np.array(class_names(generator, count)))
    own = Labelled(real.x, real.label)
    with_drawn, without = trial(own, drawn, seed), trial(own, drawn.at(np.arange(0)), seed)
    return {"seed": seed, "real": len(real), "drawn": count, "with": with_drawn, "without": without}


def main(
    data: Annotated[Path, typer.Option(help="Images with classes: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    per_class: Annotated[int, typer.Option(min=20, help="Real images of each class.")] = 100,
    rare_share: Annotated[float, typer.Option(min=0.01, max=1, help="Of every other class only this share.")] = 1.0,
    seeds: Annotated[int, typer.Option(min=2, help="Choices of real images.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="CPU-seconds of each generator's training.")] = 20.0,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every seed.")] = None,
) -> None:
    """Train a classifier on few real images with and without drawn ones."""
    torch.set_num_threads(1)
    try:
        train, test = read_images(data)
        if not has_classes(train.label):
            raise ValueError(f"{data.name} has no classes to tell apart")
        few(train.label, per_class, 0)
    except (ValueError, LookupError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    rows: list[dict[str, object]] = []
    for seed in range(seeds):
        rows.append(accuracies(train, Labelled(test.x, test.label), per_class, rare_share, seconds, seed))
        console.print(rows[-1])
        if out is not None:
            pd.DataFrame(rows).to_csv(out, index=False)
    found = pd.DataFrame(rows)
    console.print(Figures("classifier", found["with"].to_numpy(), found["without"].to_numpy()).verdict)


if __name__ == "__main__":
    typer.run(main)
