"""How a family's detector is learned from its assets' grids: sensors, scales, windows, networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import torch

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.detector import Detector, Network, score_network
from anomaly.series.level_prior import fit_level_prior, split_level
from anomaly.series.lstm_vae import LSTMVAE, LSTMVAEConfig, principal_subspace
from anomaly.series.period import period_length
from anomaly.vae.reconstruction import antithetic_draws
from anomaly.vae.training import Epoch, Examples, fit
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Progress
from sensors_data.series.grid import Grid, Scale, fit_scale
from sensors_data.series.windows import Windows, normal, sliding_windows

MIN_VARIANCE = math.exp(LSTMVAEConfig.model_fields["min_log_variance"].default)
MIN_ROWS = 48
"""Observed normal rows without which nothing is learned."""
GOLDEN = (math.sqrt(5) - 1) / 2
"""Its multiples modulo 1 fall evenly into any interval and never repeat (Weyl)."""


@dataclass(frozen=True)
class Span:
    """What one asset contributes: its grid, which of its rows are abnormal, and where the held-out part begins."""

    grid: Grid
    abnormal: np.ndarray  # (T,) bool
    split: int  # rows [0, split) are learned from, [split, T) are held out

    def __len__(self) -> int:
        """T."""
        return len(self.grid)

    def rows(self, first: int, last: int) -> Span:
        """The rows [first, last), none of them held out."""
        return Span(self.grid.rows(first, last), self.abnormal[first:last], last - first)

    def usable(self) -> np.ndarray:
        """Which values are measured and normal, (T, D)."""
        return np.asarray(self.grid.observed & ~self.abnormal[:, None])


@dataclass(frozen=True)
class TrainingPlan:
    """What is to be trained, and how."""

    family: str
    step_s: float
    through: date
    config: DetectorConfig
    seed: int
    stage: str = "final"


def learn_detector(
    plan: TrainingPlan,
    spans: dict[str, Span],
    progress: Callable[[str], Progress] | None = None,
    checkpoint: Callable[[str], Checkpoint] | None = None,
) -> tuple[Detector, dict[str, list[Epoch]]]:
    """A family's detector, not yet calibrated, and the history of each of its networks.

    ValueError says how many normal rows are missing.
    """
    rows = sum(int(span.usable().any(axis=1).sum()) for span in spans.values())
    if rows < MIN_ROWS:
        raise ValueError(f"{plan.family} has {rows} observed normal rows to learn from; at least {MIN_ROWS} are needed")
    sensors = next(iter(spans.values())).grid.sensors
    modelled = modelled_sensors(spans)
    columns = [sensors.index(name) for name in modelled]
    scales = {asset: _scale(span) for asset, span in spans.items()}
    ready = [_standardised(span, scales[asset], columns) for asset, span in spans.items()]
    networks, history = [], {}
    for number, length in enumerate(window_lengths(ready, plan.config)):
        name = f"{plan.stage}-{length}"
        told, kept = progress and progress(name), checkpoint and checkpoint(name)
        with one_thread():
            network, history[name] = _learn_network(ready, length, plan.config, plan.seed + number, told, kept)
        networks.append(network)
    card = Card(
        family=plan.family,
        trained_from=min(_day(span.grid) for span in spans.values()),
        trained_through=plan.through,
        sensors=sensors,
        modelled=modelled,
        assets=tuple(spans),
        step_s=plan.step_s,
        rows=rows,
        held_out_rows=sum(len(span) - span.split for span in ready),
        in_sample=all(span.split >= len(span) for span in ready),
        networks=tuple(network.model.config for network in networks),
        config=plan.config,
        seed=plan.seed,
    )
    flat = np.zeros(len(modelled))
    return Detector(tuple(networks), scales, flat, flat, np.ones(plan.config.tokens), card), history


def modelled_sensors(spans: dict[str, Span]) -> tuple[str, ...]:
    """The sensors that are no command flags (a flag reads only 0 and 1 and rests at 0); all, where every one is."""
    sensors = next(iter(spans.values())).grid.sensors
    kept = []
    for column, name in enumerate(sensors):
        values = np.concatenate([s.grid.values[s.usable()[:, column], column] for s in spans.values()])
        if not (len(values) and np.isin(values, (0.0, 1.0)).all() and values.min() == 0):
            kept.append(name)
    return tuple(kept) or sensors


def window_lengths(spans: list[Span], config: DetectorConfig) -> list[int]:
    """The networks' windows in rows: multiples of the span's median period, whole numbers of rows a token."""
    rows = max(map(len, spans))
    periods = [period_length(np.nan_to_num(column)) for span in spans for column in span.grid.values.T]
    period = int(np.clip(np.median(periods), config.shortest, min(config.longest, max(config.tokens, rows // 4))))
    lengths = set()
    for multiple in config.lengths:
        length = min(int(period * multiple), rows // 3 if multiple > 1 else rows)
        lengths.add(max(config.tokens, length // config.tokens * config.tokens))
    return sorted(lengths)


def _day(grid: Grid) -> date:
    """The day of a grid's first row."""
    day: date = grid.times[0].astype("datetime64[D]").astype(date)
    return day


def _scale(span: Span) -> Scale:
    """An asset's scale over the part that is learned from; a sensor not measured there takes its held-out part."""
    usable = span.usable()
    learned = usable & (np.arange(len(usable)) < span.split)[:, None]
    return fit_scale(span.grid.values, np.where(learned.any(axis=0), learned, usable))


def _standardised(span: Span, scale: Scale, columns: list[int]) -> Span:
    grid = span.grid
    names = tuple(grid.sensors[c] for c in columns)
    return replace(span, grid=Grid(grid.times, scale.apply(grid.values)[:, columns], grid.observed[:, columns], names))


def _windows(spans: list[Span], length: int, config: DetectorConfig, most: int) -> Windows:
    """The normal ones of at most `most` windows that are spread over all spans."""
    every = [sliding_windows(span.grid, length) for span in spans]
    ends = np.cumsum([0, *map(len, every)])
    chosen = spread_indices(int(ends[-1]), most)
    parts = []
    for number, (span, windows) in enumerate(zip(spans, every, strict=True)):
        own = chosen[(chosen >= ends[number]) & (chosen < ends[number + 1])] - ends[number]
        parts.append(normal(windows.where(own), span.abnormal, config.min_observed))
    values, observed, last = (np.concatenate([getattr(p, f) for p in parts]) for f in ("values", "observed", "ends"))
    return Windows(values, observed, last)


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
    config: DetectorConfig,
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
        raise ValueError(f"only {len(train)} windows of {length} rows are normal and measured; two are needed")
    shape, level = split_level(train.values)
    subspace = principal_subspace(shape, config.keep, config.max_latent, MIN_VARIANCE)
    recurrent = config.recurrent and sum(map(len, spans)) >= config.recurrent_rows
    choices = config.model_dump(include={"tokens", "hidden", "layers", "dropout", "likelihood"})
    sizes = {"window": length, "sensors": shape.shape[2], "latent": subspace.axes.shape[1], "recurrent": recurrent}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LSTMVAE(LSTMVAEConfig.model_validate({**choices, **sizes}))
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


def _typical(network: Network, spans: list[Span], config: DetectorConfig) -> float:
    """The median nats of the windows that were learned from."""
    length = network.model.config.window
    clean = [replace(s.grid, observed=s.usable()) for s in spans if len(s) >= length]
    nats = np.concatenate([score_network(network, grid, config)[0].nats for grid in clean])
    return float(np.nanmedian(nats))
