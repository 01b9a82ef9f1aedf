"""One step of a game of two: the discriminator learns to tell drawn images from real ones, the generator to pass."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from sensors_data.settings import Section
from synthesis.networks.dcgan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig, Verdict, codes
from synthesis.training.diff_augment import Change, changed
from synthesis.training.ema import follow
from synthesis.training.losses import (
    Loss,
    Penalty,
    class_loss,
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_penalty,
    squared_slope,
)
from synthesis.training.workers import Workers


class TrainingConfig(Section):
    """How a pair is trained."""

    loss: Loss = "bce"
    """What discriminator and generator minimise."""
    real_target: float = Field(1.0, gt=0, le=1)
    """One-sided label smoothing: what the discriminator shall say of real images."""
    matches_features: bool = False
    """The generator's loss is instead how far apart the means of the discriminator's features are (Salimans et al.
    2016, arXiv:1606.03498)."""
    penalty: Penalty = "none"
    """The discriminator's gradient penalty."""
    penalty_weight: float = Field(10.0, ge=0)
    """Weight of that penalty in the loss."""
    penalty_every: int = Field(1, ge=1)
    """Steps between penalties, each weighted by as many."""
    clip: float = Field(0.0, ge=0)
    """Largest weight of the discriminator after a step (Arjovsky et al. 2017); 0 for none."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """The rule by which the weights move."""
    rate: float = Field(2e-4, gt=0)
    """Learning rate."""
    discriminator_rate: float | None = None
    """Its own learning rate; that of the generator where none is set."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Adam's decay of the first and second moment."""
    weight_decay: float = Field(0.0, ge=0)
    """How strongly weights are pulled towards 0."""
    schedule: Literal["constant", "exponential", "cosine"] = "constant"
    """How the learning rate falls over the training."""
    decay_steps: int = Field(40_000, ge=1)
    """exponential: steps in which the rate halves."""
    discriminator_steps: int = Field(1, ge=1)
    """Steps of the discriminator for one of the generator."""
    batch: int = Field(64, ge=2)
    """Real images in one step."""
    images: int = Field(1_000_000, ge=1)
    """Real images shown in all, repeated ones counted."""
    average_half_life: int = Field(0, ge=0)
    """Steps in which an old weight loses half its part in the generator's moving average; 0 for no average."""
    average_ramp: float = Field(0.05, gt=0, le=1)
    """That half-life is never more than this share of the steps so far (Karras et al. 2022)."""
    augmentation: tuple[Change, ...] = ()
    """Random changes that both networks' images go through (DiffAugment)."""
    precision: Literal["fp32", "bf16", "fast"] = "fp32"
    """fast: bf16 where the processor multiplies in it, fp32 elsewhere."""


@dataclass(frozen=True)
class Pair:
    """Both networks, their optimizers, and the average of the generator that draws in the end."""

    generator: Generator
    discriminator: Discriminator
    average: Generator
    of_generator: torch.optim.Optimizer
    of_discriminator: torch.optim.Optimizer
    config: TrainingConfig
    workers: Workers


def make_pair(
    generator: GeneratorConfig,
    discriminator: DiscriminatorConfig,
    config: TrainingConfig,
    seed: int,
    workers: Workers | None = None,
) -> Pair:
    """Both networks with the first weights that `seed` gives, the same on every device; on the CPU if no workers."""
    workers = workers or Workers(torch.device("cpu"))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        drawing, telling = Generator(generator), Discriminator(discriminator)
    for network in (drawing, telling):
        network.to(device=workers.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(drawing).requires_grad_(False) if config.average_half_life else drawing
    of_generator = _optimizer(drawing, config, config.rate)
    of_discriminator = _optimizer(telling, config, config.discriminator_rate or config.rate)
    return Pair(drawing, telling, average, of_generator, of_discriminator, config, workers)


def as_pixels(images: Tensor, low: float) -> Tensor:
    """Images (B, C, H, W) uint8 as the generator draws them: float32 in [low, 1]."""
    return images.float().mul((1 - low) / 255).add(low)


def train_step(
    pair: Pair, batches: list[tuple[Tensor, Tensor | None]], step: int, done: float, draws: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One step of the generator after one of the discriminator for each batch (x, label) of real images; both losses.

    `step` counts from 1, `done` is the share of the run that lies behind; all randomness comes from `draws`.
    """
    config = pair.config
    for optimizer, rate in (
        (pair.of_generator, config.rate),
        (pair.of_discriminator, config.discriminator_rate or config.rate),
    ):
        for group in optimizer.param_groups:
            group["lr"] = rate * rate_share(config, step, done)
    with torch.autocast(batches[0][0].device.type, torch.bfloat16, enabled=in_bf16(config, batches[0][0].device)):
        for x, label in batches:
            fake = pair.generator(
                codes(len(x), pair.generator.config.latent, draws).to(x.device), label
            )  # (B, C, H, W)
            telling = _discriminator_step(pair, x, fake, label, step, draws)
        drawing = _generator_step(pair, x, fake, label, draws)
    if config.average_half_life:
        follow(pair.average, pair.generator, min(config.average_half_life, config.average_ramp * step))
    return telling, drawing


def in_bf16(config: TrainingConfig, device: torch.device) -> bool:
    """Whether products are made in bf16 on this device."""
    if config.precision != "fast":
        return config.precision == "bf16"
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


def _discriminator_step(
    pair: Pair, x: Tensor, fake: Tensor, label: Tensor | None, step: int, draws: torch.Generator
) -> Tensor:
    config = pair.config
    shown, drawn = changed(x, config.augmentation, draws), changed(fake.detach(), config.augmentation, draws)
    real, made = _both_judged(pair.discriminator, shown, drawn, label)
    loss = discriminator_loss(config.loss, real.logit.float(), made.logit.float(), config.real_target)
    total = loss = loss + class_loss(real, label) + class_loss(made, label)
    if config.penalty != "none" and step % config.penalty_every == 0:
        total = loss + config.penalty_every * config.penalty_weight * _penalty(pair, shown, drawn, label, draws)
    pair.of_discriminator.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    pair.workers.share_gradients(pair.discriminator)
    pair.of_discriminator.step()
    if config.clip:
        with torch.no_grad():
            for weight in pair.discriminator.parameters():
                weight.clamp_(-config.clip, config.clip)
    return loss.detach()


def _generator_step(pair: Pair, x: Tensor, fake: Tensor, label: Tensor | None, draws: torch.Generator) -> Tensor:
    config = pair.config
    pair.discriminator.requires_grad_(False)
    made = pair.discriminator.judged(changed(fake, config.augmentation, draws), label)
    real = made
    if config.loss == "relativistic" or config.matches_features:
        with torch.no_grad():
            real = pair.discriminator.judged(changed(x, config.augmentation, draws), label)
    if config.matches_features:
        loss = feature_distance(real, made)
    else:
        loss = generator_loss(config.loss, made.logit.float(), real.logit.float().detach()) + class_loss(made, label)
    pair.of_generator.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    pair.workers.share_gradients(pair.generator)
    pair.of_generator.step()
    pair.discriminator.requires_grad_(True)
    return loss.detach()


def _both_judged(critic: Discriminator, x: Tensor, fake: Tensor, label: Tensor | None) -> tuple[Verdict, Verdict]:
    """What is said of real and drawn images: in one pass, unless each kind is to be normalised by itself."""
    if critic.config.sees_batches:
        return critic.judged(x, label), critic.judged(fake, label)
    both = critic.judged(torch.cat([x, fake]), None if label is None else torch.cat([label, label]))
    half = len(x)
    return both.at(slice(half)), both.at(slice(half, None))


def _penalty(pair: Pair, x: Tensor, fake: Tensor, label: Tensor | None, draws: torch.Generator) -> Tensor:
    with torch.autocast(x.device.type, enabled=False):  # slopes of slopes want all digits
        fake = fake.float()
        if pair.config.penalty == "gradient":
            share = torch.rand(len(x), 1, 1, 1, generator=draws).to(x.device)
            return gradient_penalty(pair.discriminator, x, fake, label, share)
        slopes = (squared_slope(pair.discriminator, part, label).mean() for part in (x, fake))
        return sum(slopes, torch.zeros((), device=x.device)) / 2


def rate_share(config: TrainingConfig, step: int, done: float) -> float:
    """The learning rate over the first one."""
    if config.schedule == "cosine":
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, done))
    return 0.5 ** (step / config.decay_steps) if config.schedule == "exponential" else 1.0


def _optimizer(network: nn.Module, config: TrainingConfig, rate: float) -> torch.optim.Optimizer:
    weights = list(network.parameters())
    if config.optimizer == "adam":
        return torch.optim.Adam(weights, rate, config.betas, weight_decay=config.weight_decay, fused=True)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, rate, weight_decay=config.weight_decay)
    return torch.optim.SGD(weights, rate, momentum=config.betas[0], weight_decay=config.weight_decay)
