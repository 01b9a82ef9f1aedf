"""Learning to paint defects from a few real ones and many good parts."""

from __future__ import annotations

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from sensors_data.defects.paint import check_mask
from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import TrainingState
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Hooks
from sensors_data.settings import Section
from synthesis.painter.crops import Examples, good_crops, labels_in_turn, real_crops
from synthesis.painter.network import PainterConfig, PainterNetwork
from synthesis.painter.step import PainterState, initial_state, painter_step
from synthesis.training.in_parts import set_rate, train_in_parts

FEWEST = 3
"""Real defects, at least."""
SMALLEST = 16
"""Pixels of a part's shorter side, at least."""


class PainterSettings(Section):
    """How a painter is trained."""

    images: int = Field(4_000, ge=1)
    """Good parts that are painted on, repeats counted."""
    batch: int = Field(4, ge=1)
    learning_rate: float = Field(2e-3, gt=0)
    """It stays for half of the training and then falls to nought."""
    crop: int = Field(48, ge=SMALLEST)
    """Pixels a side of what the discriminator sees; a smaller part is seen whole in its shorter side."""
    width: int = Field(16, ge=1)
    """Channels of the painter's first maps."""


def learn_painter(
    examples: Examples, settings: PainterSettings, seed: int, hooks: Hooks | None = None
) -> PainterNetwork:
    """A painter of the examples' kinds of defects.

    The same seed gives the same weights on one kind of processor, also when the training was killed. UnusableError for
    examples from which nothing can be learned; DivergedError when a loss is no number.
    """
    check(examples)
    config = PainterConfig(image=_shape(examples.goods), labels=examples.labels, width=settings.width)
    state = initial_state(config, settings.learning_rate, seed)

    def train_part(part: int, steps: range, count: int) -> Tensor:
        with one_thread():
            return _train_part(state, examples, settings, steps, count, (seed, part))

    train_in_parts(
        train_part,
        _resumable(state),
        settings.images,
        settings.batch,
        hooks or Hooks(),
        "learn from other pictures, or with another seed",
    )
    return state.average.eval()


def check(examples: Examples) -> None:
    """UnusableError for examples from which no painter can be learned."""
    defects, shape = examples.defects, examples.goods.shape[1:]
    if len(defects) < FEWEST:
        raise UnusableError(
            f"{len(defects)} real defects with masks are too few", f"a painter learns from at least {FEWEST}"
        )
    if not len(examples.goods):
        raise UnusableError("there is no good part to paint on", "give pictures of good parts")
    if min(shape[1:]) < SMALLEST:
        raise UnusableError(f"parts of {shape[2]}x{shape[1]} pixels", f"each side must have at least {SMALLEST}")
    for defect in defects:
        if defect.image.shape != shape or defect.image.dtype != examples.goods.dtype:
            found, wanted = (f"{x.dtype} {x.shape}" for x in (defect.image, examples.goods[0]))
            raise UnusableError(f"{defect.name} is {found}, the good parts are {wanted}", "bring them to one form")
        check_mask(defect)


def _shape(goods: np.ndarray) -> tuple[int, int, int]:
    _, channels, height, width = goods.shape
    return channels, height, width


def _resumable(state: PainterState) -> TrainingState:
    networks = {"painter": state.painter, "average": state.average, "critic": state.critic}
    return TrainingState(networks, {"g_optimizer": state.g_optimizer, "d_optimizer": state.d_optimizer})


def _train_part(
    state: PainterState,
    examples: Examples,
    settings: PainterSettings,
    part: range,
    steps: int,
    seeds: tuple[int, int],
) -> Tensor:
    """Some steps; the last losses of discriminator and painter, (2,)."""
    draws = torch.Generator().manual_seed(int(np.random.SeedSequence(seeds).generate_state(1)[0]))
    order, losses = np.random.default_rng(seeds), torch.zeros(2)
    side = min(settings.crop, *examples.goods.shape[2:])
    for number in part:
        set_rate((state.g_optimizer, state.d_optimizer), settings.learning_rate, number / steps)
        wanted = labels_in_turn(examples.labels, settings.batch, order)
        real, good = (crops(examples, wanted, side, order) for crops in (real_crops, good_crops))
        losses = painter_step(state, real, good, number + 1, draws)
        if not torch.isfinite(losses).all():
            break
    return losses
