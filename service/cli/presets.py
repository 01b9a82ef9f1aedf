"""Drawn images as files, and presets as words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from rich.table import Table

from sensors_data.images.files import decode_image
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.generator_files import load_for
from synthesis.jobs import batch_seed
from synthesis.networks.dcgan import Discriminator, DiscriminatorConfig, Generator, parameter_count
from synthesis.networks.layers import Activation, Layer, Norm
from synthesis.presets.catalogue import PRESETS, preset
from synthesis.sampling import drawn_pngs
from synthesis.settings import generator_settings
from synthesis.training.recipe import Recipe

CLASSES = 10
"""Told to a preset that is nothing without classes, where none are named."""
A_FOLDER = 10_000
"""PNGs in one folder."""


def write_pngs(
    settings: Settings,
    day: date,
    camera: str,
    count: int | None,
    label: str | None,
    truncation: float | None,
    folder: Path,
) -> str:
    """A day's batch, of any size, as PNGs in folders of 10,000; in words. They are the same images as in the store."""
    given = generator_settings(settings, camera)
    generator = load_for(Store(settings.store), camera, day)
    wanted = given.count if count is None else count
    seed = batch_seed(generator, day, settings.seed)
    scale = given.truncation if truncation is None else truncation
    for index, png in enumerate(drawn_pngs(generator, wanted, seed, label, scale)):
        inside = folder / f"{index // A_FOLDER:04d}"
        if index % A_FOLDER == 0:
            inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{generator.name}-{seed}-{index:07d}.png").write_bytes(png)
    return f"drew {wanted:,} images by {generator.name} into {folder}; they were not judged"


def same_pixels(image: np.ndarray, png: bytes) -> bool:
    """Whether a PNG shows an image (C, H, W)."""
    return np.array_equal(decode_image(png, len(image)), image)


def preset_table() -> Table:
    """Every preset with its parameters, for images that it was made for."""
    table = Table(box=None)
    table.add_column("preset", no_wrap=True)
    for column in ("generator", "discriminator"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("image", no_wrap=True)
    table.add_column("what it is")
    for name, chosen in PRESETS.items():
        recipe = preset(name, chosen.own, CLASSES if chosen.conditional else 0)
        sizes = [parameter_count(Generator(recipe.generator)), parameter_count(Discriminator(recipe.discriminator))]
        image = "x".join(map(str, recipe.generator.image))
        table.add_row(name, *(f"{size:,}" for size in sizes), image, f"{chosen.about}; {chosen.source}")
    return table


def described(recipe: Recipe) -> list[str]:
    """A recipe layer by layer, in words."""
    up, down = recipe.generator, recipe.discriminator
    channels, side = up.start
    code = f"{up.latent} numbers" + (f" and one of {up.classes} classes" if up.classes else "")
    lines = [f"{recipe.preset} ({PRESETS[recipe.preset].source}): {_training(recipe)}"]
    start = f"dense to {channels}x{side}x{side}{_after(up.start_norm, up.start_activation)}"
    lines.append(f"generator, {parameter_count(Generator(up)):,} parameters: {code}, {start}")
    lines += [f"  {_layer(layer)}" for layer in up.layers]
    folded = f", {down.unshuffle}x{down.unshuffle} pixels folded into channels" if down.unshuffle > 1 else ""
    spectral = ", spectral normalisation" if down.spectral else ""
    lines.append(f"discriminator, {parameter_count(Discriminator(down)):,} parameters{folded}{spectral}")
    lines += [f"  {_layer(layer)}" for layer in down.layers]
    lines += ["  the spread over the batch as one more map"] if down.minibatch_deviation else []
    lines += [f"  dropout {down.dense_dropout:g}"] if down.dense_dropout else []
    lines += [f"  minibatch discrimination by {down.minibatch_kernels} kernels"] if down.minibatch_kernels else []
    return [*lines, f"  dense to one logit{_conditioning(down) if down.classes else ''}"]


def _conditioning(config: DiscriminatorConfig) -> str:
    """How a discriminator is conditioned on classes."""
    how = {
        "projection": "; the class by projection",
        "maps": f"; the class as {config.classes} maps beside the image",
        "head": f" and to {config.classes} of the class",
    }
    return how[config.conditioning]


def _layer(layer: Layer) -> str:
    what = {"conv": "convolution", "transposed": "transposed convolution", "shuffle": "convolution and pixel shuffle"}
    dropout = f", dropout {layer.dropout:g}" if layer.dropout else ""
    size = f"{layer.channels} channels, kernel {layer.kernel}, stride {layer.stride}"
    return f"{what[layer.kind]} to {size}{_after(layer.norm, layer.activation)}{dropout}"


def _after(norm: Norm, activation: Activation) -> str:
    """What follows a layer's numbers."""
    act = "" if activation == "none" else f", {activation}"
    return {
        "none": act,
        "batch": f", batch normalisation{act}",
        "batch-after": f"{act}, batch normalisation",
        "virtual": f", virtual batch normalisation{act}",
    }[norm]


def _training(recipe: Recipe) -> str:
    config = recipe.training
    rate = f"{config.optimizer} {config.learning_rate:g}"
    said = [
        config.loss,
        rate if config.optimizer == "rmsprop" else f"{rate} betas {config.betas[0]:g} {config.betas[1]:g}",
    ]
    said += [f"real images as {config.real_target:g}"] if config.real_target < 1 else []
    said += ["features matched"] if config.matches_features else []
    said += [f"{config.penalty} penalty of weight {config.penalty_weight:g}"] if config.penalty != "none" else []
    said += [f"weights clipped to {config.clip:g}"] if config.clip else []
    said += [f"{config.discriminator_steps} steps of the discriminator"] if config.discriminator_steps > 1 else []
    said += [f"rate halves in {config.decay_steps:,} steps"] if config.schedule == "exponential" else []
    said += [f"batch {config.batch}, {config.images:,} images"]
    said += [f"average of half-life {config.average_half_life} steps"] if config.average_half_life else []
    return ", ".join(said)
