"""Scales of the assets of a large fleet outside the training sample: a table, one file per shard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from anomaly.series.span import ABNORMAL
from sensors_data.provenance import Provenance
from sensors_data.series.grids.grid import Scale, as_us, spread_floor
from sensors_data.series.grids.grid_table import read_rows
from sensors_data.settings import Family
from sensors_data.store import Store, shard_of
from sensors_data.tables import TABLES
from sensors_data.wide_rows import WideRows

DAYS = 3
"""Days of the training span that an asset's scale is taken from, evenly spaced, its last one among them."""


@dataclass(frozen=True)
class FleetScales:
    """The scales that a training wrote to the store; those of a shard are read when first needed."""

    store: Store
    family: str
    day: date
    shards: int
    _read: dict[int, dict[str, Scale]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, asset: str) -> Scale | None:
        """An asset's scale, None if it was unknown at training."""
        shard = shard_of(asset, self.shards)
        if shard not in self._read:
            rows = self.store.read("scales", family=self.family, day=self.day, shard=shard)
            self._read[shard] = {
                str(name): Scale(part["center"].to_numpy(), part["spread"].to_numpy())
                for name, part in rows.groupby("asset", sort=False)
            }
        return self._read[shard].get(asset)


def fleet_scales(
    store: Store, spec: Family, family: str, days: list[date], incidents: pd.DataFrame
) -> dict[str, Scale]:
    """Each asset's scale over some of the `days`, a shard's day in memory at a time."""
    chosen = sorted({days[-1 - place * len(days) // DAYS] for place in range(DAYS)})
    scales: dict[str, Scale] = {}
    for shard in range(spec.shards):
        parts: dict[str, list[np.ndarray]] = {}
        for day in chosen:
            rows = read_rows(store, spec, store.written("grid", [day], family=family, shard=shard))
            for asset, moments in zip(rows.assets, _moments(rows, _abnormal(rows, incidents)), strict=True):
                parts.setdefault(asset, []).append(moments)
        scales |= {asset: _scale(np.stack(moments)) for asset, moments in parts.items()}
    return scales


def _abnormal(rows: WideRows, incidents: pd.DataFrame) -> np.ndarray:
    """Which rows lie in an incident that is not normal, (N,) bool."""
    inside = np.zeros(len(rows), dtype=bool)
    if incidents.empty or not len(rows):
        return inside
    of_all = incidents["asset"].isna()
    near = incidents["kind"].isin(ABNORMAL) & (of_all | incidents["asset"].isin(rows.assets))
    for start, end, asset in incidents.loc[near, ["start", "end", "asset"]].itertuples(index=False):
        during = (rows.time >= as_us(start)) & (rows.time < as_us(end))
        inside |= during & (rows.asset == rows.assets.index(asset)) if isinstance(asset, str) else during
    return inside


def _moments(rows: WideRows, abnormal: np.ndarray) -> np.ndarray:
    """Count, mean, sum of squares about it and largest size of each sensor's normal values, an asset each, (A, 4, D).

    The rows are sorted by asset.
    """
    if not len(rows):
        return np.empty((0, 4, len(rows.sensors)))
    begins = np.searchsorted(rows.asset, np.arange(len(rows.assets)))
    usable = (rows.observed & ~abnormal[:, None] & np.isfinite(rows.values)).T  # (D, N)
    values = np.where(usable, rows.values.T, 0.0).astype(np.float64)
    count = np.add.reduceat(usable, begins, axis=1, dtype=np.int64)  # (D, A)
    mean = np.add.reduceat(values, begins, axis=1) / np.maximum(count, 1)
    square = np.add.reduceat(np.where(usable, values - mean[:, rows.asset], 0.0) ** 2, begins, axis=1)
    largest = np.maximum.reduceat(np.abs(values), begins, axis=1)
    return np.stack([count, mean, square, largest]).transpose(2, 0, 1)


def _scale(moments: np.ndarray) -> Scale:
    """The scale that `fit_scale` gives of all days' values, from each day's moments (days, 4, D)."""
    count, mean, square, largest = moments.swapaxes(0, 1)  # (days, D) each
    total = np.maximum(count.sum(axis=0), 1)
    center = (count * mean).sum(axis=0) / total
    spread = np.sqrt((square + count * (mean - center) ** 2).sum(axis=0) / total)
    return Scale(center, np.maximum(spread, spread_floor(largest.max(axis=0))))


def spread_sample(scales: dict[str, Scale], count: int) -> list[str]:
    """`count` assets, evenly spaced over the fleet in order of how much their sensors move; sorted by name."""
    assets = sorted(scales)
    moves = np.log(np.stack([scales[asset].spread for asset in assets]))  # (A, D)
    order = np.argsort((moves - np.median(moves, axis=0)).mean(axis=1), kind="stable")
    places = ((np.arange(count) + 0.5) * len(assets) / count).astype(np.int64)
    return sorted(assets[place] for place in order[places])


def keep_scales(
    store: Store, source: Provenance, family: str, day: date, shards: int, scales: dict[str, Scale], sensors: list[str]
) -> None:
    """Write the table `scales` of a training through `day`, a file a shard."""
    by_shard: dict[int, list[str]] = {shard: [] for shard in range(shards)}
    for asset in sorted(scales):
        by_shard[shard_of(asset, shards)].append(asset)
    for shard, assets in by_shard.items():
        rows = {
            "asset": np.repeat(np.array(assets, dtype=object), len(sensors)),
            "sensor": np.tile(np.array(sensors, dtype=object), len(assets)),
            "place": np.tile(np.arange(len(sensors)), len(assets)),
            "center": np.concatenate([np.empty(0), *(scales[asset].center for asset in assets)]),
            "spread": np.concatenate([np.empty(0), *(scales[asset].spread for asset in assets)]),
        }
        frame = pd.DataFrame(rows) if assets else TABLES["scales"].frame()
        store.write("scales", frame, source, family=family, day=day, shard=shard)
