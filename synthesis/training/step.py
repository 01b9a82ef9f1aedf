"""One training step of a GAN: the discriminator learns to separate real from fake images, the generator to fool it."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.networks.noisy import NoisyGenerator
from synthesis.networks.pair import DiscriminatorNetwork, GeneratorNetwork, Verdict, codes
from synthesis.networks.style import StyleGenerator
from synthesis.training.config import TrainingConfig
from synthesis.training.diff_augment import augment
from synthesis.training.ema import update_ema
from synthesis.training.losses import (
    class_loss,
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_norm_squared,
    gradient_penalty,
)
from synthesis.training.posterior import SAMPLED_SHARE, entropy_term
from synthesis.training.recipe import Recipe
from synthesis.training.regularisers import (
    distance_from_past,
    orthogonality,
    pulling_away,
    recovery_loss,
    remember,
)
from synthesis.training.workers import Workers


@dataclass(frozen=True)
class GanState:
    """What a training changes: both networks, their optimizers, and the average of the generator that draws."""

    generator: GeneratorNetwork
    discriminator: DiscriminatorNetwork
    average: GeneratorNetwork
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    config: TrainingConfig
    workers: Workers
    past: tuple[nn.Module, nn.Module] | None = None
    """The means so far of both networks' weights, where a term keeps them near."""


def initial_state(
    recipe: Recipe, seed: int, workers: Workers | None = None, start: dict[str, Tensor] | None = None
) -> GanState:
    """Both networks with the first weights that `seed` gives, the same on every device; on the CPU without workers.

    With `start` the generator has these weights, another generator's of the same network.
    """
    workers, config = workers or Workers(torch.device("cpu")), recipe.training
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        generator, discriminator = generator_of(recipe.generator), discriminator_of(recipe.discriminator)
    if start:
        generator.load_state_dict(start)
    for network in (generator, discriminator):
        network.to(device=workers.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(generator).requires_grad_(False) if config.average_half_life else generator
    g_optimizer = _optimizer(generator, config, config.learning_rate)
    d_optimizer = _optimizer(discriminator, config, config.discriminator_learning_rate or config.learning_rate)
    past = (copy.deepcopy(generator), copy.deepcopy(discriminator)) if config.history_weight else None
    return GanState(generator, discriminator, average, g_optimizer, d_optimizer, config, workers, past)


def as_pixels(images: Tensor, low: float) -> Tensor:
    """Images (B, C, H, W) uint8 as the generator draws them: float32 in [low, 1]."""
    return images.float().mul((1 - low) / 255).add(low)


def train_step(
    gan: GanState, batches: list[tuple[Tensor, Tensor | None]], step: int, done: float, draws: torch.Generator
) -> tuple[Tensor, Tensor]:
    """A discriminator step for each batch (x, label) of real images, then a generator step: d_loss and g_loss.

    `step` counts from 1, `done` is the completed fraction of the training; all randomness comes from `draws`.
    """
    config, device = gan.config, batches[0][0].device
    _set_learning_rates(gan, step, done)
    for network in (gan.generator, gan.average, gan.discriminator):
        network.grow(done)
    with torch.autocast(device.type, torch.bfloat16, enabled=in_bf16(config, device)):
        for x, label in batches:
            z = codes(len(x), gan.generator.config.latent, draws).to(device)  # (B, Z)
            fakes = Fakes(gan.generator.drawn_beside(x, z, label), z)
            x = gan.discriminator.shown_to_train(gan.generator.as_drawn(x, draws))
            d_loss = _discriminator_step(gan, x, fakes, label, step, draws)
        g_loss = _generator_step(gan, x, fakes, label, step, draws)
    if gan.past is not None:
        remember(gan.past[0], gan.generator, step)
        remember(gan.past[1], gan.discriminator, step)
    if config.average_half_life:
        update_ema(gan.average, gan.generator, min(config.average_half_life, config.average_ramp * step))
    return d_loss, g_loss


def in_bf16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether products are made in bf16 on this device."""
    if config.precision != "fast":
        return config.precision == "bf16"
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


@dataclass(frozen=True)
class Fakes:
    """Drawn images and their codes."""

    images: Tensor
    """(B, C, H, W), as the discriminator is shown them."""
    z: Tensor
    """(B, Z)."""


def _discriminator_step(
    gan: GanState, x: Tensor, fakes: Fakes, label: Tensor | None, step: int, draws: torch.Generator
) -> Tensor:
    config = gan.config
    x, fake = augment(x, config.augmentation, draws), augment(fakes.images.detach(), config.augmentation, draws)
    on_real, on_fake = _discriminate_both(gan.discriminator, x, fake, label)
    logits = on_real.logit.float(), on_fake.logit.float()
    d_loss = discriminator_loss(config.loss, *logits, config.real_target, config.margin)
    d_loss = d_loss + class_loss(on_real, label) + class_loss(on_fake, label)
    total = d_loss = d_loss + config.code_weight * recovery_loss(on_fake, gan.generator, fakes.z)
    if gan.past is not None:
        total = total + config.history_weight * distance_from_past(gan.discriminator, gan.past[1])
    if config.penalty != "none" and step % config.penalty_every == 0:
        total = total + config.penalty_every * config.penalty_weight * _penalty(gan, x, fake, label, draws)
    gan.d_optimizer.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    gan.workers.share_gradients(gan.discriminator)
    gan.d_optimizer.step()
    if config.clip:
        with torch.no_grad():
            for weight in gan.discriminator.parameters():
                weight.clamp_(-config.clip, config.clip)
    return d_loss.detach()


def _generator_step(
    gan: GanState, x: Tensor, fakes: Fakes, label: Tensor | None, step: int, draws: torch.Generator
) -> Tensor:
    config = gan.config
    gan.discriminator.requires_grad_(False)
    on_real = on_fake = gan.discriminator.discriminate(augment(fakes.images, config.augmentation, draws), label)
    if config.loss == "relativistic" or config.matches_features:
        with torch.no_grad():
            on_real = gan.discriminator.discriminate(augment(x, config.augmentation, draws), label)
    if config.matches_features:
        g_loss = feature_distance(on_real, on_fake)
    else:
        logits = on_fake.logit.float(), on_real.logit.float().detach()
        g_loss = generator_loss(config.loss, *logits) + class_loss(on_fake, label)
        g_loss = g_loss + config.code_weight * recovery_loss(on_fake, gan.generator, fakes.z)
    total = g_loss + _kept_in_shape(gan, on_fake, label, step, draws)
    if config.entropy_weight and isinstance(gan.generator, NoisyGenerator):
        total = total + config.entropy_weight * _entropy_of_some(gan.generator, fakes.z, label, draws)
    gan.g_optimizer.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    gan.workers.share_gradients(gan.generator)
    gan.g_optimizer.step()
    gan.discriminator.requires_grad_(True)
    return g_loss.detach()


def _entropy_of_some(generator: NoisyGenerator, z: Tensor, label: Tensor | None, draws: torch.Generator) -> Tensor:
    """The entropy term of some images of a batch of codes z (B, Z), a scalar.

    They are drawn anew by themselves, since batch normalisation makes an image depend on those beside it.
    """
    count = max(2, len(z) // SAMPLED_SHARE)
    z, label = z[:count], None if label is None else label[:count]
    return entropy_term(generator, z, generator(z, label), label, draws)


def _kept_in_shape(gan: GanState, on_fake: Verdict, label: Tensor | None, step: int, draws: torch.Generator) -> Tensor:
    """The terms of the generator's loss that do not depend on whether its images look real."""
    config, generator = gan.config, gan.generator
    total = torch.zeros((), device=on_fake.logit.device)
    if config.pulling_away:
        total = total + config.pulling_away * pulling_away(on_fake.features)
    if gan.past is not None:
        total = total + config.history_weight * distance_from_past(generator, gan.past[0])
    with torch.autocast(total.device.type, enabled=False):  # products of weights and slopes need all digits
        if config.orthogonality:
            total = total + config.orthogonality * orthogonality(generator)
        if config.path_weight and isinstance(generator, StyleGenerator) and step % config.path_every == 0:
            half = max(1, len(on_fake.logit) // 2)
            z = codes(half, generator.config.latent, draws).to(total.device)
            penalty = generator.path_penalty(z, None if label is None else label[:half])
            total = total + config.path_every * config.path_weight * penalty
    return total


def _discriminate_both(
    discriminator: DiscriminatorNetwork, x: Tensor, fake: Tensor, label: Tensor | None
) -> tuple[Verdict, Verdict]:
    """The verdicts on real and fake images: in one pass, unless each kind has to be normalised by itself."""
    if discriminator.config.sees_batches:
        return discriminator.discriminate(x, label), discriminator.discriminate(fake, label)
    both = discriminator.discriminate(torch.cat([x, fake]), None if label is None else torch.cat([label, label]))
    half = len(x)
    return both.at(slice(half)), both.at(slice(half, None))


def _penalty(gan: GanState, x: Tensor, fake: Tensor, label: Tensor | None, draws: torch.Generator) -> Tensor:
    with torch.autocast(x.device.type, enabled=False):  # gradients of gradients need all digits
        fake = fake.float()
        if gan.config.penalty == "gradient":
            weight = torch.rand(len(x), 1, 1, 1, generator=draws).to(x.device)
            return gradient_penalty(gan.discriminator, x, fake, label, weight)
        if gan.config.penalty == "r1":
            return gradient_norm_squared(gan.discriminator, x.float(), label).mean()
        norms = (gradient_norm_squared(gan.discriminator, part, label).mean() for part in (x, fake))
        return sum(norms, torch.zeros((), device=x.device)) / 2


def schedule(config: TrainingConfig, step: int, done: float) -> float:
    """The learning rate at a step as a multiple of the first one."""
    if config.schedule == "cosine":
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, done))
    return 0.5 ** (step / config.decay_steps) if config.schedule == "exponential" else 1.0


def _set_learning_rates(gan: GanState, step: int, done: float) -> None:
    config = gan.config
    of_discriminator = config.discriminator_learning_rate or config.learning_rate
    for optimizer, rate in ((gan.g_optimizer, config.learning_rate), (gan.d_optimizer, of_discriminator)):
        for group in optimizer.param_groups:
            group["lr"] = rate * schedule(config, step, done)


def _optimizer(network: nn.Module, config: TrainingConfig, learning_rate: float) -> torch.optim.Optimizer:
    weights = list(network.parameters())
    if config.optimizer == "adam":
        return torch.optim.Adam(weights, learning_rate, config.betas, weight_decay=config.weight_decay, fused=True)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, learning_rate, weight_decay=config.weight_decay)
    return torch.optim.SGD(weights, learning_rate, momentum=config.betas[0], weight_decay=config.weight_decay)
