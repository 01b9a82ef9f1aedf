"""Presets in words: what each is, and a recipe layer by layer."""

from __future__ import annotations

from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.energy import EnergyDiscriminatorConfig
from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.networks.layers import Activation, Layer, Norm
from synthesis.networks.pair import DiscriminatorShape, GeneratorShape, parameter_count
from synthesis.presets.catalogue import PRESETS, preset
from synthesis.presets.families import FAMILIES
from synthesis.presets.left_open import LEFT_OPEN
from synthesis.training.config import TrainingConfig
from synthesis.training.recipe import Recipe

CLASSES = 10
"""Told to a preset that is nothing without classes, where none are named."""


def preset_rows() -> list[dict[str, object]]:
    """Every preset by family and year: its name, the parameters of both networks, its image, what it is and is good
    for, where it is published.
    """
    rows: list[dict[str, object]] = []
    for family, members in FAMILIES.items():
        for name in sorted(members, key=lambda name: PRESETS[name].year):
            chosen = PRESETS[name]
            recipe = preset(name, chosen.own, CLASSES if chosen.conditional else 0)
            rows.append(
                {
                    "family": family,
                    "preset": name,
                    "year": chosen.year,
                    "generator": parameter_count(generator_of(recipe.generator)),
                    "discriminator": parameter_count(discriminator_of(recipe.discriminator)),
                    "image": "x".join(map(str, recipe.generator.image)),
                    "about": chosen.about,
                    "good_for": members[name],
                    "source": chosen.source,
                }
            )
    return rows


def described(recipe: Recipe) -> list[str]:
    """A recipe layer by layer, in words, and what its source left open."""
    first = f"{recipe.preset} ({PRESETS[recipe.preset].source}): {_training(recipe)}"
    left_open = LEFT_OPEN.get(recipe.preset)
    last = [f"left open by its source, or set otherwise: {left_open}"] if left_open else []
    return [first, *_generator(recipe.generator), *_discriminator(recipe.discriminator), *last]


def _generator(up: GeneratorShape) -> list[str]:
    """A generator layer by layer; one of another kind than a DCGAN's by what its config sets."""
    code = f"{up.latent} numbers" + (f" and one of {up.classes} classes" if up.classes else "")
    head = f"generator, {parameter_count(generator_of(up)):,} parameters: {code}"
    if not isinstance(up, GeneratorConfig):
        return [head, *_set(up)]
    channels, side = up.start
    start = f"dense to {channels}x{side}x{side}{_after(up.start_norm, up.start_activation)}"
    return [f"{head}, {start}", *(f"  {_layer(layer)}" for layer in up.layers)]


def _discriminator(down: DiscriminatorShape) -> list[str]:
    """A discriminator layer by layer; one of another kind than a DCGAN's by what its config sets."""
    head = f"discriminator, {parameter_count(discriminator_of(down)):,} parameters"
    if not isinstance(down, DiscriminatorConfig):
        return [head, *_set(down)]
    folded = f", {down.unshuffle}x{down.unshuffle} pixels folded into channels" if down.unshuffle > 1 else ""
    spectral = ", spectral normalisation" if down.spectral else ""
    lines = [f"{head}{folded}{spectral}"]
    lines += [f"  {_layer(layer)}" for layer in down.layers]
    lines += ["  the spread over the batch as one more map"] if down.minibatch_deviation else []
    lines += [f"  dropout {down.dense_dropout:g}"] if down.dense_dropout else []
    lines += [f"  minibatch discrimination by {down.minibatch_kernels} kernels"] if down.minibatch_kernels else []
    return [*lines, f"  dense to one logit{_conditioning(down) if down.classes else ''}"]


def _set(config: GeneratorShape | DiscriminatorShape) -> list[str]:
    """What a config of another kind of network sets, a line each."""
    settings = config.model_dump(exclude={"image", "classes", "latent", "conditioning", "encoder", "decoder"})
    lines = [f"  {name.replace('_', ' ')}: {_value(value)}" for name, value in settings.items()]
    if isinstance(config, EnergyDiscriminatorConfig):
        layers = (*config.encoder, *config.decoder.layers)
        lines += [f"  {_layer(layer)}" for layer in layers]
    return lines


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


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


def _terms(config: TrainingConfig) -> list[str]:
    """What a loss adds to telling real images from fake ones."""
    every = f" every {config.penalty_every} steps" if config.penalty_every > 1 else ""
    penalty = f"{config.penalty} penalty of weight {config.penalty_weight:g}{every}"
    energy = f"margin {config.margin:g}, pulling-away term of weight {config.pulling_away:g}"
    path = f"path length of weight {config.path_weight:g} every {config.path_every} steps"
    terms = {
        penalty: config.penalty != "none",
        energy: config.loss == "energy",
        path: config.path_weight > 0,
        f"orthogonal weights by weight {config.orthogonality:g}": config.orthogonality > 0,
        f"entropy of weight {config.entropy_weight:g}": config.entropy_weight > 0,
        f"distance from past weights by weight {config.history_weight:g}": config.history_weight > 0,
    }
    return [words for words, is_there in terms.items() if is_there]


def _training(recipe: Recipe) -> str:
    config = recipe.training
    rate = f"{config.optimizer} {config.learning_rate:g}"
    if config.discriminator_learning_rate:
        rate += f" ({config.discriminator_learning_rate:g} of the discriminator)"
    parts = [
        config.loss,
        rate if config.optimizer == "rmsprop" else f"{rate} betas {config.betas[0]:g} {config.betas[1]:g}",
    ]
    parts += [f"real images as {config.real_target:g}"] if config.real_target < 1 else []
    parts += ["features matched"] if config.matches_features else []
    parts += _terms(config)
    parts += [f"weights clipped to {config.clip:g}"] if config.clip else []
    parts += [f"{config.discriminator_steps} steps of the discriminator"] if config.discriminator_steps > 1 else []
    parts += [f"rate halves in {config.decay_steps:,} steps"] if config.schedule == "exponential" else []
    parts += [f"batch {config.batch}, {config.images:,} images"]
    parts += [f"average of half-life {config.average_half_life} steps"] if config.average_half_life else []
    return ", ".join(parts)
