"""Learning to translate from two heaps of images, in pairs or not, and images translated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import TrainingState
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Hooks
from sensors_data.settings import Section
from synthesis.training.in_parts import set_rate, train_in_parts
from synthesis.training.step import as_pixels
from synthesis.translation.networks import Translator, TranslatorConfig
from synthesis.translation.steps import TranslationState, initial_state, paired_step, unpaired_step

FEWEST = 8
"""Images of each kind, at least."""


class TranslationSettings(Section):
    """How a translator is trained."""

    paired: bool = False
    """Whether the images lie in pairs, in the same order."""
    images: int = Field(40_000, ge=1)
    """Images of the first kind that are shown, repeats counted."""
    batch: int = Field(8, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    """It stays for half of the training and then falls to nought."""
    width: int = Field(32, ge=1)
    """Channels of the first maps."""


@dataclass(frozen=True)
class Kinds:
    """Images of two kinds, uint8 (N, C, H, W) and (M, C, H, W)."""

    first: np.ndarray
    second: np.ndarray


def learn_translator(images: Kinds, settings: TranslationSettings, seed: int, hooks: Hooks | None = None) -> Translator:
    """A translator from the first kind to the second, without pairs also back.

    The same seed gives the same weights on one kind of processor, also when the training was killed. UnusableError for
    too few images, sides that differ, or pairs that are none; DivergedError when a loss is no number.
    """
    check(images, settings.paired)
    _, channels, side, _ = images.first.shape
    kind = "paired" if settings.paired else "unpaired"
    fields = {"kind": kind, "image": (channels, side, side), "width": settings.width}
    state = initial_state(TranslatorConfig.model_validate(fields), settings.learning_rate, seed)

    def train_part(part: int, steps: range, count: int) -> Tensor:
        return _train_part(state, images, settings, steps, count, (seed, part))

    train_in_parts(
        train_part, _resumable(state), settings.images, settings.batch, hooks or Hooks(), "lower the learning rate"
    )
    return state.translator.eval().requires_grad_(False)


def check(images: Kinds, paired: bool) -> None:
    """UnusableError for images from which no translation can be learned."""
    counts = len(images.first), len(images.second)
    if min(counts) == 0:
        raise UnusableError(f"one side is empty: {counts[0]} and {counts[1]} images", "name two folders of pictures")
    if min(counts) < FEWEST:
        raise UnusableError(f"{counts[0]} and {counts[1]} images are too few", f"each kind needs at least {FEWEST}")
    if paired and counts[0] != counts[1]:
        raise UnusableError(f"{counts[0]} and {counts[1]} images are no pairs", "leave --pairs out, or add the others")
    if images.first.shape[1:] != images.second.shape[1:]:
        raise UnusableError(f"images of {images.first.shape[1:]} and {images.second.shape[1:]} (C, H, W) differ")
    if images.first.shape[2] % 4 or images.first.shape[2] != images.first.shape[3]:
        raise UnusableError(
            f"images of {images.first.shape[2:]} pixels", "translation needs square images with a side divisible by 4"
        )


def _resumable(state: TranslationState) -> TrainingState:
    networks = {"translator": state.translator, "critics": state.critics, "memories": state.memories}
    return TrainingState(networks, {"g_optimizer": state.g_optimizer, "d_optimizer": state.d_optimizer})


def _train_part(
    state: TranslationState,
    images: Kinds,
    settings: TranslationSettings,
    part: range,
    steps: int,
    seeds: tuple[int, int],
) -> Tensor:
    """Some steps; the last losses of discriminator and translator, (2,)."""
    part_seed = int(np.random.SeedSequence(seeds).generate_state(1)[0])
    draws, order = torch.Generator().manual_seed(part_seed), np.random.default_rng(seeds)
    losses = torch.zeros(2)
    step = paired_step if settings.paired else unpaired_step
    with torch.random.fork_rng():
        torch.manual_seed(part_seed)  # dropout draws from the global state
        for number in part:
            set_rate((state.g_optimizer, state.d_optimizer), settings.learning_rate, number / steps)
            rows = order.integers(0, len(images.first), settings.batch)
            others = rows if settings.paired else order.integers(0, len(images.second), settings.batch)
            x, y = (as_pixels(torch.from_numpy(of), -1.0) for of in (images.first[rows], images.second[others]))
            mirrored = torch.rand(len(x), 1, 1, 1, generator=draws) < 0.5
            x = torch.where(mirrored, x.flip(3), x)
            y = torch.where(mirrored, y.flip(3), y)
            losses = torch.stack(step(state, x, y, draws))
            if not torch.isfinite(losses).all():
                break
    return losses


@torch.no_grad()
def translated(translator: Translator, images: np.ndarray, back: bool = False) -> np.ndarray:
    """Images uint8 (N, C, H, W) of one kind as the other; `back` from the second to the first. UnusableError where no
    way back was learned, or the images are of another shape.
    """
    network = translator.back if back else translator.forth
    if network is None:
        raise UnusableError(
            "a translator learned from pairs cannot translate back", "train one with the folders exchanged"
        )
    if images.shape[1:] != translator.config.image:
        raise UnusableError(f"images of {images.shape[1:]} (C, H, W), the translator takes {translator.config.image}")
    parts = []
    with one_thread():
        for first in range(0, len(images), 16):
            x = network(as_pixels(torch.from_numpy(images[first : first + 16]), -1.0))
            parts.append(x.add(1).mul(127.5).round().clamp(0, 255).byte().numpy())
    return np.concatenate(parts)


def error_of(translator: Translator, images: Kinds) -> float:
    """Mean absolute error in grey levels: of the translation of pairs, otherwise of the way forth and back."""
    there = translated(translator, images.first)
    truth = images.second
    if translator.back is not None:
        there, truth = translated(translator, there, back=True), images.first
    return float(F.l1_loss(torch.from_numpy(there).float(), torch.from_numpy(truth).float()))
