"""Reconstruction probability of an LSTM-VAE's windows: as `decode` and `log_prob` say, in fewer passes over memory."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from anomaly.series.lstm_vae import LSTMVAE
from anomaly.vae.model import VAE
from anomaly.vae.reconstruction import Reconstruction, kl_nats, reconstruct


@torch.no_grad()
def reconstruct_windows(model: VAE, x: Tensor, draws: Tensor) -> Reconstruction:
    """`reconstruct` of windows x (B, L, D) with draws (S, Z), equal to it but for rounding."""
    if not isinstance(model, LSTMVAE) or model.config.likelihood != "gaussian":
        return reconstruct(model, x, draws)
    L, D, draw_count = model.config.window, model.config.sensors, len(draws)
    q = model.encode(x)
    codes = (q.mean + q.stddev * draws[:, None]).flatten(0, 1)  # (S * B, Z)
    centred = x.flatten(1) - model.get_buffer("linear_mean")
    apart = torch.baddbmm(
        centred.expand(draw_count, -1, -1),
        codes.view(draw_count, len(x), -1),
        model.get_buffer("linear_out").expand(draw_count, -1, -1),
        alpha=-1,
    ).view(-1, L, D)  # x minus its linear mean, (S * B, L, D)
    log_scale = model.log_scale.clamp(min=0.5 * model.config.min_log_variance)  # (D,)
    nats = log_scale + 0.5 * math.log(2 * math.pi)
    quieter = torch.zeros(())
    if model.config.recurrent:
        move, quieter = model.written(codes)  # (S * B, L, D), (S * B, L, 1)
        apart -= move
        nats = nats + quieter.view(draw_count, len(x), L, 1).mean(0)
    expected = x - apart.view(draw_count, *x.shape).mean(0)
    square = apart.square_().mul_((-2 * quieter).exp_()).view(draw_count, *x.shape).mean(0)
    return Reconstruction(-(nats + square * (0.5 * (-2 * log_scale).exp())), expected, kl_nats(q))
