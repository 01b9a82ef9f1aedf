"""One generator trained for a stated CPU time and what it draws: a row of the table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.images.splits import Images
from benchmarks.synthesis.judging import Judge, quality_of
from benchmarks.synthesis.others import OTHERS, Contestant
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.networks.pair import GeneratorNetwork
from synthesis.presets.catalogue import PRESETS, preset
from synthesis.quality.copies import find_copies
from synthesis.quality.extractors import has_classes
from synthesis.sampling import draw
from synthesis.training.ema import recompute_batch_norm
from synthesis.training.recipe import Recipe
from synthesis.training.step import GanState, as_pixels, initial_state, train_step

COMPARED = 1000
"""Drawn images that are held against every training image."""


def recipe_for(name: str, train: Images, changes: Mapping[str, object] | None = None) -> Recipe:
    """The preset for images of this shape; ours and those that want it are told the classes where images have some.

    `changes` are settings of the training that differ from the preset's. ValueError where one is no such setting, else
    ValueError, LookupError as `preset` raises them.
    """
    conditional = (name == "default" or (name in PRESETS and PRESETS[name].conditional)) and has_classes(train.label)
    _, *image = train.x.shape
    recipe = preset(name, (image[0], image[1], image[2]), len(set(train.label)) if conditional else 0)
    return recipe.changed(changes or {}, "--training")


def run(
    name: str,
    train: Images,
    judge: Judge,
    seconds: float,
    seed: int,
    peak: float,
    changes: Mapping[str, object] | None = None,
) -> tuple[dict[str, object], Contestant]:
    """The row of one recipe and seed, and its generator: trained for `seconds` of CPU time on one thread."""
    share = float("nan")  # of the peak, where it can be counted
    if name in OTHERS:
        contestant = OTHERS[name](train, seconds, seed)
    else:
        recipe = recipe_for(name, train, changes)
        generator = generator_of(recipe, train, seconds, seed)
        contestant = contestant_of(generator)
        steps = contestant.shown / (recipe.training.batch * recipe.training.discriminator_steps)
        share = steps * flops_of(recipe) / seconds / peak if can_be_counted(recipe) else share
    row = {"recipe": name, "seed": seed, **quality_of(contestant, judge, seed)}
    row |= {"copies": find_copies(contestant.draw(COMPARED, seed), train.x, judge.images).share}
    row |= {"images": contestant.shown, "images_per_s": contestant.shown / seconds}
    return {**row, "peak_share": share}, contestant


def contestant_of(generator: TrainedGenerator) -> Contestant:
    """A trained generator as one of several families."""
    return Contestant(generator.card.shown, partial(draw, generator))


def check_recipe(name: str, train: Images, changes: Mapping[str, object] | None = None) -> None:
    """ValueError or LookupError where a recipe cannot learn from these images, or not with these settings."""
    if name not in OTHERS:
        recipe_for(name, train, changes)


def generator_of(recipe: Recipe, train: Images, seconds: float, seed: int) -> TrainedGenerator:
    """The recipe's generator after `seconds` of CPU time on one thread."""
    gan = initial_state(recipe, seed)
    _, numbers = np.unique(train.label, return_inverse=True)
    labels = torch.from_numpy(numbers) if recipe.generator.classes else None
    draws = torch.Generator().manual_seed(seed)
    batches = _batches(torch.from_numpy(train.x), labels, gan, draws)
    size = min(recipe.training.batch, len(train))
    repeats = recipe.training.discriminator_steps
    step, started = 0, time.process_time()
    while (spent := time.process_time() - started) < seconds:
        step += 1
        train_step(gan, [next(batches) for _ in range(repeats)], step, spent / seconds, draws)
    recompute_batch_norm(gan.average, labels, seed)
    return with_card(gan.average.eval().requires_grad_(False), recipe, train, step * size * repeats, seed)


def with_card(network: GeneratorNetwork, recipe: Recipe, train: Images, shown: int, seed: int) -> TrainedGenerator:
    """A generator that learned from `train`, `shown` of them repeats counted, able to draw."""
    names, counts = np.unique(train.label, return_counts=True)
    conditional = bool(recipe.generator.classes)
    card = GeneratorCard(
        camera="benchmark",
        trained_through=date(2000, 1, 1),
        preset=recipe.preset,
        network=recipe.generator,
        classes=tuple(map(str, names)) if conditional else (),
        shares=tuple(counts / counts.sum()) if conditional else (),
        images=len(train),
        shown=shown,
        seed=seed,
    )
    return TrainedGenerator(network, card)


def _batches(
    x: Tensor, labels: Tensor | None, gan: GanState, draws: torch.Generator
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Real images in passes of a fresh order, for ever."""
    low, size = gan.generator.config.low, min(gan.config.batch, len(x))
    while True:
        for index in torch.randperm(len(x), generator=draws).split(size):  # type: ignore[no-untyped-call]
            if len(index) == size:
                yield as_pixels(x[index], low), None if labels is None else labels[index]


def can_be_counted(recipe: Recipe) -> bool:
    """Whether a step's operations can be counted: PyTorch's counter follows no gradient of a code or an image."""
    config = recipe.training
    return not config.entropy_weight and (config.penalty == "none" or config.penalty_every > 1)


def flops_of(recipe: Recipe) -> float:
    """Floating point operations of one step."""
    config = recipe.training
    gan = initial_state(recipe, 0)
    label = torch.zeros(config.batch, dtype=torch.int64) if recipe.generator.classes else None
    batch = (torch.zeros(config.batch, *recipe.generator.image), label)
    with FlopCounterMode(display=False) as counter:
        train_step(gan, [batch] * config.discriminator_steps, 1, 0.0, torch.Generator().manual_seed(0))
    return float(counter.get_total_flops())


def gemm_peak(size: int = 1024, tries: int = 10) -> float:
    """Floating point operations a CPU-second of one thread in the best of some products of matrices, fp32."""
    a = torch.rand(size, size)
    best = float("inf")
    for _ in range(tries):
        started = time.process_time()
        a @ a
        best = min(best, time.process_time() - started)
    return 2 * size**3 / best
