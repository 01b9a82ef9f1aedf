"""How a family's detector is built, and what a trained one knows of itself."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from anomaly.series.drift import Spread
from anomaly.series.lstm_vae import LSTMVAEConfig
from anomaly.thresholds import Threshold
from anomaly.vae.training import FitConfig
from sensors_data.settings import Section

FORMAT = 1
"""Revision of the detector's file; a newer one is refused."""


class DetectorConfig(Section):
    """How a family's detector is built; one configuration serves every family unless the settings say otherwise."""

    lengths: tuple[float, ...] = (1.0, 2.0)
    """Windows, in periods of the training span."""
    shortest: int = Field(64, ge=16)
    """Rows: a period is taken to be at least this long."""
    longest: int = Field(150, ge=16)
    """Rows: a period is taken to be at most this long."""
    held_out: float = Field(0.25, gt=0, lt=0.9)
    """Last share of the training span, kept for early stopping, threshold and acceptance."""
    max_windows: int = Field(1200, ge=10)
    """Training windows of a network at most, spread over the span."""
    min_observed: float = Field(0.5, ge=0, le=1)
    """A window with something measured in under this share of its rows is neither learned from nor scored."""
    keep: float = Field(0.85, gt=0, lt=1)
    """Share of the windows' variance that the linear path explains."""
    max_latent: int = Field(32, ge=1)
    """Z at most."""
    tokens: int = Field(16, ge=2)
    """LSTM steps a window, and windows that cover a row."""
    hidden: int = Field(32, ge=1)
    """Width of each LSTM."""
    layers: int = Field(1, ge=1, le=8)
    """LSTM layers on top of each other."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Share of the LSTM's outputs that is dropped in training, between layers."""
    likelihood: str = "gaussian"
    """Distribution of a value around what is expected of it."""
    recurrent: bool = True
    """Whether the LSTM is trained; false leaves the linear path alone, in seconds."""
    recurrent_rows: int = Field(600, ge=0)
    """Under this many training rows the linear path stands alone."""
    level_floor: float = Field(0.05, gt=0)
    """Smallest variance of a window's level, standardised."""
    draws: int = Field(4, ge=1)
    """S, Monte-Carlo draws of the code."""
    alarms_per_asset_week: float = Field(0.25, gt=0)
    """The false-alarm budget."""
    draft_epochs: int = Field(6, ge=1)
    """Epochs of the draft that is not shown the held-out part; threshold and acceptance come from it."""
    fit: FitConfig = FitConfig(
        epochs=12, learning_rate=2e-3, schedule="one-cycle", weight_decay=1e-2, beta=1.0, warm_up=1, free_bits=0.0
    )
    """How the LSTM is trained."""


class Card(Section):
    """What a detector knows of itself; stands as JSON in its file."""

    format: int = FORMAT
    family: str
    trained_from: date
    trained_through: date
    sensors: tuple[str, ...]
    modelled: tuple[str, ...]
    """The sensors the networks see; command flags (only 0 and 1, at rest at 0) are left out."""
    assets: tuple[str, ...]
    step_s: float
    rows: int
    """Observed normal rows in the training span."""
    held_out_rows: int
    in_sample: bool
    """True: the span was too short to hold any of it out, so the threshold is of rows that were learned from."""
    networks: tuple[LSTMVAEConfig, ...]
    config: DetectorConfig
    threshold: Threshold | None = None
    """None only while the detector is being learned."""
    seed: int
    inputs: str = ""
    settings: str = ""
    commissioned: dict[str, datetime] = {}
    """Assets without earlier days and until when their first readings were learned from; those are not scored."""
    reference: dict[str, Spread] = {}
    """How each modelled sensor and the score were distributed, for drift; empty where the span had too few days."""
    accepted: bool = True
    verdict: str = ""
    """Why it was accepted or not."""
