"""What a user would try first: each baseline fits a train span (T0, D) and returns a scorer of a whole series.

A scorer takes a series (T, D) and returns a score (T,), higher = more anomalous, in units of its own. Values must be
finite. Methods that need a seed take it; the others take it too and do not use it, so that all are called alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.utils.extmath import randomized_svd

from anomaly.evaluation.scores import Flags
from anomaly.series.lstm_vae.period import period_length

Array = NDArray[np.float64]
Scorer = Callable[[Array], Array]
Baseline = Callable[[Array, int], Scorer]

MAX_FIT_WINDOWS = 4_000  # windows beyond are thinned out evenly where a fit would take minutes
MAX_EXACT_FEATURES = 1_000  # a window of more values is decomposed at random, into at most MAX_COMPONENTS
MAX_COMPONENTS = 100
CHUNK = 2_048  # windows scored at once


@dataclass(frozen=True)
class Principal:
    """Principal components of windows (N, F): the mean window (F,), the kept axes (K, F), variances along them (K,)."""

    mean: Array
    axes: Array
    variances: Array
    residual_variance: float
    """Per dimension that was left out; never 0."""


def random(train: Array, seed: int) -> Scorer:
    """A score that knows nothing: uniform numbers from `seed`."""
    return lambda series: np.random.default_rng(seed).random(len(series))


def constant(train: Array, seed: int) -> Scorer:
    """The same score for every row."""
    return lambda series: np.zeros(len(series))


def last_value(train: Array, seed: int) -> Scorer:
    """The absolute change since the row before, in standard deviations of the train span, mean over channels."""
    spread = channel_spread(train)
    return lambda series: np.abs(np.diff(series / spread, axis=0, prepend=series[:1] / spread)).mean(axis=1)


def magnitude(train: Array, seed: int) -> Scorer:
    """The absolute distance from the train mean, in standard deviations of the train span, mean over channels."""
    mean, spread = train.mean(axis=0), channel_spread(train)
    return lambda series: np.abs((series - mean) / spread).mean(axis=1)


def ppca(train: Array, seed: int) -> Scorer:
    """Windowed probabilistic PCA: Mahalanobis in the kept space plus residual over residual variance, over windows.

    Windows of one period, each minus its own level, in standard deviations of the train span; 90 % of the variance
    is kept; a row's score is the mean over the windows that cover it. Binary command channels are left out.
    Tipping and Bishop, Probabilistic Principal Component Analysis, JRSS B 1999.
    """
    return _windowed_ppca(train, seed, window_length(train))


def ppca_150(train: Array, seed: int) -> Scorer:
    """`ppca` with windows of 150 rows whatever the period, or a quarter of the train span where that is shorter."""
    return _windowed_ppca(train, seed, min(150, max(len(train) // 4, 2)))


def pca(train: Array, seed: int) -> Scorer:
    """The squared error of a window rebuilt from the components that keep 90 % of the variance, over windows."""
    windows, length = standard_windows(train)
    model = principal(windows, train, seed)

    def error(w: Array) -> Array:
        centred = w - model.mean
        return np.asarray((centred**2).sum(axis=1) - ((centred @ model.axes.T) ** 2).sum(axis=1))

    return lambda series: cover_mean(_per_window(windows, series, error, length), length)


def isolation_forest(train: Array, seed: int) -> Scorer:
    """How few random cuts set a window apart, over windows. Liu et al., Isolation Forest, ICDM 2008."""
    windows, length = standard_windows(train)
    forest = IsolationForest(random_state=seed, n_jobs=1).fit(_flat(_thinned(windows(train))))
    return lambda series: cover_mean(
        _per_window(windows, series, lambda w: -np.asarray(forest.score_samples(w)), length), length
    )


def kmeans(train: Array, seed: int, n_clusters: int = 20) -> Scorer:
    """The distance of a window to the nearest of 20 typical ones, over windows (KMeansAD, Yairi et al. 2001)."""
    windows, length = standard_windows(train)
    drawn = _flat(_thinned(windows(train)))
    clusters = min(n_clusters, len(np.unique(drawn, axis=0)))
    model = KMeans(clusters, n_init=3, random_state=seed).fit(drawn)
    return lambda series: cover_mean(
        _per_window(windows, series, lambda w: np.asarray(model.transform(w)).min(axis=1), length), length
    )


def held_out_threshold(baseline: Baseline, train: Array, seed: int, budget: float) -> float:
    """The score that a share `budget` of the last fifth of the train span exceeds when only the rest is fitted.

    No label is needed. With fewer than 1 / budget rows it is their highest score.
    """
    cut = len(train) * 4 // 5
    held_out = baseline(train[:cut], seed)(train)[cut:]
    return float(np.quantile(held_out, 1 - budget, method="higher"))


def window_length(train: Array) -> int:
    """One period in rows: the median over the signal channels, within 16 to 150 and a quarter of the span."""
    periods = [period_length(channel) for channel in train[:, signal_channels(train)].T]
    return int(min(np.clip(np.median(periods), 16, 150), max(len(train) // 4, 2)))


def signal_channels(train: Array) -> Flags:
    """Which channels are no binary commands, that is not all 0 and 1 in the train span: (D,) bool; all if none is."""
    signal = np.asarray(~np.isin(train, (0.0, 1.0)).all(axis=0))
    return signal if signal.any() else np.ones_like(signal)


def channel_spread(train: Array) -> Array:
    """Standard deviation per channel, (D,); 1 where a channel does not move."""
    spread = train.std(axis=0)
    return np.where(spread > 1e-9 * np.maximum(np.abs(train).max(axis=0), 1), spread, 1.0)


def standard_windows(train: Array) -> tuple[Callable[[Array], Array], int]:
    """A function from a series (T, D) to its windows (N, D, L), by the train span's mean and spread; and L."""
    mean, spread, length = train.mean(axis=0), channel_spread(train), window_length(train)
    return lambda series: sliding_window_view((series - mean) / spread, length, axis=0), length


def principal(windows: Callable[[Array], Array], train: Array, seed: int, explained: float = 0.9) -> Principal:
    """Principal components of the train windows that keep a share `kept` of their variance."""
    w = windows(train)
    features = w.shape[1] * w.shape[2]
    if features > MAX_EXACT_FEATURES:
        w = _thinned(w)
    flat = _flat(w)
    mean = flat.mean(axis=0)
    centred = flat - mean
    total = float((centred**2).sum()) / len(flat)
    if features > MAX_EXACT_FEATURES:
        _, s, axes = randomized_svd(centred, min(MAX_COMPONENTS, len(flat)), n_iter=4, random_state=seed)
        variances = s**2 / len(flat)
    else:
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(flat))
        variances, axes = variances[::-1], vectors[:, ::-1].T
    k = min(int(np.searchsorted(np.cumsum(variances), explained * total)) + 1, len(variances))
    left_out = (total - float(variances[:k].sum())) / max(features - k, 1)
    floor = max(1e-9 * total / features, 1e-12)
    return Principal(mean, axes[:k], np.maximum(variances[:k], floor), max(left_out, floor))


def energy(model: Principal, w: Array) -> Array:
    """Minus twice the log-density of windows (N, F), up to a constant: (N,)."""
    centred = w - model.mean
    z = centred @ model.axes.T  # (N, K)
    residual = np.maximum((centred**2).sum(axis=1) - (z**2).sum(axis=1), 0)
    return np.asarray((z**2 / model.variances).sum(axis=1) + residual / model.residual_variance)


def cover_mean(per_window: Array, length: int) -> Array:
    """The mean over the windows of `length` rows that cover a row: (N,) -> (T,), T = N + length - 1."""
    total = np.convolve(per_window, np.ones(length))  # no running sum: one huge score must not blur the rest
    count = np.convolve(np.ones(len(per_window)), np.ones(length))
    return np.asarray(total / count)


def _windowed_ppca(train: Array, seed: int, length: int) -> Scorer:
    channels = signal_channels(train)
    spread = channel_spread(train[:, channels])

    def windows(series: Array) -> Array:
        w = sliding_window_view(series[:, channels] / spread, length, axis=0)  # (N, D, L)
        return np.asarray(w - w.mean(axis=2, keepdims=True))

    model = principal(windows, train, seed)
    return lambda series: cover_mean(_per_window(windows, series, lambda w: energy(model, w), length), length)


def _flat(w: Array) -> Array:
    return w.reshape(len(w), -1)


def _thinned(w: Array) -> Array:
    return w[:: -(-len(w) // MAX_FIT_WINDOWS)]


def _per_window(windows: Callable[[Array], Array], series: Array, score: Scorer, length: int) -> Array:
    """The score of every window of a series, a chunk at a time: (T, D) -> (T - length + 1,)."""
    n = len(series) - length + 1
    if n < 1:
        raise ValueError(f"a series of {len(series)} rows is shorter than the window of {length}; give more rows")
    return np.concatenate([score(_flat(windows(series[i : i + CHUNK + length - 1]))) for i in range(0, n, CHUNK)])
