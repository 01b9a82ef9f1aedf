"""Learning to enlarge: from images and their own reductions, plainly or with a discriminator's eye."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from sensors_data.errors import DivergedError, UnusableError
from sensors_data.nets.checkpoint import TrainingState
from sensors_data.nets.training import Hooks
from sensors_data.settings import Section
from synthesis.networks.kinds import discriminator_of
from synthesis.networks.pair import DiscriminatorNetwork
from synthesis.presets.catalogue import preset
from synthesis.training.losses import discriminator_loss, generator_loss
from synthesis.upscaling.fidelity import psnr, ssim
from synthesis.upscaling.network import Upscaler, UpscalerConfig, bicubic, upscaled

FEWEST = 64
"""Images that an upscaler needs at least."""
JUDGED = 512
"""Held-out images that are measured, at most."""
PARTS = 10
"""Of a training; after each its state is kept."""


class UpscalingSettings(Section):
    """How an upscaler is trained."""

    factor: int = 2
    """2 or 4."""
    perceptual: bool = False
    """Also learn to please a discriminator and to match its features: sharper, and farther from the true pixels
    (Ledig et al. 2017, arXiv:1609.04802)."""
    images: int = Field(200_000, ge=1)
    """Images shown, repeated ones counted."""
    batch: int = Field(32, ge=2)
    learning_rate: float = Field(1e-3, gt=0)
    adversarial_weight: float = Field(2e-3, ge=0)
    """Weight of the discriminator's verdict in a perceptual loss."""
    feature_weight: float = Field(2e-2, ge=0)
    """Weight of the distance between the discriminator's features in a perceptual loss."""


@dataclass(frozen=True)
class Fidelity:
    """How near enlarged images come to the true ones, beside bicubic interpolation."""

    psnr: float
    """dB, mean over images."""
    ssim: float
    bicubic_psnr: float
    bicubic_ssim: float


def learn_upscaler(images: np.ndarray, settings: UpscalingSettings, seed: int, hooks: Hooks | None = None) -> Upscaler:
    """An upscaler learned from images uint8 (N, C, H, W), each reduced by the factor without aliases.

    The same seed gives the same weights on one kind of processor, also when the training was killed. UnusableError for
    too few images, or a side that the factor does not divide; DivergedError when a loss is no number.
    """
    _check(images, settings.factor)
    hooks, draws = hooks or Hooks(), np.random.default_rng(seed)
    steps = max(1, settings.images // settings.batch)
    learner = _Learner(images.shape[1:], settings, seed, steps)
    saved = hooks.checkpoint.load(learner.state) if hooks.checkpoint is not None else None
    done = int(saved.history[-1]["step"]) if saved else 0
    learner.go_on_from(done)
    for step in range(1, steps + 1):
        rows = draws.integers(0, len(images), settings.batch)
        if step <= done:
            continue
        loss = learner.step(as_unit(images[rows]))
        if not math.isfinite(loss):
            raise DivergedError("a loss became infinite or NaN", "show fewer images, or leave --perceptual out")
        if hooks.checkpoint is not None and step % max(1, steps // PARTS) == 0:
            hooks.checkpoint.save(learner.state, {}, [{"step": step}])
        if hooks.progress is not None and (step % max(1, steps // 100) == 0 or step == steps):
            hooks.progress(step * settings.batch, steps * settings.batch, f"loss {loss:.4f}")
    return learner.network.eval().requires_grad_(False)


class _Learner:
    """An upscaler, and what changes beside it while it learns."""

    def __init__(self, image: tuple[int, ...], settings: UpscalingSettings, seed: int, steps: int) -> None:
        self.factor = settings.factor
        with torch.random.fork_rng():
            torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
            fields = {"channels": image[0], "factor": settings.factor}
            self.network = Upscaler(UpscalerConfig.model_validate(fields))
            self.critic = _Critic(image, settings) if settings.perceptual else None
        self.optimizer = torch.optim.Adam(self.network.parameters(), settings.learning_rate)
        self.rates = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, settings.learning_rate, total_steps=steps)

    @property
    def state(self) -> TrainingState:
        """What a checkpoint keeps; rates and draws follow from the step."""
        if self.critic is None:
            return TrainingState({"network": self.network}, {"optimizer": self.optimizer})
        networks: dict[str, nn.Module] = {"network": self.network, "critic": self.critic.network}
        return TrainingState(networks, {"optimizer": self.optimizer, "critic_optimizer": self.critic.optimizer})

    def go_on_from(self, done: int) -> None:
        """Take the learning rate that follows `done` steps."""
        if done:
            self.rates.load_state_dict({**self.rates.state_dict(), "last_epoch": done - 1, "_step_count": done})
            self.rates.step()

    def step(self, truth: Tensor) -> float:
        """Learn from true images (B, C, H, W) in [0, 1]; the loss."""
        enlarged = self.network(bicubic(truth, 1 / self.factor).clamp(0, 1))
        loss: Tensor = F.l1_loss(enlarged, truth)
        if self.critic is not None:
            loss = loss + self.critic.loss_of(enlarged, truth)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.rates.step()
        return loss.item()


class _Critic:
    """A discriminator of true and enlarged images that learns beside the upscaler."""

    def __init__(self, image: tuple[int, ...], settings: UpscalingSettings) -> None:
        recipe = preset("default", (image[0], image[1], image[2]))
        self.network: DiscriminatorNetwork = discriminator_of(recipe.discriminator)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 2e-4, (0.0, 0.9))
        self.settings = settings

    def loss_of(self, enlarged: Tensor, truth: Tensor) -> Tensor:
        """Learn from a batch, then the perceptual loss of the enlarged images, a scalar."""
        real, fake = 2 * truth - 1, 2 * enlarged - 1
        loss = discriminator_loss("hinge", self.network(real), self.network(fake.detach()))
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.network.requires_grad_(False)
        on_fake, on_real = self.network.discriminate(fake), self.network.discriminate(real)
        self.network.requires_grad_(True)
        pleased = generator_loss("hinge", on_fake.logit, on_real.logit)
        apart = F.l1_loss(on_fake.features, on_real.features)
        return self.settings.adversarial_weight * pleased + self.settings.feature_weight * apart


def measured(network: Upscaler, images: np.ndarray) -> Fidelity:
    """How well an upscaler gives back images uint8 (N, C, H, W) from their own reductions."""
    rows = np.linspace(0, len(images) - 1, min(JUDGED, len(images))).astype(int)
    truth = as_unit(images[rows])
    small = bicubic(truth, 1 / network.config.factor).clamp(0, 1)
    ours, plain = upscaled(network, small), bicubic(small, network.config.factor).clamp(0, 1)
    figures = [float(measure(x, truth).mean()) for x in (ours, plain) for measure in (psnr, ssim)]
    return Fidelity(*figures)


def as_unit(images: np.ndarray) -> Tensor:
    """Images uint8 as float32 in [0, 1]."""
    return torch.from_numpy(images.astype(np.float32)) / 255


def _check(images: np.ndarray, factor: int) -> None:
    """UnusableError for images from which no enlarging can be learned."""
    if factor not in (2, 4):
        raise UnusableError(f"images are enlarged 2 or 4 times, found {factor}")
    if len(images) < FEWEST:
        raise UnusableError(f"{len(images)} images are too few to learn from", f"at least {FEWEST} are needed")
    if any(side % factor or side < 11 for side in images.shape[2:]):
        raise UnusableError(f"sides of {images.shape[2:]} pixels cannot be reduced {factor} times")
