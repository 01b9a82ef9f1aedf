"""How fast a generator draws, and whether its memory is flat: growing numbers of images in one process.

python -m benchmarks.synthesis.drawing [--preset default] [--size 28] [--counts 1000,50000,1000000] [--png]

The generator has its first weights: what is drawn is of no account, how long it takes is.
"""

from __future__ import annotations

import resource
import time
from datetime import date
from typing import Annotated

import torch
import typer

from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.networks.kinds import generator_of
from synthesis.presets.catalogue import preset
from synthesis.sampling import drawn_batches, drawn_pngs


def untrained(name: str, size: int) -> TrainedGenerator:
    """A preset's generator for grey images, as it begins."""
    config = preset(name, (1, size, size)).generator
    network = generator_of(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    about = {"camera": "benchmark", "trained_through": date(2000, 1, 1), "preset": name, "images": 1, "shown": 1}
    return TrainedGenerator(network.eval(), GeneratorCard.model_validate({**about, "network": config, "seed": 0}))


def main(
    name: Annotated[str, typer.Option("--preset")] = "default",
    size: Annotated[int, typer.Option(help="Pixels a side.")] = 28,
    counts: Annotated[str, typer.Option(help="Images, growing, separated by commas.")] = "1000,50000,1000000",
    png: Annotated[bool, typer.Option("--png", help="Encode each as the PNG that draw-images writes.")] = False,
) -> None:
    """Draw, count, and say how much memory the process has had at most."""
    torch.set_num_threads(1)
    generator = untrained(name, size)
    for count in map(int, counts.split(",")):
        started = time.process_time()
        drawn = drawn_pngs(generator, count, 0) if png else drawn_batches(generator, count, 0)
        for _ in drawn:
            pass
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:>9,} images: {seconds:.1f} CPU-s, {count / seconds:,.0f} a CPU-s, peak {peak:,.0f} MiB")


if __name__ == "__main__":
    typer.run(main)
