"""How an LSTM-VAE detector is built, and what a trained one knows of itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.lstm_vae.network import LSTMVAEConfig
from anomaly.vae.training import FitConfig
from sensors_data.settings import Section


class LSTMVAEDetectorConfig(DetectorConfig):
    """How an LSTM-VAE detector is built; one configuration serves every family unless the settings say otherwise."""

    kind: Literal["lstm-vae"] = "lstm-vae"
    lengths: tuple[float, ...] = (1.0, 2.0)
    """Windows, in periods of the training span."""
    shortest: int = Field(64, ge=16)
    """Shortest period to assume, rows."""
    longest: int = Field(150, ge=16)
    """Longest period to assume, rows."""
    max_windows: int = Field(1200, ge=10)
    """Largest number of training windows per network, spread over the span."""
    min_observed: float = Field(0.5, ge=0, le=1)
    """Smallest share of a window's rows with a measured value; a window below it is neither learned nor scored."""
    keep: float = Field(0.85, gt=0, lt=1)
    """Share of the windows' variance that the linear path explains."""
    max_latent: int = Field(32, ge=1)
    """Z at most."""
    tokens: int = Field(16, ge=2)
    """LSTM steps per window, which is also the number of windows that cover a row."""
    hidden: int = Field(32, ge=1)
    """Width of each LSTM."""
    layers: int = Field(1, ge=1, le=8)
    """Number of stacked LSTM layers."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Dropout between the LSTM's layers in training."""
    likelihood: str = "gaussian"
    """Distribution of a value around its expected value."""
    recurrent: bool = True
    """Whether the LSTM is trained; false leaves the linear path alone, in seconds. Where the draft's LSTM is shown to
    add nothing on held-out rows, it is false in the card."""
    recurrent_rows: int = Field(600, ge=0)
    """Number of training rows below which the linear path is used alone."""
    level_floor: float = Field(0.05, gt=0)
    """Smallest variance of a window's level, in standardised units."""
    draws: int = Field(2, ge=1)
    """S, Monte-Carlo draws of the code; docs/detector.md has what more of them bring."""
    draft_epochs: int = Field(6, ge=1)
    """Epochs of the draft, which does not see the held-out part; threshold and acceptance come from it."""
    fit: FitConfig = FitConfig(
        epochs=12, learning_rate=2e-3, schedule="one-cycle", weight_decay=1e-2, beta=1.0, warm_up=1, free_bits=0.0
    )
    """How the LSTM is trained."""

    def short_span_note(self, rows: int) -> str:
        """Too few rows for the LSTMs leave the linear path alone."""
        return f"under {self.recurrent_rows} rows the linear path stands alone" if rows < self.recurrent_rows else ""


class Gain(Section):
    """What the LSTM of a draft added on held-out normal windows, nats a value."""

    window: int
    """Rows of its windows."""
    linear: float
    """Nats under the linear path alone."""
    recurrent: float
    """Nats with the LSTM."""
    low: float
    """The 90 % interval of the difference; above 0 the LSTM explains the windows better."""
    high: float


class LSTMVAECard(Card):
    """The card of an LSTM-VAE detector."""

    OF_THE_DRAFT: ClassVar[tuple[str, ...]] = (*Card.OF_THE_DRAFT, "gains")

    config: LSTMVAEDetectorConfig
    networks: tuple[LSTMVAEConfig, ...]
    gains: tuple[Gain, ...] = Field((), exclude_if=lambda gains: not gains)
    """Why the linear path serves alone: what the LSTM of each network was shown to add; empty where it serves."""

    @property
    def summary(self) -> str:
        """Whether the LSTMs serve, and the windows in rows."""
        method = "LSTM-VAE" if any(network.recurrent for network in self.networks) else "linear path alone"
        if self.gains:
            method += f" (the LSTM adds {max(gain.linear - gain.recurrent for gain in self.gains):.4f} nats a value)"
        return f"{method}, windows {'+'.join(str(network.window) for network in self.networks)}"
