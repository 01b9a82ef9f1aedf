"""A training of two rivals in parts, after each of which its state is kept: translators and painters learn so."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import TrainingState
from sensors_data.nets.training import Hooks

PARTS = 10
"""Of a training; after each its state is kept."""
TrainPart = Callable[[int, range, int], Tensor]
"""Makes the steps of a part, given its number, them and the number of all; the last losses of both networks, (2,)."""


def train_in_parts(
    train_part: TrainPart, state: TrainingState, images: int, batch: int, hooks: Hooks, remedy: str
) -> None:
    """Steps of `batch` images until all `images` are shown; a training that was killed goes on after its last part.

    DivergedError with its `remedy` when a loss is no number.
    """
    saved = hooks.checkpoint.load(state) if hooks.checkpoint is not None else None
    done = len(saved.history) if saved else 0
    steps = max(PARTS, -(-images // batch))
    ends = [round(steps * part / PARTS) for part in range(PARTS + 1)]
    for part in range(done, PARTS):
        losses = train_part(part, range(ends[part], ends[part + 1]), steps)
        if not torch.isfinite(losses).all():
            raise DivergedError("a loss became infinite or NaN", remedy)
        if hooks.checkpoint is not None:
            hooks.checkpoint.save(state, {}, [{"part": number} for number in range(part + 1)])
        if hooks.progress is not None:
            hooks.progress(ends[part + 1] * batch, steps * batch, f"losses {losses[0]:.2f} {losses[1]:.2f}")


def set_rate(optimizers: Iterable[torch.optim.Optimizer], rate: float, done: float) -> None:
    """Set the learning rate where a share of the training is done: it stays for half of it, then falls to nought."""
    for optimizer in optimizers:
        optimizer.param_groups[0]["lr"] = rate * min(1.0, 2 * (1 - done))


def minimise(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step of an optimizer on a loss."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
