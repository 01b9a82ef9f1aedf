"""Would a fault be found tonight? Faults planted in copies of the night's own readings, never stored as scores."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.planted import KINDS, LENGTHS, Fault, Trial, try_faults
from sensors_data.series.grids.grid import Grid
from sensors_data.tables import TABLES

SIZES = (3.0, 6.0, 12.0)
"""Standard deviations, smallest first; the first that is found ends a kind's trials."""
ASSETS = 2
"""Assets that are tried a night and shard, others every night."""
MIN_OBSERVED = 0.8
"""Share of a fault's rows that must be measured."""


def self_test(detector: Detector, grids: dict[str, Grid], day: date, assets: list[str]) -> pd.DataFrame:
    """Rows of `self_tests`: for some assets every kind of fault in one sensor, at the smallest size that was found.

    Where and in which sensor follows from the day and the asset, so that a rerun says the same.
    """
    ranked = sorted(assets, key=lambda asset: _number(day, asset, "asset"))
    places = [_place(detector, grids[asset], day, asset, kind) for asset in ranked[:ASSETS] for kind in KINDS]
    trials = _smallest(detector, [place for place in places if place is not None])
    rows = [
        {
            "time": pd.Timestamp(trial.start, tz="UTC"),
            "asset": asset,
            "sensor": trial.sensor,
            "kind": trial.kind,
            "size": trial.size,
            "ratio": trial.ratio,
            "found": trial.found,
            "model": detector.name,
        }
        for asset, trial in trials
    ]
    return TABLES["self_tests"].frame(rows)


def _place(detector: Detector, grid: Grid, day: date, asset: str, kind: str) -> Fault | None:
    """Where a fault of a kind is planted, at its smallest size; None where there is no place for it."""
    today = int(np.searchsorted(grid.times, np.datetime64(day, "us")))
    room = len(grid) - today - LENGTHS[kind]
    if room < 1:
        return None
    first = today + _number(day, asset, kind) % room
    column = _number(day, asset, f"{kind} sensor") % len(detector.card.modelled)
    sensor = int(detector.card.modelled_columns[column])
    if grid.observed[first : first + LENGTHS[kind], sensor].mean() < MIN_OBSERVED:
        return None
    return Fault(grid, asset, kind, column, first, SIZES[-1] if kind == "stuck" else SIZES[0])


def _smallest(detector: Detector, faults: list[Fault]) -> list[tuple[str, Trial]]:
    """Each fault's asset and its trial at the smallest size that is found, else at the largest; not those that have no
    score. The trials of a size share batches.
    """
    trials: dict[int, Trial] = {}
    for size in SIZES:
        missed = {place: fault for place, fault in enumerate(faults) if not (place in trials and trials[place].found)}
        turn = {place: replace(fault, size=size) for place, fault in missed.items() if fault.size <= size}
        trials |= dict(zip(turn, try_faults(detector, list(turn.values())), strict=True))
    return [(faults[place].asset, trials[place]) for place in sorted(trials) if np.isfinite(trials[place].ratio)]


def _number(day: date, asset: str, about: str) -> int:
    """A number that looks drawn and is the same on every run."""
    return int.from_bytes(hashlib.sha256(f"{day}\n{asset}\n{about}".encode()).digest()[:8], "big")
