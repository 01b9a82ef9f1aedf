"""Reconstruction probability of an LSTM-VAE's windows: as `decode` and `log_prob` say, in fewer passes over memory.

Windows lie flat here, d = L * D values. What holds for a row or a sensor is laid over them by a product with zeros and
ones, which is exact, and quicker than many short loops.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.distributions import Normal

from anomaly.series.lstm_vae.network import LSTMVAE
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import Reconstruction, kl_nats, reconstruct


@torch.no_grad()
def reconstruct_windows(model: VAE, x: Tensor, draws: Tensor) -> Reconstruction:
    """`reconstruct` of windows x (B, L, D) with draws (S, Z), equal to it but for rounding."""
    if not isinstance(model, LSTMVAE) or model.config.likelihood != "gaussian":
        return reconstruct(model, x, draws)
    q, flat = model.encode(x), x.flatten(1)
    log_prob, expected = (_recurrent if model.config.recurrent else _linear)(model, flat, q, draws)
    return Reconstruction(log_prob.view_as(x), expected.view_as(x), kl_nats(q))


def over_rows(length: int, sensors: int) -> Tensor:
    """What lays a value a sensor over the rows of a window, (D, L * D)."""
    return torch.eye(sensors).repeat(1, length)


def _linear(model: LSTMVAE, x: Tensor, q: Normal, draws: Tensor) -> tuple[Tensor, Tensor]:
    """Of windows (B, d), means over the draws of their log-probability and of what is expected of them, (B, d) each.

    The codes of all windows have one deviation, so a draw moves what is expected of each by the same. Hence the mean
    square is the square from the middle of the draws plus their variance, and no draw is decoded for a window.
    """
    out, deviation = model.get_buffer("linear_out"), q.stddev[:1]
    apart = torch.addmm(x - model.get_buffer("linear_mean"), q.mean + deviation * draws.mean(0), out, alpha=-1)
    moved = (deviation * draws) @ out  # (S, d)
    nats, precision = _noise(model)
    constant = nats + precision * moved.var(0, correction=0)
    return torch.addcmul(-constant, apart, apart * -precision), x - apart


def _recurrent(model: LSTMVAE, x: Tensor, q: Normal, draws: Tensor) -> tuple[Tensor, Tensor]:
    """The same with what the LSTM adds to the mean and to each row's log-variance, draw by draw."""
    tokens, sensors = model.config.tokens, model.config.sensors
    rows, count, size = model.config.window // tokens, len(draws), len(x)
    codes = (q.mean + q.stddev * draws[:, None]).flatten(0, 1)  # (S * B, Z)
    states = model.written_states(codes).reshape(-1, model.config.hidden)  # (S * B * tokens, H)
    width = rows * sensors
    to_mean, to_rows = model.to_rows.weight[:width], model.to_rows.weight[width:]
    mean_bias, rows_bias = model.to_rows.bias[:width], model.to_rows.bias[width:]
    centred = x - (model.get_buffer("linear_mean") + mean_bias.repeat(tokens))
    out = model.get_buffer("linear_out").expand(count, -1, -1)
    apart = torch.baddbmm(centred.expand(count, -1, -1), codes.view(count, size, -1), out, alpha=-1)  # (S, B, d)
    apart.view(-1, width).addmm_(states, to_mean.T, alpha=-1)
    quieter = torch.addmm(rows_bias, states, to_rows.T).clamp_(model.config.quietest, 0.0)  # (S * B * tokens, rows)
    nats, precision = _noise(model)
    over_sensors = torch.eye(rows).repeat_interleave(sensors, dim=1)  # (rows, rows * D)
    weight = quieter.neg().exp_() @ (over_sensors * -precision[:width])
    quiet_nats = 0.5 * quieter.view(count, -1, rows).mean(0)  # (B * tokens, rows)
    log_prob = torch.addmm(-nats[:width], quiet_nats, over_sensors, alpha=-1).view_as(x)
    expected = x.clone()
    for draw, weighed in zip(apart, weight.view_as(apart), strict=True):
        log_prob.addcmul_(draw, weighed.mul_(draw), value=1 / count)
        expected.sub_(draw, alpha=1 / count)
    return log_prob, expected


def _noise(model: LSTMVAE) -> tuple[Tensor, Tensor]:
    """Of each value of a window, (d,): the nats at its mean, and half the precision."""
    log_scale = model.log_scale.clamp(min=0.5 * model.config.min_log_variance).repeat(model.config.window)
    return log_scale + 0.5 * math.log(2 * math.pi), 0.5 * (-2 * log_scale).exp()
