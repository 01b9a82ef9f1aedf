"""The hooks of every training: for its progress, and for saving its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sensors_data.nets.checkpoint import Checkpoint

Progress = Callable[[int, int, str], None]
"""Called now and then with what is done (epochs or images), what is planned, and the losses in words."""


@dataclass(frozen=True)
class Hooks:
    """The hooks that a training calls; each may be left out."""

    progress: Progress | None = None
    checkpoint: Checkpoint | None = None
