"""Generators of other families, trained for the same CPU time: a VAE over pixels and a rectified flow of few steps."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import get_ema_multi_avg_fn

from anomaly.images.vae import PRESETS, ImageVAE, ImageVAEConfig
from anomaly.vae.training import negative_elbo
from benchmarks.images.splits import Images
from synthesis.sampling import as_uint8

BATCH = 64
CODE = 32
FLOW_STEPS = 10
"""Euler steps from noise to an image."""
FLOW_WIDTH = 64


@dataclass(frozen=True)
class Contestant:
    """A trained generator: how many images it was shown, repeats counted, and what it draws by count and seed."""

    shown: int
    draw: Callable[[int, int], np.ndarray]  # uint8 (N, C, H, W)


def vae(train: Images, seconds: float, seed: int) -> Contestant:
    """A convolutional VAE of grey levels (discretised logistic); an image is drawn as the mean of a random code."""
    torch.manual_seed(seed)
    shape = train.x.shape[1:]
    network = ImageVAE(ImageVAEConfig(shape=shape, latent=CODE, **PRESETS["conv-logistic"]))
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)

    def step(x: Tensor, _: Tensor, __: int) -> None:
        loss = negative_elbo(network, x, torch.ones_like(x), 1.0, torch.randn(len(x), CODE))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    shown = _train_for(step, train, seconds, seed)

    def draw(count: int, draws: torch.Generator) -> Tensor:
        return network.decode(torch.randn(count, CODE, generator=draws)).mean

    return Contestant(shown, _drawing(draw, 0.0))


def flow(train: Images, seconds: float, seed: int) -> Contestant:
    """A rectified flow (Liu et al. 2023, arXiv:2209.03003) that is given the class, drawn in FLOW_STEPS Euler steps."""
    torch.manual_seed(seed)
    channels, side = train.x.shape[1:3]
    classes = len(set(train.label))
    network = Velocity(channels, classes)
    average = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, betas=(0.9, 0.99), fused=True)

    def step(x: Tensor, label: Tensor, number: int) -> None:
        x = 2 * x - 1
        t, noise = torch.sigmoid(torch.randn(len(x))), torch.randn_like(x)  # most often in the middle of the way
        way = t[:, None, None, None]
        loss = F.mse_loss(network((1 - way) * noise + way * x, t, label), x - noise)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        blend = get_ema_multi_avg_fn(0.5 ** (1 / min(500, max(1, number / 20))))  # type: ignore[no-untyped-call]
        blend(list(average.parameters()), list(network.parameters()), None)

    shown = _train_for(step, train, seconds, seed)

    def draw(count: int, draws: torch.Generator) -> Tensor:
        x = torch.randn(count, channels, side, side, generator=draws)
        label = torch.arange(count) % classes
        for number in range(FLOW_STEPS):
            x = x + average(x, torch.full((count,), number / FLOW_STEPS), label) / FLOW_STEPS
        return x

    return Contestant(shown, _drawing(draw, -1.0))


OTHERS: dict[str, Callable[[Images, float, int], Contestant]] = {"vae": vae, "flow": flow}


class Velocity(nn.Module):
    """The velocity of a flow: a small U-Net at half and a quarter of the side, time and class by scale and shift."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        width = FLOW_WIDTH
        self.known = nn.Embedding(classes, width)
        self.when = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))
        self.inlet = nn.Conv2d(4 * channels, width, 3, padding=1)
        self.upper, self.last = Block(width, width), Block(2 * width, width)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.middle = nn.ModuleList([Block(2 * width, width), Block(2 * width, width)])
        self.up = nn.Conv2d(2 * width, width, 3, padding=1)
        self.outlet = nn.Conv2d(2 * width, 4 * channels, 3, padding=1)
        nn.init.zeros_(self.outlet.weight)

    def forward(self, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        """The velocity (B, C, H, W) at images x and times t (B,) in [0, 1] of the classes `label` (B,)."""
        rates = torch.exp(torch.linspace(0, math.log(1000), FLOW_WIDTH // 2))
        angle = t[:, None] * rates
        hint = F.silu(self.when(torch.cat([angle.sin(), angle.cos()], 1)) + self.known(label))  # (B, W)
        fine = self.upper(self.inlet(F.pixel_unshuffle(x, 2)), hint)
        coarse = self.down(fine)
        for block in self.middle:
            coarse = block(coarse, hint)
        back = F.interpolate(self.up(coarse), fine.shape[2:], mode="nearest")
        out: Tensor = F.pixel_shuffle(self.outlet(self.last(torch.cat([fine, back], 1), hint)), 2)
        return out


class Block(nn.Module):
    """Two convolutions beside a shortcut, scaled and shifted by a hint."""

    def __init__(self, width: int, hint: int) -> None:
        super().__init__()
        self.before, self.after = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.first, self.second = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.conditioning = nn.Linear(hint, 2 * width)

    def forward(self, x: Tensor, hint: Tensor) -> Tensor:
        """Maps (B, W, H, W) of the same shape."""
        scale, shift = self.conditioning(hint)[:, :, None, None].chunk(2, 1)
        inner = self.after(self.first(F.silu(self.before(x)))) * (1 + scale) + shift
        out: Tensor = x + self.second(F.silu(inner))
        return out


def _train_for(step: Callable[[Tensor, Tensor, int], None], train: Images, seconds: float, seed: int) -> int:
    """Steps over random batches until `seconds` of CPU time are spent; how many images were shown."""
    _, numbers = np.unique(train.label, return_inverse=True)
    x, label = torch.from_numpy(train.x), torch.from_numpy(numbers)
    started, count = time.process_time(), 0
    for count, index in enumerate(_indices(len(x), seed), 1):
        step(x[index].float() / 255, label[index], count)
        if time.process_time() - started >= seconds:
            break
    return count * min(BATCH, len(x))


def _indices(count: int, seed: int) -> Iterator[Tensor]:
    """Passes over all images in a fresh order, a batch at a time, for ever."""
    draws, size = torch.Generator().manual_seed(seed), min(BATCH, count)
    while True:
        order = torch.randperm(count, generator=draws)
        yield from (part for part in order.split(size) if len(part) == size)  # type: ignore[no-untyped-call]


def _drawing(draw: Callable[[int, torch.Generator], Tensor], low: float) -> Callable[[int, int], np.ndarray]:
    @torch.no_grad()
    def drawn(count: int, seed: int) -> np.ndarray:
        draws = torch.Generator().manual_seed(seed)
        parts = [as_uint8(draw(min(250, count - n), draws), low) for n in range(0, count, 250)]
        return np.concatenate(parts)

    return drawn
