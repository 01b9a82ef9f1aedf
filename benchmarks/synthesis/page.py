"""A page with some images of each generator of a table, in the order in which they were trained."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from synthesis.sheets import contact_sheet

SHOWN, SIDE = 16, 4
"""Images of a generator, and of them in a row."""
COLUMNS = 5
"""Generators in a row of the page."""


def add_to_page(folder: Path, name: str, images: np.ndarray) -> None:
    """Put the first of these images (N, C, H, W) on the folder's page `all.png`, in place of earlier ones of `name`.

    `all.npz` keeps what the page shows, so that a later run adds to it.
    """
    arrays_file = folder / "all.npz"
    shown: dict[str, np.ndarray] = {}
    if arrays_file.is_file():
        with np.load(arrays_file) as arrays:
            shown = {key: arrays[key] for key in arrays.files}
    shown[name] = images[:SHOWN]
    np.savez(arrays_file, **shown)  # type: ignore[arg-type]
    (folder / "all.png").write_bytes(page(shown))


def page(shown: dict[str, np.ndarray]) -> bytes:
    """A PNG page of images (N, C, H, W) by their generator's name."""
    rows = -(-len(shown) // COLUMNS)
    figure = Figure(figsize=(1.75 * COLUMNS, 1.95 * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, (name, images) in zip(axes, shown.items(), strict=False):
        tiles = contact_sheet(images, SIDE).transpose(1, 2, 0)
        axis.imshow(tiles.repeat(3, 2) if tiles.shape[2] == 1 else tiles, interpolation="nearest")
        axis.set_title(name, fontsize=8, pad=3)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
