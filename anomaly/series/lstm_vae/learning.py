"""How an LSTM-VAE detector is learned from its assets' grids: windows and networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from anomaly.series.blocks import block_of
from anomaly.series.kind import Kind
from anomaly.series.lstm_vae.card import Gain, LSTMVAECard, LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.detector import LSTMVAEDetector, Network, score_network
from anomaly.series.lstm_vae.files import read_detector
from anomaly.series.lstm_vae.gain import LEAST_GAIN, gain_of
from anomaly.series.lstm_vae.level_prior import fit_level_prior, split_level
from anomaly.series.lstm_vae.network import LSTMVAE, LSTMVAEConfig, principal_subspace
from anomaly.series.lstm_vae.period import period_length
from anomaly.series.lstm_vae.preparation import prepare
from anomaly.series.span import Span, TrainingPlan
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Progress
from sensors_data.series.grids.grid import SHORT_GAP, long_gaps
from sensors_data.series.grids.windows import Windows, count_normal, joined, normal, sliding_windows
from sensors_data.settings import parse

MIN_VARIANCE = math.exp(LSTMVAEConfig.model_fields["min_log_variance"].default)
FEWEST_WINDOWS = 16
"""Windows without which shorter ones are learned from."""
GOLDEN = (math.sqrt(5) - 1) / 2
"""Its multiples modulo 1 fall evenly into any interval and never repeat (Weyl)."""


def learn_detector(
    plan: TrainingPlan[LSTMVAEDetectorConfig],
    spans: dict[str, Span],
    progress: Callable[[str], Progress] | None = None,
    checkpoint: Callable[[str], Checkpoint] | None = None,
) -> tuple[LSTMVAEDetector, dict[str, list[Epoch]]]:
    """A family's detector, not yet calibrated, and the history of each of its networks.

    ValueError says how many normal rows are missing.
    """
    config, prepared = _of_stage(plan), prepare(plan, spans)
    ready = prepared.spans
    networks, history = [], {}
    for number, length in enumerate(window_lengths(ready, config)):
        name = f"{plan.stage}-{length}"
        report, saved = progress and progress(name), checkpoint and checkpoint(name)
        with one_thread():
            network, history[name] = _learn_network(ready, length, config, plan.seed + number, report, saved)
        networks.append(network)
    gains: list[Gain] = []
    if plan.stage == "draft":
        networks, gains = _simplest(networks, ready, config, plan.seed)
    facts = prepared.facts | ({"config": plan.config.model_copy(update={"recurrent": False})} if gains else {})
    sizes = [network.model.config for network in networks]
    card = LSTMVAECard.model_validate({**facts, "networks": sizes, "gains": gains})
    flat = np.zeros(len(card.modelled))
    return LSTMVAEDetector(prepared.scales, flat, flat, np.ones(config.tokens), card, tuple(networks)), history


def _simplest(
    networks: list[Network], spans: list[Span], config: LSTMVAEDetectorConfig, seed: int
) -> tuple[list[Network], list[Gain]]:
    """The networks of a draft, or, where their LSTMs are shown to add nothing, their linear paths alone and why."""
    if not all(network.model.config.recurrent for network in networks):
        return networks, []
    linear, alone = config.model_copy(update={"recurrent": False}), []
    gains: list[Gain] = []
    for number, network in enumerate(networks):
        alone.append(_learn_network(spans, network.model.config.window, linear, seed + number, None, None)[0])
        gain = gain_of(network, alone[-1], spans, config)
        if gain is None or gain.high >= LEAST_GAIN:
            return networks, []
        gains.append(gain)
    return alone, gains


def _of_stage(plan: TrainingPlan[LSTMVAEDetectorConfig]) -> LSTMVAEDetectorConfig:
    """The plan's configuration; a draft has fewer epochs."""
    if plan.stage != "draft":
        return plan.config
    few = plan.config.fit.model_copy(update={"epochs": min(plan.config.draft_epochs, plan.config.fit.epochs)})
    return plan.config.model_copy(update={"fit": few})


def window_lengths(spans: list[Span], config: LSTMVAEDetectorConfig) -> list[int]:
    """The networks' windows in rows: multiples of the span's median period, whole numbers of rows a token.

    Two thirds of the longest run of normal rows, where found faults have cut the span into shorter pieces than that;
    and half as long again and again, where gaps cost half of the windows and leave fewer than FEWEST_WINDOWS.
    """
    rows = max(map(len, spans))
    periods = [period_length(np.nan_to_num(column)) for span in spans for column in span.grid.values.T]
    period = int(np.clip(np.median(periods), config.shortest, min(config.longest, max(config.tokens, rows // 4))))
    lengths = set()
    for multiple in config.lengths:
        length = min(int(period * multiple), rows // 3 if multiple > 1 else rows)
        room = max(_longest_normal(span.abnormal[: span.split - _gap(span, length)]) for span in spans)
        length = length if length < room else 2 * room // 3
        while length >= 2 * config.tokens and _gaps_leave_few(spans, length, config):
            length //= 2
        lengths.add(max(config.tokens, length // config.tokens * config.tokens))
    return sorted(lengths)


def _gaps_leave_few(spans: list[Span], length: int, config: LSTMVAEDetectorConfig) -> bool:
    """Whether fewer than FEWEST_WINDOWS of `length` rows can be learned from and scored, and gaps cost half of them."""
    whole, scored = 0, 0
    for span in (span.rows(0, span.split - _gap(span, length)) for span in spans):
        known = np.where(long_gaps(span.grid.observed, SHORT_GAP), np.float32(np.nan), span.grid.values)
        gappy = replace(span.grid, values=known)
        filled = replace(span.grid, values=np.zeros_like(known), observed=np.ones_like(span.grid.observed))
        scored += count_normal(gappy, span.abnormal, length, config.min_observed)
        whole += count_normal(filled, span.abnormal, length, config.min_observed)
    return scored < min(FEWEST_WINDOWS, whole / 2)


def _longest_normal(abnormal: np.ndarray) -> int:
    """Rows of the longest run without an abnormal one, of (T,)."""
    edges = np.flatnonzero(np.concatenate([[True], abnormal, [True]]))
    return int(np.diff(edges).max()) - 1


def _windows(spans: list[Span], length: int, config: LSTMVAEDetectorConfig, most: int) -> Windows:
    """The normal ones of at most `most` windows that are spread over all spans."""
    every = [sliding_windows(span.grid, length) for span in spans]
    ends = np.cumsum([0, *map(len, every)])
    chosen = spread_indices(int(ends[-1]), most)
    parts = []
    for number, (span, windows) in enumerate(zip(spans, every, strict=True)):
        of_span = chosen[(chosen >= ends[number]) & (chosen < ends[number + 1])] - ends[number]
        parts.append(normal(windows.where(of_span), span.abnormal, config.min_observed))
    return joined(parts)


def spread_indices(count: int, most: int) -> np.ndarray:
    """At most `most` of the indices [0, count), one somewhere in each of as many equal parts, sorted.

    Not evenly: of windows two rows apart, a network learns that spikes fall on even rows and no more.
    """
    if count <= most:
        return np.arange(count)
    part = np.arange(most)
    return np.unique(((part + part * GOLDEN % 1) * count / most).astype(np.int64))


def _learn_network(
    spans: list[Span],
    length: int,
    config: LSTMVAEDetectorConfig,
    seed: int,
    progress: Progress | None,
    checkpoint: Checkpoint | None,
) -> tuple[Network, list[Epoch]]:
    """A network of windows of one length: its linear path solved, its LSTMs trained where there is enough to learn."""
    learned = [span.rows(0, span.split - _gap(span, length)) for span in spans]
    train = _windows(learned, length, config, config.max_windows)
    held_out = [span.rows(span.split, len(span)) for span in spans]
    valid = _windows(held_out, length, config, math.ceil(config.max_windows * config.held_out))
    if len(train) < 2:
        share = np.mean([span.usable().any(axis=1).mean() for span in learned])
        reason = f"only {len(train)} windows of {length} rows are normal and measured, as {share:.0%} of the rows are"
        raise UnusableError(reason, "two are needed: choose a longer step, or learn from more days")
    shape, level = split_level(train.values)
    subspace = principal_subspace(shape, config.keep, config.max_latent, MIN_VARIANCE)
    recurrent = config.recurrent and sum(map(len, spans)) >= config.recurrent_rows
    choices = config.model_dump(include={"tokens", "hidden", "layers", "dropout", "likelihood"})
    sizes = {"window": length, "sensors": shape.shape[2], "latent": subspace.axes.shape[1], "recurrent": recurrent}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LSTMVAE(parse(LSTMVAEConfig, {**choices, **sizes}, "the detector's settings"))
    model.start_from(subspace)
    model.eval()
    history: list[Epoch] = []
    if recurrent:
        history = fit(model, _examples(train), _examples(valid), config.fit, seed, progress, checkpoint)
    draws = antithetic_draws(config.draws, model.latent, torch.Generator().manual_seed(seed))
    network = Network(model, fit_level_prior(level, config.level_floor), draws)
    return replace(network, typical=_typical(network, learned, config)), history


def _gap(span: Span, length: int) -> int:
    """Rows between what is learned from and what is held out: a window's length, where there is room for it."""
    return length if span.split >= 8 * length and span.split < len(span) else 0


def _examples(windows: Windows) -> Examples:
    """The shapes of windows as what a VAE is trained on."""
    shape, _ = split_level(windows.values)
    return Examples(torch.from_numpy(shape), torch.from_numpy(windows.observed.astype(np.float32)))


def _typical(network: Network, spans: list[Span], config: LSTMVAEDetectorConfig) -> float:
    """The median nats of the windows that were learned from."""
    length = network.model.config.window
    clean = [replace(s.grid, observed=s.usable()) for s in spans if len(s) >= length]
    nats = np.concatenate([score_network(network, block_of(grid, ""), config).nats[0] for grid in clean])
    return float(np.nanmedian(nats))


LSTM_VAE = Kind(LSTMVAEDetectorConfig, LSTMVAECard, learn_detector, read_detector)
