"""The series model: an LSTM-VAE over windows that contains probabilistic PCA as its linear path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.distributions import Distribution, Laplace, Normal, StudentT

from anomaly.vae.model import VAE
from sensors_data.settings import Section

STUDENT_DEGREES = 4.0


class LSTMVAEConfig(Section):
    """The shape of one network; everything that its weights do not say."""

    window: int = Field(ge=1)
    """L, rows; a multiple of `tokens`."""
    sensors: int = Field(ge=1)
    """D."""
    latent: int = Field(ge=1)
    """Z."""
    tokens: int = Field(16, ge=1)
    """Steps of the LSTM over a window; one step reads and writes L / tokens rows."""
    hidden: int = Field(32, ge=1)
    layers: int = Field(1, ge=1, le=8)
    dropout: float = Field(0.0, ge=0, lt=1)
    likelihood: Literal["gaussian", "student_t", "laplace"] = "gaussian"
    recurrent: bool = True
    """False: the linear path alone, which is probabilistic PCA."""
    min_log_variance: float = -6.0
    """Floor of the noise of a standardised sensor."""
    quietest: float = Field(-4.0, le=0)
    """How far the LSTM may lower a row's log-variance, for all sensors alike. It may not raise it: a disturbance must
    not explain itself by noise."""

    @model_validator(mode="after")
    def _whole_tokens(self) -> LSTMVAEConfig:
        if self.window % self.tokens:
            raise ValueError(f"window {self.window} must be a multiple of tokens {self.tokens}")
        return self


@dataclass(frozen=True)
class PrincipalSubspace:
    """Probabilistic PCA of flattened windows, d = L * D (Tipping and Bishop 1999, doi:10.1111/1467-9868.00196)."""

    mean: np.ndarray  # (d,)
    axes: np.ndarray  # (d, Z), orthonormal
    variances: np.ndarray  # (Z,) along the axes, each above `noise`
    noise: float  # variance of what is left, per value


def principal_subspace(windows: np.ndarray, keep: float, most: int, min_variance: float) -> PrincipalSubspace:
    """The axes that hold a share `keep` of the variance of windows (N, L, D), at least one and at most `most`.

    The noise never falls under `min_variance`. ValueError with fewer than two windows.
    """
    if len(windows) < 2:
        raise ValueError(f"principal axes need at least two windows, found {len(windows)}")
    flat = windows.reshape(len(windows), -1).astype(np.float64)
    mean = flat.mean(0)
    centred = flat - mean
    count, size = centred.shape
    if count >= size:
        power, axes = np.linalg.eigh(centred.T @ centred / count)
    else:
        power, inner = np.linalg.eigh(centred @ centred.T / count)
        axes = centred.T @ inner / np.sqrt(np.maximum(power, 1e-9) * count)
    power, axes = np.maximum(power[::-1], 0.0), axes[:, ::-1]
    total = float(power.sum()) + 1e-12
    axes_kept = int(np.searchsorted(np.cumsum(power) / total, keep)) + 1
    axes_kept = max(1, min(axes_kept, most, len(power) - 1, size - 1))
    noise = max((total - float(power[:axes_kept].sum())) / max(1, size - axes_kept), min_variance)
    return PrincipalSubspace(mean, axes[:, :axes_kept], np.maximum(power[:axes_kept], noise * 1.0001), noise)


class LSTMVAE(VAE):
    """Encoder and decoder are a linear map plus what an LSTM adds to it; before training they are PPCA itself.

    Park et al. 2018 (doi:10.1109/LRA.2018.2801475) for the LSTM-VAE. With the LSTMs silent, q(z|x) is PPCA's exact
    posterior, so the ELBO is its log-likelihood and the score is the squared Mahalanobis distance of the window.
    """

    def __init__(self, config: LSTMVAEConfig) -> None:
        super().__init__()
        self.config, self.latent = config, config.latent
        L, D, Z, H = config.window, config.sensors, config.latent, config.hidden
        for name, shape in (("mean", (L * D,)), ("into", (L * D, Z)), ("out", (Z, L * D)), ("log_std", (Z,))):
            self.register_buffer(f"linear_{name}", torch.zeros(shape))
        self.log_scale = nn.Parameter(torch.zeros(D))  # of the noise, per sensor
        if config.recurrent:
            rows = L // config.tokens
            dropout = config.dropout if config.layers > 1 else 0.0
            self.reader = nn.LSTM(rows * D, H, config.layers, batch_first=True, dropout=dropout)
            self.to_code = nn.Linear(2 * H, 2 * Z)
            self.from_code = nn.Linear(Z, 2 * H)
            self.writer = nn.LSTM(H, H, config.layers, batch_first=True, dropout=dropout)
            self.to_rows = nn.Linear(H, rows * D + rows)
            self.dropout = nn.Dropout(config.dropout)
            for layer in (self.to_code, self.to_rows):
                nn.init.zeros_(layer.weight)
                nn.init.zeros_(layer.bias)

    def start_from(self, subspace: PrincipalSubspace) -> None:
        """Set the linear path and the noise to those of a principal subspace."""
        lam, noise = subspace.variances, subspace.noise
        gain = np.sqrt(lam - noise)  # (Z,)
        parts = {
            "mean": subspace.mean,
            "out": (subspace.axes * gain).T,
            "into": subspace.axes * (gain / lam),
            "log_std": 0.5 * np.log(noise / lam),
        }
        with torch.no_grad():
            for name, values in parts.items():
                self.get_buffer(f"linear_{name}").copy_(torch.as_tensor(values))
            self.log_scale.fill_(0.5 * math.log(noise) + math.log(_SCALE_OF_STD[self.config.likelihood]))

    def encode(self, x: Tensor) -> Normal:
        """q(z|x), (B, L, D) -> (B, Z)."""
        mean = (x.flatten(1) - self.get_buffer("linear_mean")) @ self.get_buffer("linear_into")  # (B, Z)
        log_std = self.get_buffer("linear_log_std").expand_as(mean)
        if self.config.recurrent:
            states, _ = self.reader(x.reshape(len(x), self.config.tokens, -1))  # (B, tokens, H)
            summary = self.dropout(torch.cat([states[:, -1], states.mean(1)], dim=1))  # (B, 2H)
            move, stretch = self.to_code(summary).chunk(2, dim=1)
            mean, log_std = mean + move, log_std + stretch.clamp(-3, 3)
        return Normal(mean, log_std.exp(), validate_args=False)

    def decode(self, z: Tensor) -> Distribution:
        """p(x|z), (..., Z) -> (..., L, D)."""
        codes = z.reshape(-1, self.latent)
        flat = codes @ self.get_buffer("linear_out") + self.get_buffer("linear_mean")  # (B, L * D)
        mean = flat.view(-1, self.config.window, self.config.sensors)
        log_scale = self.log_scale.clamp(min=0.5 * self.config.min_log_variance).expand_as(mean)
        if self.config.recurrent:
            move, quieter = self.written(codes)
            mean, log_scale = mean + move, log_scale + quieter
        mean = mean.view(*z.shape[:-1], *mean.shape[1:])  # (..., L, D)
        scale = log_scale.exp().view_as(mean)
        if self.config.likelihood == "student_t":
            return StudentT(STUDENT_DEGREES, mean, scale, validate_args=False)
        if self.config.likelihood == "laplace":
            return Laplace(mean, scale, validate_args=False)
        return Normal(mean, scale, validate_args=False)

    def written(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """What the LSTM adds to the linear mean (B, L, D), and to the log-scale of every row (B, L, 1), at most 0."""
        L, D = self.config.window, self.config.sensors
        both = self.to_rows(self.dropout(self.written_states(codes)))  # (B, tokens, L / tokens * (D + 1))
        move, quieter = both.split([L // self.config.tokens * D, L // self.config.tokens], dim=2)
        log_variance = quieter.reshape(len(codes), L, 1).clamp(self.config.quietest, 0.0)
        return move.reshape(len(codes), L, D), 0.5 * log_variance

    def written_states(self, codes: Tensor) -> Tensor:
        """The states of the LSTM that writes a window from its code, (B, Z) -> (B, tokens, H)."""
        step, state = self.from_code(codes).chunk(2, dim=1)  # (B, H) each
        hidden = torch.tanh(state).expand(self.config.layers, -1, -1).contiguous()  # (layers, B, H)
        steps = step[:, None].expand(-1, self.config.tokens, -1)  # (B, tokens, H)
        states: Tensor = self.writer(steps, (hidden, torch.zeros_like(hidden)))[0]
        return states


_SCALE_OF_STD = {
    "gaussian": 1.0,
    "student_t": math.sqrt((STUDENT_DEGREES - 2) / STUDENT_DEGREES),
    "laplace": math.sqrt(0.5),
}
