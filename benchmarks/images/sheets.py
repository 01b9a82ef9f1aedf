"""What the published image VAEs draw: samples, reconstructions, noised codes and interpolations, a sheet each.

python -m benchmarks.images.sheets --data FILE --out FOLDER [--presets conv,dense-six] [--steps 3000]
    [--max-images 20000] [--seed 0]

FILE is whatever `benchmarks.synthesis` takes. The exit status is 2 when an option is wrong.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from rich.console import Console

from anomaly.images.vae import PRESETS
from benchmarks.images.data import read_drawable
from service.show.images import check_preset, drawings

console = Console()


def main(
    data: Annotated[Path, typer.Option(help="Images: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    out: Annotated[Path, typer.Option(help="Folder of the sheets, PRESET-SHEET.png each.")],
    presets: Annotated[str, typer.Option(help="VAEs over pixels, separated by commas.")] = ",".join(PRESETS),
    steps: Annotated[int, typer.Option(min=1, help="Training steps of a batch of 128.")] = 3000,
    max_images: Annotated[int, typer.Option(min=100, help="Images learned from, at most.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Fit each VAE to the training images and draw what it holds."""
    torch.set_num_threads(1)
    try:
        for preset in presets.split(","):
            check_preset(preset)
        train, _ = read_drawable(data)
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    chosen = train.where(np.random.default_rng(seed).permutation(len(train))[:max_images])
    out.mkdir(parents=True, exist_ok=True)
    for preset in presets.split(","):
        for name, picture in drawings(chosen.x, chosen.label, preset, steps, date(2000, 1, 1), seed):
            (out / f"{preset}-{name}.png").write_bytes(picture)
            console.print(f"drew {preset}-{name}.png of {len(chosen):,} images")


if __name__ == "__main__":
    typer.run(main)
