"""What a detector of a large fleet learns from: a sample of its assets, so that cost does not grow with the fleet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.fleet_scales import fleet_scales, keep_scales, spread_sample
from sensors_data.provenance import Provenance
from sensors_data.series.grids.grid import Grid, Scale
from sensors_data.series.grids.grid_table import day_rows, grids_of, read_rows
from sensors_data.settings import Family
from sensors_data.store import Store, shard_of

MOST_WORK = 8_000_000
"""Work of a training (rows of all assets times (sensors + ROW_WORK)) up to which all assets are learned from."""
ROW_WORK = 2
"""What a row costs whatever its sensors, in what a sensor's value costs."""
AT_A_TIME = 8
"""Assets whose rows are read together."""


@dataclass(frozen=True)
class Sample:
    """The assets of a fleet that a detector learns from, and the scales of all."""

    assets: list[str]
    scales: dict[str, Scale]


def sample_of(store: Store, spec: Family, family: str, day: date, incidents: pd.DataFrame) -> Sample | None:
    """The assets that a detector of `day` learns from; None where it learns from all: up to MOST_WORK, and where assets
    are commissioned.
    """
    known = set(store.days("grid", family=family))
    days = [d for d in span_days(spec, day) if d in known]
    if not days or spec.training.commissioning is not None:
        return None
    an_asset = len(days) * day_rows(spec) * (len(spec.sensors) + ROW_WORK)
    fleet = len(store.assets_in(store.written("grid", days[-1:], family=family)))
    if fleet * an_asset <= MOST_WORK:
        return None
    scales = fleet_scales(store, spec, family, days, incidents)
    return Sample(spread_sample(scales, max(1, MOST_WORK // an_asset)), scales)


def span_days(spec: Family, day: date) -> list[date]:
    """The days that a detector of `day` learns from."""
    return [day - timedelta(days=back) for back in range(spec.training.days, 0, -1)]


def sample_grids(store: Store, spec: Family, family: str, day: date, assets: list[str]) -> dict[str, Grid]:
    """The grids of some assets over the span of a detector of `day`, a few read at a time."""
    grids: dict[str, Grid] = {}
    near = sorted(assets, key=lambda asset: shard_of(asset, spec.shards))
    for some in (near[first : first + AT_A_TIME] for first in range(0, len(near), AT_A_TIME)):
        grids |= grids_of(read_rows(store, spec, sample_paths(store, spec, family, day, some), sorted(some)), spec)
    return dict(sorted(grids.items()))


def sample_paths(store: Store, spec: Family, family: str, day: date, assets: list[str]) -> list[str]:
    """The files of the grid that hold some assets' rows over the span of a detector of `day`."""
    shards = sorted({shard_of(asset, spec.shards) for asset in assets})
    each = [(d, shard) for d in span_days(spec, day) for shard in shards]
    return [path for d, shard in each for path in store.written("grid", [d], family=family, shard=shard)]


def with_fleet(store: Store, spec: Family, detector: Detector, sample: Sample) -> Detector:
    """The detector whose card says of how many assets it learned from a sample; the others' scales are kept.

    Where a rhythm is taken off, their spread is as much smaller as it is in the sample.
    """
    card = detector.card
    others = {asset: scale for asset, scale in sample.scales.items() if asset not in detector.scales}
    if detector.profile is not None:
        ratio = [detector.scales[a].spread / sample.scales[a].spread for a in detector.scales if a in sample.scales]
        smaller = np.minimum(np.median(ratio, axis=0), 1.0)
        others = {asset: Scale(scale.center, scale.spread * smaller) for asset, scale in others.items()}
    source = Provenance(job="train-series", model=detector.name, settings=card.settings, inputs=card.inputs)
    keep_scales(store, source, card.family, card.trained_through, spec.shards, others, list(card.sensors))
    fleet = {"fleet": len(sample.scales), "scales_day": card.trained_through, "scales_shards": spec.shards}
    return replace(detector, card=card.model_copy(update=fleet))
