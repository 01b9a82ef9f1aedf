"""How well a score or a set of alarms agrees with labels: threshold-free areas, alarm counts, the NAB score.

Labels are 0/1 per row, a run of ones is one event; a score is higher where a row is more anomalous.
The areas equal TSB_AD 1.5, whose evaluation is the published one, over the whole series.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Areas:
    """Areas under the range-aware ROC and precision-recall curves, each between 0 and 1."""

    roc: float
    pr: float


@dataclass(frozen=True)
class Agreement:
    """Precision, recall and their harmonic mean, each between 0 and 1."""

    precision: float
    recall: float
    f1: float


def agreement(precision: float, recall: float) -> Agreement:
    """Precision and recall with F1; F1 is 0 where nothing was found or nothing was flagged."""
    both = precision > 0 and recall > 0
    return Agreement(precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0)


def events(flags: ArrayLike) -> tuple[Rows, Rows]:
    """First row and one past the last row of every run of ones: (T,) -> (E,), (E,)."""
    edges = np.diff(np.asarray(flags).astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def vus(labels: ArrayLike, score: ArrayLike, window: int, n_thresholds: int = 250) -> Areas:
    """Volume under the surface: the range-aware areas averaged over the buffers 0, 1, ..., `window` rows.

    Paparrizos et al., Volume Under the Surface, VLDB 2022. ValueError without an event or a normal row.
    """
    roc, pr = _range_areas(*_checked(labels, score), range(window + 1), n_thresholds)
    return Areas(float(roc.mean()), float(pr.mean()))


def range_auc(labels: ArrayLike, score: ArrayLike, window: int, n_thresholds: int = 250) -> Areas:
    """Range-aware areas at one buffer of `window` rows, half of them on either side of an event."""
    roc, pr = _range_areas(*_checked(labels, score), range(window, window + 1), n_thresholds)
    return Areas(float(roc[0]), float(pr[0]))


def auc_pr(labels: ArrayLike, score: ArrayLike) -> float:
    """Average precision per row: the mean precision over the recall that each distinct score adds."""
    return float(average_precision_score(*_checked(labels, score)))


def auc_roc(labels: ArrayLike, score: ArrayLike) -> float:
    """Probability that an anomalous row scores above a normal one, ties counted half."""
    return float(roc_auc_score(*_checked(labels, score)))


def row_agreement(labels: ArrayLike, alarms: ArrayLike) -> Agreement:
    """Precision, recall and F1 over rows; 0 where they are not defined. No point adjustment."""
    flags, raised = checked_alarms(labels, alarms)
    precision, recall, f1, _ = precision_recall_fscore_support(flags, raised, average="binary", zero_division=0.0)
    return Agreement(float(precision), float(recall), float(f1))


def event_recall(labels: ArrayLike, alarms: ArrayLike) -> float:
    """Share of the labelled events with an alarm in at least one row; NaN without an event."""
    flags, raised = checked_alarms(labels, alarms)
    starts, ends = events(flags)
    hits = np.append(0, np.cumsum(raised))
    return float(np.mean(hits[ends] > hits[starts])) if len(starts) else float("nan")


def false_alarms(labels: ArrayLike, alarms: ArrayLike) -> int:
    """Runs of alarm rows that touch no labelled row."""
    flags, raised = checked_alarms(labels, alarms)
    starts, ends = events(raised)
    hits = np.append(0, np.cumsum(flags))
    return int(np.sum(hits[ends] == hits[starts]))


def false_alarms_per_10k(labels: ArrayLike, alarms: ArrayLike) -> float:
    """False alarms in 10,000 rows; NaN without a row."""
    n = len(np.asarray(labels))
    return false_alarms(labels, alarms) * 10_000 / n if n else float("nan")


def false_alarms_per_day(labels: ArrayLike, alarms: ArrayLike, step_s: float) -> float:
    """False alarms in a day of rows that are `step_s` seconds apart; NaN without a row."""
    return false_alarms_per_10k(labels, alarms) / 10_000 * 86_400 / step_s


def nab_score(labels: ArrayLike, alarms: ArrayLike, false_alarm_weight: float = 0.11) -> float:
    """Numenta's score: 100 when every event is flagged in its first row alone, 0 without an alarm, negative below that.

    An event earns by its earliest alarm row, a sigmoid of the position in it; a missed one costs 1; an alarm row
    outside costs up to `false_alarm_weight`, less just after an event (.11 standard, .22 for few false alarms).
    Rows of the probation, the first 15 % and at most 750, do not count. NaN without a later event.
    Lavin and Ahmad, Evaluating Real-time Anomaly Detection Algorithms, ICMLA 2015.
    """
    flags, raised = checked_alarms(labels, alarms)
    starts, ends = events(flags)
    row = np.arange(len(flags))
    scored = row >= min(int(0.15 * len(flags)), 750)
    width = ends - starts
    event = np.searchsorted(starts, row, side="right") - 1  # the event a row is in or after, -1 before the first
    past = (row - (ends[event] - 1)) / np.maximum(width[event] - 1, 1) if len(starts) else np.full(len(row), 3.0)
    past = np.where((event < 0) | (past >= 3), np.inf, past)
    inside = -(ends[event] - row) / width[event] if len(starts) else past
    gain = np.tanh(-2.5 * np.where(flags, inside, past))  # 2 sigmoid(-5 x) - 1
    counted = np.unique(event[flags & scored])
    if len(counted) == 0:
        return float("nan")
    best = np.full(len(starts), -1.0)
    hit = flags & raised & scored
    np.maximum.at(best, event[hit], gain[hit] / np.tanh(2.5))
    cost = false_alarm_weight * float(gain[raised & scored & ~flags].sum())
    return 100 * (float(best[counted].sum()) + cost + len(counted)) / (2 * len(counted))


def checked_alarms(labels: ArrayLike, alarms: ArrayLike) -> tuple[Flags, Flags]:
    """Labels and alarms as flags, (T,) and (T,); ValueError where their shapes differ."""
    flags, raised = np.asarray(labels) > 0, np.asarray(alarms) > 0
    if flags.ndim != 1 or flags.shape != raised.shape:
        raise ValueError(f"labels {flags.shape} and alarms {raised.shape} must both be (T,); one value per row")
    return flags, raised


def _checked(labels: ArrayLike, score: ArrayLike) -> tuple[Flags, Array]:
    flags, s = np.asarray(labels) > 0, np.asarray(score, dtype=np.float64)
    if flags.ndim != 1 or flags.shape != s.shape:
        raise ValueError(f"labels {flags.shape} and score {s.shape} must both be (T,); one value per row")
    if flags.all() or not flags.any():
        raise ValueError(f"{flags.sum()} of {len(flags)} rows are labelled; an area needs both kinds of row")
    if not np.isfinite(s).all():
        row = int(np.argmin(np.isfinite(s)))
        raise ValueError(f"score of row {row} is {s[row]}; give every row a finite score before evaluation")
    return flags, s


def _range_areas(flags: Flags, score: Array, windows: range, n_thresholds: int) -> tuple[Array, Array]:
    """Areas under the range-aware ROC and precision-recall curves per window: (W,), (W,).

    A row's weight is 1 in an event and sqrt(1 - d / window) at d <= window // 2 rows from one. `first` is the
    number of the first threshold that flags a row, so a count over it, summed up, holds for all thresholds.
    """
    starts, ends = events(flags)
    thresholds = -np.sort(-score)[np.linspace(0, len(score) - 1, n_thresholds).astype(int)]
    first = n_thresholds - np.searchsorted(thresholds[::-1], score, side="right")  # (T,)
    n_flagged = np.cumsum(np.bincount(first, minlength=n_thresholds))  # (J,)
    hits = np.cumsum(np.bincount(first[flags], minlength=n_thresholds))  # (J,)
    near = _near_rows(flags, starts, ends, windows[-1] // 2)  # (H, 2 E), T where there is no such row
    rows, place = np.unique(near, return_inverse=True)
    place = place.reshape(near.shape)
    first_near = np.append(first, n_thresholds)[rows]
    roc, pr = np.empty(len(windows)), np.empty(len(windows))
    for i, window in enumerate(windows):
        half = window // 2
        weight = np.repeat(np.sqrt(1 - np.arange(1, half + 1) / max(window, 1)), near.shape[1])
        weight = np.minimum(np.bincount(place[:half].ravel(), weight, minlength=len(rows)), 1.0)
        buffered = np.cumsum(np.bincount(first_near, weight, minlength=n_thresholds + 1)[:n_thresholds])
        true_positives = hits + buffered
        positives = flags.sum() + buffered / 2
        recall = np.minimum(true_positives / positives, 1) * _found_share(first, starts, ends, half, n_thresholds)
        false_alarm_rate = (n_flagged - true_positives) / (len(flags) - positives)
        recall, false_alarm_rate = np.append(0, recall), np.append(0, false_alarm_rate)
        pr[i] = np.sum(np.diff(recall) * true_positives / n_flagged)
        roc[i] = np.trapezoid(np.append(recall, 1), np.append(false_alarm_rate, 1))
    return roc, pr


def _near_rows(flags: Flags, starts: Rows, ends: Rows, half: int) -> Rows:
    """Rows at d = 1..half before and after every event: (half, 2 E); T for one outside the series or in an event."""
    d = np.arange(1, half + 1)[:, None]
    rows = np.concatenate([starts - d, ends - 1 + d], axis=1)
    inside = (rows >= 0) & (rows < len(flags))
    normal = ~flags[np.where(inside, rows, 0)]
    return np.where(inside & normal, rows, len(flags))


def _found_share(first: Rows, starts: Rows, ends: Rows, half: int, n_thresholds: int) -> Array:
    """Share of the events, joined where their buffers meet, with a flagged row, per threshold: (J,)."""
    apart = ends[:-1] - 1 + half < starts[1:] - half
    left = np.maximum(np.append(starts[0], starts[1:][apart]) - half, 0)
    right = np.minimum(np.append(ends[:-1][apart], ends[-1]) + half, len(first))
    padded = np.append(first, n_thresholds)
    earliest = np.minimum.reduceat(padded, np.stack([left, right], axis=1).ravel())[::2]
    return np.cumsum(np.bincount(earliest, minlength=n_thresholds)[:n_thresholds]) / len(left)
