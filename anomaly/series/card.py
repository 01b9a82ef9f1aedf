"""What every kind of detector is told, and what a trained one knows of itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

import numpy as np
from pydantic import Field

from anomaly.series.drift import Spread
from anomaly.thresholds import Threshold
from sensors_data.settings import Section

FORMAT = 2
READABLE = (1, 2)
"""Revision of the detector's file; a newer one is refused. 2: the card says the kind; 1 is read as an LSTM-VAE
that knows no profile and no evidence."""


class DetectorConfig(Section):
    """What every kind of detector is told; a kind adds what it needs."""

    kind: str
    """Which kind of detector a family has; `anomaly/series/kinds.py` lists them."""
    held_out: float = Field(0.25, gt=0, lt=0.9)
    """Last share of the training span, kept for early stopping, threshold and acceptance."""
    alarms_per_asset_week: float = Field(0.25, gt=0)
    """The false-alarm budget."""
    context: tuple[str, ...] = Field((), exclude_if=lambda context: not context)
    """Sensors that are kept and shown, and neither learned nor blamed; those of `kind = "context"` are added."""

    def short_span_note(self, rows: int) -> str:
        """What `rows` training rows are too few for, in words; empty where they are enough."""
        return ""


class Card(Section):
    """What a detector of any kind knows of itself; stands as JSON in its file."""

    OF_THE_DRAFT: ClassVar[tuple[str, ...]] = ("held_out_rows", "in_sample", "accepted", "verdict")
    """What the draft alone can know: the final weights have no held-out rows."""

    format: int = FORMAT
    family: str
    trained_from: date
    trained_through: date
    sensors: tuple[str, ...]
    modelled: tuple[str, ...]
    """The sensors that are learned and scored; context and flags (0 and 1, at rest at 0) are left out."""
    assets: tuple[str, ...]
    fleet: int = Field(0, exclude_if=lambda fleet: not fleet)
    """Assets of the family where `assets` are a sample of them; 0 where all were learned from."""
    scales_day: date | None = Field(None, exclude_if=lambda day: day is None)
    """Partition of the table `scales` with the scales of the assets that are not in the sample."""
    scales_shards: int = Field(0, exclude_if=lambda shards: not shards)
    """Its files."""
    step_s: float
    rows: int
    """Observed normal rows in the training span."""
    held_out_rows: int
    in_sample: bool
    """True: the span was too short to hold any of it out, so the threshold is of rows that were learned from."""
    config: DetectorConfig
    threshold: Threshold | None = None
    """None only while the detector is being learned."""
    seed: int
    inputs: str = ""
    settings: str = ""
    commissioned: dict[str, datetime] = {}
    """Assets without earlier days and until when their first readings were learned from; those are not scored."""
    profile: str = ""
    """The rhythm that is taken off before all else: day, workday or week; empty where none paid."""
    hidden: int = 0
    """Values of the training span that were hidden: wild, contradicted by the other sensors, or outlying."""
    set_aside: int = 0
    """Rows of the training span that were not learned: long outlying stretches, and what surprised the draft."""
    cleaning: str = Field("", exclude_if=lambda words: not words)
    """What of the training span was hidden or set aside and why, in words; empty where nothing was."""
    threshold_from: str = ""
    """What the threshold is of, and what held it where it is."""
    control: float = Field(0.0, exclude_if=lambda control: not control)
    """Logarithm of what the limits were multiplied by, so that past nights keep the budget; control.py moves it."""
    row_limit: float | None = None
    """Standard deviations that a single row may stray from what its windows expect; None where none is known."""
    flat_limits: tuple[float, ...] = Field((), exclude_if=lambda limits: not limits)
    """Rows that each modelled sensor may read one and the same value; empty where too few normal days are known."""
    reference: dict[str, Spread] = {}
    """How each modelled sensor and the score were distributed, for drift; empty where the span had too few days."""
    accepted: bool = True
    verdict: str = ""
    """Why it was accepted or not."""

    @property
    def kind(self) -> str:
        """The kind of detector, a key of `KINDS`."""
        return self.config.kind

    @property
    def modelled_columns(self) -> np.ndarray:
        """Where the modelled sensors stand among all of them, (D,)."""
        return np.array([self.sensors.index(name) for name in self.modelled])

    @property
    def summary(self) -> str:
        """The model in a few words, for logs and for people."""
        return self.kind
