"""What a kind of series detector consists of: its settings, its card, how it is learned and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from torch import Tensor

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.detector import Detector
from anomaly.series.span import Span, TrainingPlan
from anomaly.vae.training import Epoch
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress
from sensors_data.series.grids.grid import Scale

Parts = tuple[dict[str, Scale], np.ndarray, np.ndarray, np.ndarray]
"""What the files of all kinds hold alike: scales, typical, band, coverage_factor."""
C = TypeVar("C", bound=Card)
S = TypeVar("S", bound=DetectorConfig)
ProgressOf = Callable[[str], Progress] | None
History = dict[str, list[Epoch]]
CheckpointOf = Callable[[str], Checkpoint] | None


@dataclass(frozen=True)
class Kind(Generic[S, C]):
    """A kind of detector: its section of the settings, its card, how it is learned and read from its file."""

    config: type[S]
    card: type[C]
    learn: Callable[[TrainingPlan[S], dict[str, Span], ProgressOf, CheckpointOf], tuple[Detector, History]]
    """A detector not yet calibrated, and the history of what was trained. ValueError where there is too little."""
    read: Callable[[C, Parts, dict[str, Tensor], str], Detector]
    """From the card, the parts and the tensors of the file that the last argument names."""
