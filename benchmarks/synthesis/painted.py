"""One page of painted defects, ten a kind, with real ones below: would an inspector believe them?

python -m benchmarks.synthesis.painted --data FILE.npz --out FILE.jpg [--columns 10] [--least 5] [--seed 0]

FILE is one that `benchmarks.images.defects` takes. The kinds are painted on its good parts, each at least `--least`
times as visible as what is just seen. The exit status is 2 when the file or an option is wrong.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from matplotlib.figure import Figure

from benchmarks.images.defects_data import Parts, read_parts
from benchmarks.images.sets import npz_arrays
from benchmarks.outputs import make_folders, wide_console
from sensors_data.defects.paint import KINDS, PaintedDefect, paint_defect
from sensors_data.errors import UnusableError
from sensors_data.images.arrays import with_channels

TRIES = 20
"""Good parts on which a defect is tried."""
console = wide_console()


def painted(good: np.ndarray, kind: str, number: int, least: float, seed: int) -> PaintedDefect:
    """The defect of a kind and number on one of good parts (N, C, H, W). UnusableError when it shows on none."""
    picks = np.random.default_rng((seed, KINDS.index(kind), number))
    reason = UnusableError("there is no good part to paint on")
    for _ in range(TRIES):
        part, donor = picks.integers(len(good), size=2)
        try:
            return paint_defect(good[part], good[donor], kind, picks, least)
        except UnusableError as error:
            reason = error
    raise reason


def rows_of(parts: Parts, kinds: np.ndarray, columns: int, least: float, seed: int) -> dict[str, np.ndarray]:
    """The images of each row of the page, (N, C, H, W), by its name: painted kinds, then real ones."""
    good, rows = parts.x[~parts.odd], {}
    for kind in KINDS:
        rows[kind] = np.stack([painted(good, kind, number, least, seed).image for number in range(columns)])
    for kind in np.unique(kinds[parts.odd]):
        members = np.random.default_rng(seed).permutation(np.flatnonzero(parts.odd & (kinds == kind)))
        rows[f"real: {kind}"] = parts.x[members[:columns]]
    return rows


def page_of(rows: dict[str, np.ndarray], columns: int, form: str) -> bytes:
    """The page as an image of a form (png, jpg), a row a kind, its name to the left."""
    left = 1.7  # inches, for the names
    figure = Figure(figsize=(1.05 * columns + left, 1.05 * len(rows)))
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for axis in line:
            axis.set_axis_off()
        line[0].text(-0.05, 0.5, name, transform=line[0].transAxes, ha="right", va="center", fontsize=9)
        for axis, image in zip(line, with_channels(images, 3), strict=False):
            axis.imshow(image.transpose(1, 2, 0), interpolation="nearest")
    figure.subplots_adjust(left=left / (1.05 * columns + left), right=1, top=1, bottom=0, wspace=0.02, hspace=0.02)
    out = io.BytesIO()
    figure.savefig(out, format=form, dpi=100)
    return out.getvalue()


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y and, where known, mask and classes.")],
    out: Annotated[Path, typer.Option(help="The page, a PNG or JPEG by its ending.")],
    columns: Annotated[int, typer.Option(min=1, help="Defects of a kind.")] = 10,
    least: Annotated[float, typer.Option(min=1, help="Visibility at least; 1 is just seen.")] = 5.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Paint ten defects of every kind beside real ones."""
    make_folders(out)
    try:
        parts = read_parts(data)
        held = npz_arrays(data, ("y", "classes"))
        labels = held["classes"][held["y"]] if "classes" in held else held["y"]
        rows = rows_of(parts, labels.astype(str), columns, least, seed)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    out.write_bytes(page_of(rows, columns, out.suffix[1:] or "png"))
    console.print(f"painted {columns} of each of {len(KINDS)} kinds: {out}")


if __name__ == "__main__":
    typer.run(main)
