"""One training step of a GAN: the discriminator learns to separate real from fake images, the generator to fool it."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from synthesis.networks.dcgan import Discriminator, Generator, Verdict, codes
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
from synthesis.training.recipe import Recipe
from synthesis.training.workers import Workers


@dataclass(frozen=True)
class GanState:
    """What a training changes: both networks, their optimizers, and the average of the generator that draws."""

    generator: Generator
    discriminator: Discriminator
    average: Generator
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    config: TrainingConfig
    workers: Workers


def initial_state(recipe: Recipe, seed: int, workers: Workers | None = None) -> GanState:
    """Both networks with the first weights that `seed` gives, the same on every device; on the CPU without workers."""
    workers, config = workers or Workers(torch.device("cpu")), recipe.training
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        generator, discriminator = Generator(recipe.generator), Discriminator(recipe.discriminator)
    for network in (generator, discriminator):
        network.to(device=workers.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(generator).requires_grad_(False) if config.average_half_life else generator
    g_optimizer = _optimizer(generator, config, config.learning_rate)
    d_optimizer = _optimizer(discriminator, config, config.discriminator_learning_rate or config.learning_rate)
    return GanState(generator, discriminator, average, g_optimizer, d_optimizer, config, workers)


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
    with torch.autocast(device.type, torch.bfloat16, enabled=in_bf16(config, device)):
        for x, label in batches:
            z = codes(len(x), gan.generator.config.latent, draws).to(device)  # (B, Z)
            fake = gan.generator(z, label)  # (B, C, H, W)
            d_loss = _discriminator_step(gan, x, fake, label, step, draws)
        g_loss = _generator_step(gan, x, fake, label, draws)
    if config.average_half_life:
        update_ema(gan.average, gan.generator, min(config.average_half_life, config.average_ramp * step))
    return d_loss, g_loss


def in_bf16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether products are made in bf16 on this device."""
    if config.precision != "fast":
        return config.precision == "bf16"
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


def _discriminator_step(
    gan: GanState, x: Tensor, fake: Tensor, label: Tensor | None, step: int, draws: torch.Generator
) -> Tensor:
    config = gan.config
    x, fake = augment(x, config.augmentation, draws), augment(fake.detach(), config.augmentation, draws)
    on_real, on_fake = _discriminate_both(gan.discriminator, x, fake, label)
    d_loss = discriminator_loss(config.loss, on_real.logit.float(), on_fake.logit.float(), config.real_target)
    total = d_loss = d_loss + class_loss(on_real, label) + class_loss(on_fake, label)
    if config.penalty != "none" and step % config.penalty_every == 0:
        total = d_loss + config.penalty_every * config.penalty_weight * _penalty(gan, x, fake, label, draws)
    gan.d_optimizer.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    gan.workers.share_gradients(gan.discriminator)
    gan.d_optimizer.step()
    if config.clip:
        with torch.no_grad():
            for weight in gan.discriminator.parameters():
                weight.clamp_(-config.clip, config.clip)
    return d_loss.detach()


def _generator_step(gan: GanState, x: Tensor, fake: Tensor, label: Tensor | None, draws: torch.Generator) -> Tensor:
    config = gan.config
    gan.discriminator.requires_grad_(False)
    on_real = on_fake = gan.discriminator.discriminate(augment(fake, config.augmentation, draws), label)
    if config.loss == "relativistic" or config.matches_features:
        with torch.no_grad():
            on_real = gan.discriminator.discriminate(augment(x, config.augmentation, draws), label)
    if config.matches_features:
        g_loss = feature_distance(on_real, on_fake)
    else:
        logits = on_fake.logit.float(), on_real.logit.float().detach()
        g_loss = generator_loss(config.loss, *logits) + class_loss(on_fake, label)
    gan.g_optimizer.zero_grad()
    g_loss.backward()  # type: ignore[no-untyped-call]
    gan.workers.share_gradients(gan.generator)
    gan.g_optimizer.step()
    gan.discriminator.requires_grad_(True)
    return g_loss.detach()


def _discriminate_both(
    discriminator: Discriminator, x: Tensor, fake: Tensor, label: Tensor | None
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
