"""Painted defects taken away by pix2pix, and good parts and painted ones made of one another by CycleGAN.

python -m benchmarks.synthesis.translation --data FILE.npz --out FILE.png [--side 32] [--parts 200] [--images 2000]
    [--seed 0]

FILE is one that `benchmarks.images.defects` takes. One defect is painted on every good part that is learned from, the
kinds by turns. pix2pix sees each painted part beside the part as it was; CycleGAN sees two heaps, of good parts and of
painted others. Both are tried on painted parts without a look-alike among those. Errors are mean grey levels to the
part as it was, inside and outside of the defect. The exit status is 2 when the file or an option is wrong.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks.images.defects_data import draws_of, read_parts, split
from benchmarks.images.splits import look_alikes
from benchmarks.outputs import make_folders, wide_console
from benchmarks.synthesis.painted import page_of
from sensors_data.defects.paint import KINDS, paint_defect
from sensors_data.errors import UnusableError
from sensors_data.images.arrays import resize
from synthesis.translation.learning import Kinds, TranslationSettings, learn_translator, translated

TESTED, SHOWN = 60, 10
"""Painted parts that are tried, and of these on the page."""
LEAST = 5.0
"""Visibility of a painted defect; 1 is just seen."""
console = wide_console()


@dataclass(frozen=True)
class Pairs:
    """Parts as they were and with a painted defect, (N, C, H, W) uint8 each, and where it lies, (N, H, W) bool."""

    good: np.ndarray
    painted: np.ndarray
    marked: np.ndarray


def painted_pairs(good: np.ndarray, count: int, side: int, seed: int) -> Pairs:
    """So many good parts (N, C, H, W) with a defect each, the kinds by turns, brought to `side` pixels.

    A kind that cannot be seen on a part gives way to the next. UnusableError where none can.
    """
    before: list[np.ndarray] = []
    after: list[np.ndarray] = []
    for number in range(20 * count):
        rng = np.random.default_rng((seed, number))
        part, donor = good[number % len(good)], good[rng.integers(len(good))]
        try:
            after.append(paint_defect(part, donor, KINDS[number % len(KINDS)], rng, LEAST).image)
        except UnusableError:
            continue
        before.append(part)
        if len(after) == count:
            break
    if not after:
        raise UnusableError("no painted defect can be seen on these parts", "give parts that show something")
    x, y = resize(np.stack(before), side), resize(np.stack(after), side)
    return Pairs(x, y, np.abs(x.astype(int) - y).max(axis=1) > 0)


def errors(made: np.ndarray, pairs: Pairs) -> str:
    """Mean absolute error of images (N, C, H, W) inside and outside of the defects, grey levels, in words."""
    apart = np.abs(made.astype(float) - pairs.good).mean(axis=1)
    return f"{apart[pairs.marked].mean():.1f} inside, {apart[~pairs.marked].mean():.1f} outside"


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y and, where known, mask and classes.")],
    out: Annotated[Path, typer.Option(help="A page of some parts, a PNG.")],
    side: Annotated[int, typer.Option(min=28, help="Pixels to which the parts are brought; 4 divides them.")] = 32,
    parts: Annotated[int, typer.Option(min=8, help="Painted parts to learn from.")] = 200,
    images: Annotated[int, typer.Option(min=1, help="Images shown to each, repeats counted.")] = 2000,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Train both translators on good parts and painted ones."""
    torch.set_num_threads(1)
    make_folders(out)
    try:
        held = read_parts(data)
        plans, _ = draws_of(held.odd, look_alikes(held.x), seed + 1)
        _, groups, draw = plans[seed]
        train, test = split(held.odd, groups, draw)
        good = np.random.default_rng(seed).permutation(held.x[train])  # a file may lie in order of exposure
        learned = painted_pairs(good, parts, side, seed)
        tried = painted_pairs(held.x[test & ~held.odd], TESTED, side, seed + 1)
        other = resize(good[-parts:], side)
        rows = {"as it was": tried.good, "painted": tried.painted}
        console.print(f"{len(tried.good)} painted parts as they are: {errors(tried.painted, tried)}")
        for name, kinds in {
            "pix2pix": Kinds(learned.painted, learned.good),
            "cyclegan": Kinds(learned.painted, other),
        }.items():
            settings = TranslationSettings(paired=name == "pix2pix", images=images)
            started = time.process_time()
            translator = learn_translator(kinds, settings, seed)
            seconds = time.process_time() - started
            rows[f"{name}: repaired"] = translated(translator, tried.painted)
            console.print(f"{name}, {seconds:,.0f} CPU-s: {errors(rows[f'{name}: repaired'], tried)}")
            if translator.back is not None:
                rows[f"{name}: made bad"] = translated(translator, tried.good, back=True)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    out.write_bytes(page_of({name: kind[:SHOWN] for name, kind in rows.items()}, SHOWN, "png"))


if __name__ == "__main__":
    typer.run(main)
