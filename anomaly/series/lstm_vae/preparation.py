"""What every kind of detector learns from: standardised spans of the modelled sensors, and the card's first facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from anomaly.series.card import DetectorConfig
from anomaly.series.span import MIN_ROWS, Span, TrainingPlan
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import Grid, Scale, fit_scale


@dataclass(frozen=True)
class Prepared:
    """Spans ready to be learned from."""

    scales: dict[str, Scale]
    spans: list[Span]
    """The modelled sensors alone, in units of each asset's scale."""
    facts: dict[str, Any]
    """What the card of every kind says of them."""


def prepare(plan: TrainingPlan[DetectorConfig], spans: dict[str, Span]) -> Prepared:
    """Scales, standardised spans and facts for the card. UnusableError says how many normal rows are missing."""
    rows = sum(int(span.usable().any(axis=1).sum()) for span in spans.values())
    if rows < MIN_ROWS:
        reason = f"{plan.family} has {rows} observed normal rows to learn from"
        raise UnusableError(reason, f"at least {MIN_ROWS} are needed")
    sensors = next(iter(spans.values())).grid.sensors
    modelled = modelled_sensors(spans, plan.config.context)
    columns = [sensors.index(name) for name in modelled]
    scales = {asset: _scale(span) for asset, span in spans.items()}
    ready = [_standardised(span, scales[asset], columns) for asset, span in spans.items()]
    facts = {
        "family": plan.family,
        "trained_from": min(_day(span.grid) for span in spans.values()),
        "trained_through": plan.through,
        "sensors": sensors,
        "modelled": modelled,
        "assets": tuple(spans),
        "step_s": plan.step_s,
        "rows": rows,
        "held_out_rows": sum(len(span) - span.split for span in ready),
        "in_sample": all(span.split >= len(span) for span in ready),
        "config": plan.config,
        "seed": plan.seed,
    }
    return Prepared(scales, ready, facts)


def modelled_sensors(spans: dict[str, Span], context: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The sensors that are no context and no flags (0 and 1, at rest at 0); all, where every one is."""
    sensors = next(iter(spans.values())).grid.sensors
    modelled = []
    for column, name in enumerate(sensors):
        values = np.concatenate([s.grid.values[s.usable()[:, column], column] for s in spans.values()])
        if name not in context and not (len(values) and np.isin(values, (0.0, 1.0)).all() and values.min() == 0):
            modelled.append(name)
    return tuple(modelled) or sensors


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
