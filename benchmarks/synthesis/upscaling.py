"""Images enlarged from their own reductions: ours, plain and perceptual, beside bicubic interpolation.

python -m benchmarks.synthesis.upscaling --data FILE [--factor 2] [--images 200000] [--seeds 3] [--sheet PNG]

FILE is one that benchmarks.synthesis takes. The networks learn from its training images and are measured on its test
images. Printed are mean PSNR and SSIM a seed, and the CPU-seconds of training. The exit status is 2 when an option or
the file is wrong.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.images.data import read_drawable
from service.figures.images import sheet
from synthesis.upscaling.learning import UpscalingSettings, as_unit, learn_upscaler, measured
from synthesis.upscaling.network import Upscaler, bicubic, upscaled

SHOWN = 12
"""Test images on the sheet."""
console = Console(width=140, highlight=False, markup=False)


def main(
    data: Annotated[Path, typer.Option("--data", help="Images: npz, Parquet, IDX, CIFAR binary, or a folder.")],
    factor: Annotated[int, typer.Option("--factor", help="2 or 4.")] = 2,
    images: Annotated[int, typer.Option("--images", min=1, help="Images shown, repeats counted.")] = 200_000,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Runs of each.")] = 3,
    sheet_path: Annotated[Path | None, typer.Option("--sheet", help="PNG: true, reduced, bicubic, ours.")] = None,
) -> None:
    """Train on the training images, measure on the test images."""
    torch.set_num_threads(1)
    train, test = read_drawable(data)
    table = Table("loss", "seed", "PSNR", "SSIM", "bicubic PSNR", "SSIM ", "CPU-s")
    networks = []
    for perceptual in (False, True):
        for seed in range(seeds):
            begun = time.process_time()
            wanted = UpscalingSettings(factor=factor, perceptual=perceptual, images=images)
            network = learn_upscaler(train.x, wanted, seed)
            seconds = time.process_time() - begun
            quality = measured(network, test.x)
            figures = (quality.psnr, quality.ssim, quality.bicubic_psnr, quality.bicubic_ssim)
            loss = "perceptual" if perceptual else "plain"
            table.add_row(loss, str(seed), *(f"{figure:.3f}" for figure in figures), f"{seconds:.0f}")
        networks.append(network)
    console.print(table)
    if sheet_path is not None:
        title = "true, enlarged by repeating, bicubic, ours, ours perceptual"
        sheet_path.write_bytes(sheet(shown(networks, test.x[:SHOWN], factor), SHOWN, title))


def shown(networks: list[Upscaler], images: np.ndarray, factor: int) -> np.ndarray:
    """Rows of images uint8: the true ones, their reductions, and each way of enlarging those."""
    truth = as_unit(images)
    small = bicubic(truth, 1 / factor).clamp(0, 1)
    repeated = small.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    rows = [truth, repeated, bicubic(small, factor).clamp(0, 1), *(upscaled(network, small) for network in networks)]
    return np.concatenate([row.mul(255).round().to(torch.uint8).numpy() for row in rows])


if __name__ == "__main__":
    typer.run(main)
