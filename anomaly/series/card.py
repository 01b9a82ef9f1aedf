"""The configuration that every kind of detector has, and the card of a trained one."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

import numpy as np
from pydantic import Field

from anomaly.series.drift import DriftReference
from anomaly.series.holidays import NONE, Holidays
from anomaly.series.routines import Routines
from anomaly.thresholds import Threshold
from sensors_data.settings import Section

FORMAT = 2
READABLE = (1, 2)
"""Revision of the detector's file; a newer one is refused. 2: the card says the kind; 1 is read as an LSTM-VAE
that knows no profile and no evidence."""


class DetectorConfig(Section):
    """The configuration that every kind of detector has; a kind adds its own keys."""

    kind: str
    """The kind of detector; `anomaly/series/kinds.py` lists them."""
    held_out: float = Field(0.25, gt=0, lt=0.9)
    """Last share of the training span, held out for early stopping, threshold and acceptance."""
    alarms_per_asset_week: float = Field(0.25, gt=0)
    """The false-alarm budget."""
    context: tuple[str, ...] = Field((), exclude_if=lambda context: not context)
    """Sensors that are stored and shown, but not learned; those of `kind = "context"` are added."""

    def short_span_note(self, rows: int) -> str:
        """A sentence on what so few training `rows` do not suffice for; empty if they are enough."""
        return ""


class Card(Section):
    """The metadata of a trained detector of any kind; JSON in its file."""

    OF_THE_DRAFT: ClassVar[tuple[str, ...]] = ("held_out_rows", "in_sample", "accepted", "verdict")
    """The fields that come from the draft: the final weights have no held-out rows."""

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
    """Whether the span was too short to hold any of it out, so that the threshold rests on training rows."""
    config: DetectorConfig
    threshold: Threshold | None = None
    """None only while the detector is being learned."""
    seed: int
    inputs: str = ""
    settings: str = ""
    commissioned: dict[str, datetime] = {}
    """Assets without earlier days, with the end of the first readings that were learned from; those are not scored."""
    profile: str = ""
    """The rhythm that is subtracted first: day, workday or week; empty if none improved the fit."""
    holidays: Holidays = Field(NONE, exclude_if=lambda holidays: not holidays.days)
    """Days of the family's calendar that the profile reads as Sundays."""
    hidden: int = 0
    """Number of values of the training span that were hidden: wild, contradicted by other sensors, outlying,
    or of events that recur."""
    set_aside: int = 0
    """Number of rows of the training span that were not learned: long outlying stretches, and what surprised the draft.
    """
    cleaning: str = Field("", exclude_if=lambda words: not words)
    """A sentence on what was hidden or set aside in the training span, and why; empty if nothing was."""
    threshold_from: str = ""
    """A sentence on the scores that the threshold was estimated from, and on what limited its change."""
    control: float = Field(0.0, exclude_if=lambda control: not control)
    """Logarithm of the factor on the limits that keeps past nights within the budget; control.py updates it."""
    row_limit: float | None = None
    """Largest deviation of a single row from what its windows expect, standard deviations; None if unknown."""
    flat_limits: tuple[float, ...] = Field((), exclude_if=lambda limits: not limits)
    """Largest number of rows with one and the same value, for each modelled sensor; empty with too few normal days."""
    routines: Routines = Field(Routines(), exclude_if=lambda routines: not routines.each)
    """Short events that recur at one time of the hour, day or week; their values are not judged."""
    reference: dict[str, DriftReference] = {}
    """Distribution of each modelled sensor and of the score in the training span, for drift; empty with too few days.
    """
    accepted: bool = True
    verdict: str = ""
    """Why it was accepted or rejected."""

    @property
    def kind(self) -> str:
        """The kind of detector, a key of `KINDS`."""
        return self.config.kind

    @property
    def modelled_columns(self) -> np.ndarray:
        """Indices of the modelled sensors among all sensors, (D,)."""
        return np.array([self.sensors.index(name) for name in self.modelled])

    @property
    def summary(self) -> str:
        """The model in a few words, for logs and for people."""
        return self.kind
