"""What every training calls on its way: who hears of its progress, and where it keeps its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sensors_data.nets.checkpoint import Checkpoint

Progress = Callable[[int, int, str], None]
"""Called now and then with what is done (epochs or images), what is planned, and the losses in words."""


@dataclass(frozen=True)
class Hooks:
    """What a training calls on its way; each may be left out."""

    progress: Progress | None = None
    checkpoint: Checkpoint | None = None
