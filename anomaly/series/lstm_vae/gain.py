"""What the LSTM adds to the linear path, on held-out normal windows: where that is next to nothing, the linear path
serves alone, at a third of the cost of a score.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from anomaly.series.blocks import block_of
from anomaly.series.lstm_vae.card import Gain, LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.detector import Network, score_network
from anomaly.series.span import Span

LEAST_GAIN = 0.005
"""Nats a value: the LSTM stays unless it is shown to add less."""
FEWEST_BLOCKS = 4
"""Windows that do not overlap, under which nothing is shown."""
COVERED = 1.645
"""Standard errors on either side of a mean: one time in twenty it lies above, one in twenty below."""


def gain_of(recurrent: Network, linear: Network, spans: list[Span], config: LSTMVAEDetectorConfig) -> Gain | None:
    """What the LSTM of a draft explains better than its linear path alone, on standardised rows that neither learned
    from; None where these are too few to tell.
    """
    both = [held_out_nats(network, spans, config) for network in (linear, recurrent)]
    apart = [without - with_it for without, with_it in zip(*both, strict=True)]
    mean, error = mean_and_error(apart, config.tokens)
    if not math.isfinite(error):
        return None
    alone, together = (float(np.nanmean(np.concatenate(nats))) for nats in both)
    return Gain(
        window=recurrent.model.config.window,
        linear=alone,
        recurrent=together,
        low=mean - COVERED * error,
        high=mean + COVERED * error,
    )


def held_out_nats(network: Network, spans: list[Span], config: LSTMVAEDetectorConfig) -> list[np.ndarray]:
    """Nats a value of each span's held-out windows, (N,) each; NaN where a window holds too little that is normal."""
    nats = []
    for span in spans:
        part = replace(span.grid, observed=span.usable()).rows(span.split, len(span))
        if len(part) >= network.model.config.window:
            nats.append(score_network(network, block_of(part, ""), config).nats[0])
    return nats


def mean_and_error(parts: list[np.ndarray], block: int) -> tuple[float, float]:
    """The mean of windows (N,) in a row, several assets' apart, NaN left out, and its standard error.

    Windows overlap, so they say as much as moving blocks of `block` windows do (Künsch 1989,
    doi:10.1214/aos/1176347265). The error is infinite with fewer than FEWEST_BLOCKS blocks' worth of windows.
    """
    known = [part[np.isfinite(part)] for part in parts]
    count = sum(map(len, known))
    if count < FEWEST_BLOCKS * block:
        return math.nan, math.inf
    mean = float(np.concatenate(known).mean())
    means = [np.convolve(part, np.full(block, 1 / block), "valid") for part in known if len(part) >= block]
    if not means:
        return mean, math.inf
    return mean, math.sqrt(block / count * float(np.square(np.concatenate(means) - mean).mean()))
