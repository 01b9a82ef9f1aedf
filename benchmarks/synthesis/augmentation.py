"""Does a batch help a classifier that has few real images, over ordinary augmentation?

python -m benchmarks.synthesis.augmentation --data FILE [--per-class 20,100] [--rare-share 1] [--learned-from sister]
    [--seconds 60] [--generators 1] [--drawn FILE.npz] [--share 0.5] [--part all] [--chosen] [--shown 12000]
    [--seeds 5] [--out FILE.csv]

For every seed some real images of each class are chosen among half of the file's training images. A classifier of those
is trained in four ways: real images alone, with ordinary augmentation (mirrored, moved, relit, CutMix), with a batch,
with both. Every way is shown as many images. Accuracy is that on the file's test images.

The generator learned from the other half of the training images (`sister`: a line whose labelled images are no longer
there, or may not leave their plant), or from the few real images alone (`own`, with differentiable augmentation).
`--generators` trains several for the sister, with other seeds, and the choices take them by turns. `--drawn` keeps what
they drew for the next run: FILE-0.npz, FILE-1.npz and so on.

`--part` uses only some drawn images: those of rare classes, those with which a classifier of the real images agrees, or
the half of these of which it is unsure. `--chosen` chooses share, part and mirroring as `try-augmentation` does: on a
quarter of the first choice's real images, never on test images.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer

from benchmarks.images.data import read_drawable
from benchmarks.images.splits import Images
from benchmarks.outputs import make_folders, wide_console
from benchmarks.synthesis.run import generator_of
from synthesis.presets.catalogue import preset
from synthesis.quality.augmentation import ARMS, Arms, Plan, one_trial
from synthesis.quality.classifier_trial import chosen_plan
from synthesis.quality.extractors import has_classes
from synthesis.quality.ordinary import Ordinary
from synthesis.quality.selection import PARTS
from synthesis.quality.usefulness import Labelled, few
from synthesis.sampling import class_names, draw

COUNT = 10_000
"""Images that each generator of a sister draws, of all classes alike."""
TESTED = 4000
"""Test images, at most."""
MIRRORED = Ordinary(mirror=True)
"""The ordinary augmentation: clothes, animals and vehicles may be mirrored."""
console = wide_console()


def drawn_from(real: Images, count: int, seconds: float, seed: int, augmentation: tuple[str, ...] = ()) -> Labelled:
    """What `default` draws of all classes alike, given the class, after `seconds` of CPU time on these images."""
    _, channels, side, _ = real.x.shape
    recipe = preset("default", (channels, side, side), len(set(real.label)))
    generator = generator_of(recipe.changed({"augmentation": augmentation}, "augmentation"), real, seconds, seed)
    even = generator.card.model_copy(update={"shares": tuple(1.0 for _ in generator.card.classes)})
    return Labelled(draw(replace(generator, card=even), count, seed), np.array(class_names(generator, count)))


def sisters_batch(images: Images, seconds: float, stored: Path | None, seed: int) -> Labelled:
    """The batch of a generator of these images, read from a file where there is one, and put there."""
    file = stored and stored.with_stem(f"{stored.stem}-{seed}")
    if file is not None and file.is_file():
        with np.load(file) as arrays:
            return Labelled(arrays["x"], arrays["label"])
    batch = drawn_from(images, COUNT, seconds, seed)
    if file is not None:
        np.savez(file, x=batch.x, label=batch.label)
    return batch


@dataclass(frozen=True)
class Line:
    """A line's labelled images, and what a choice of them is trained beside."""

    images: Images
    batches: list[Labelled]
    """Those of the sister's generators; without any, a generator learns from each choice of real images."""
    seconds: float

    def chosen(self, per_class: int, rare_share: float, seed: int) -> Labelled:
        """The real images of a seed."""
        real = self._chosen(per_class, rare_share, seed)
        return Labelled(real.x, real.label)

    def batch(self, per_class: int, rare_share: float, seed: int) -> Labelled:
        """The drawn images that are tried beside them."""
        if self.batches:
            return self.batches[seed % len(self.batches)]
        real = self._chosen(per_class, rare_share, seed)
        return drawn_from(real, 2 * len(real), self.seconds, seed, ("shift", "cutout"))

    def _chosen(self, per_class: int, rare_share: float, seed: int) -> Images:
        return self.images.where(few(self.images.label, per_class, seed, rare_share))


def report(rows: pd.DataFrame, arms: Arms) -> str:
    """Accuracies of the four ways and the gains over ordinary augmentation, in words."""
    accuracies = ", ".join(f"{arm} {arms.accuracy(arm):.4f}" for arm in ARMS)
    gains = []
    for arm in ("batch", "both"):
        mean, low, high = arms.gain(arm=arm)
        gains.append(f"{arm} over ordinary {mean:+.4f} [{low:+.4f}, {high:+.4f}]")
    return f"{rows['images'].iloc[0]:,} real images, {len(rows)} seeds: {accuracies}; {'; '.join(gains)}"


def main(
    data: Annotated[Path, typer.Option(help="Images with classes: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    per_class: Annotated[str, typer.Option(help="Real images of each class, several separated by commas.")] = "20",
    rare_share: Annotated[float, typer.Option(min=0.01, max=1, help="Of every other class only this share.")] = 1.0,
    learned_from: Annotated[str, typer.Option(help="What the generator saw: sister or own.")] = "sister",
    seconds: Annotated[float, typer.Option(min=0.1, help="CPU-seconds of each generator's training.")] = 60.0,
    generators: Annotated[int, typer.Option(min=1, help="Generators of the sister, taken by turns.")] = 1,
    drawn: Annotated[Path | None, typer.Option(help="File that keeps what the sister's generators drew.")] = None,
    share: Annotated[float, typer.Option(min=0.05, max=0.9, help="Drawn images in every training step.")] = 0.5,
    part: Annotated[str, typer.Option(help="Drawn images that are used: all, rare, agreed or hard.")] = "all",
    chosen: Annotated[bool, typer.Option("--chosen", help="Choose share and part on held-out real images.")] = False,
    shown: Annotated[int, typer.Option(min=64, help="Images shown to each classifier.")] = 12_000,
    seeds: Annotated[int, typer.Option(min=2, help="Choices of real images.")] = 5,
    out: Annotated[Path | None, typer.Option(help="CSV of the results, renewed at every seed.")] = None,
) -> None:
    """Train a classifier on few real images in four ways."""
    torch.set_num_threads(1)
    make_folders(drawn, out)
    try:
        train, test = read_drawable(data)
        if not has_classes(train.label):
            raise ValueError(f"{data.name} has no classes to tell apart")
        if learned_from not in ("sister", "own"):
            raise ValueError(f"--learned-from is sister or own, found {learned_from}")
        if part not in PARTS:
            raise ValueError(f"--part is one of {', '.join(PARTS)}, found {part}")
        here, sister = halves(train)
        counts = [int(count) for count in per_class.split(",")]
        few(here.label, max(counts), 0)
    except (ValueError, LookupError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    batches = []
    if learned_from == "sister":
        batches = [sisters_batch(sister, seconds, drawn, number) for number in range(min(generators, seeds))]
    line, tested = Line(here, batches, seconds), Labelled(test.x[:TESTED], test.label[:TESTED])
    rows: list[dict[str, object]] = []
    for count in counts:
        plan, trials = Plan(MIRRORED, share, shown, part), []
        for seed in range(seeds):
            real, batch = line.chosen(count, rare_share, seed), line.batch(count, rare_share, seed)
            if chosen and seed == 0:
                plan = chosen_plan(real, batch, shown)
                console.print(f"{len(real.x):,} real images: {plan.words}, mirrored: {plan.ordinary.mirror}")
            trials.append(one_trial(real, batch, tested, seed, plan))
            figures = dict(zip(ARMS, trials[-1].mean(1).tolist(), strict=True))
            rows.append({"per_class": count, "images": len(real.x), "seed": seed, **figures})
            if out is not None:
                pd.DataFrame(rows).to_csv(out, index=False)
        console.print(report(pd.DataFrame(rows[-seeds:]), Arms(np.stack(trials), tested.label)))


def halves(train: Images) -> tuple[Images, Images]:
    """Two halves of the training images at random, without an image in common."""
    order = np.random.default_rng(0).permutation(len(train))
    return train.where(order[: len(order) // 2]), train.where(order[len(order) // 2 :])


if __name__ == "__main__":
    typer.run(main)
