"""How the intervals that were reported compare with the labelled events: what a team would count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.evaluation import scores as evaluation
from anomaly.evaluation.affiliation import affiliation
from benchmarks.nights.run import DAY, Dated

NAN = float("nan")


@dataclass(frozen=True)
class Figures:
    """Figures of one method on one series over the nights after its first training; NaN where not defined."""

    events: int
    reported: int
    event_recall: float = NAN
    precision: float = NAN
    """Share of the reported intervals that touch an event."""
    false_alarms_per_week: float = NAN
    found_over_stated: float = NAN
    """False alarms over those that the budget allows."""
    onset_error_rows: float = NAN
    """Median over the found events, absolute, of the interval that overlaps most."""
    end_error_rows: float = NAN
    overlap: float = NAN
    """Mean intersection over union of found events."""
    hours_reported: float = NAN
    hours_of_events: float = NAN
    affiliation_f: float = NAN
    nab: float = NAN
    """Numenta's standard score of each interval's first row."""


def measure(series: Dated, intervals: pd.DataFrame, budget: float) -> Figures:
    """Figures of reported intervals (start, end); labels count from the first night after the rows for fitting."""
    first_night = series.times[series.train_end].astype("datetime64[D]").astype("datetime64[us]")
    later = series.times >= first_night
    times, labels = series.times[later], series.labels[later]
    step = np.timedelta64(series.step, "us")
    edges = (np.searchsorted(times, intervals[side].to_numpy(dtype="datetime64[us]")) for side in ("start", "end"))
    rows = [(int(a), int(b)) for a, b in zip(*edges, strict=True) if b > a]
    flags = np.zeros(len(times), dtype=bool)
    for a, b in rows:
        flags[a:b] = True
    starts, ends = evaluation.events(labels)
    touches = [any(a < e and b > s for s, e in zip(starts, ends, strict=True)) for a, b in rows]
    weeks = float((times[-1] - times[0] + step) / DAY) / 7
    false = touches.count(False)
    overlaps = [best_overlap(int(s), int(e), rows) for s, e in zip(starts, ends, strict=True)]
    nearest = [overlap for overlap in overlaps if overlap is not None]
    hours = series.step.total_seconds() / 3600
    first_rows = np.zeros(len(times), dtype=bool)
    first_rows[[a for a, _ in rows]] = True
    return Figures(
        events=len(starts),
        reported=len(rows),
        event_recall=len(nearest) / len(starts) if len(starts) else NAN,
        precision=touches.count(True) / len(rows) if rows else NAN,
        false_alarms_per_week=false / weeks,
        found_over_stated=false / weeks / budget,
        onset_error_rows=float(np.median([abs(o[1]) for o in nearest])) if nearest else NAN,
        end_error_rows=float(np.median([abs(o[2]) for o in nearest])) if nearest else NAN,
        overlap=float(np.mean([o[0] for o in nearest])) if nearest else NAN,
        hours_reported=float(flags.sum()) * hours,
        hours_of_events=float(labels.sum()) * hours,
        affiliation_f=affiliation(labels, flags).f1 if len(starts) else NAN,
        nab=evaluation.nab_score(labels, first_rows) if len(starts) else NAN,
    )


def best_overlap(start: int, end: int, rows: list[tuple[int, int]]) -> tuple[float, int, int] | None:
    """Overlap, onset and end error of the interval that overlaps an event [start, end) most, in rows; None where none
    does.
    """
    near = [((min(b, end) - max(a, start)) / (max(b, end) - min(a, start)), a - start, b - end) for a, b in rows]
    near = [overlap for overlap in near if overlap[0] > 0]
    return max(near) if near else None
