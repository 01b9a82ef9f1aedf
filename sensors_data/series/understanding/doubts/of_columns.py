"""Doubts about columns: units, factors and grades that stand beside the values and were not used."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence, named

_FACTORS = frozenset((
    "multiplier", "divisor", "factor", "faktor", "scale", "scaling", "scalefactor", "exponent", "powerof10", "teiler",
))  # fmt: skip
_GRADES = re.compile(r"\bqc\b|qc$|qual|\bflags?\b|flag$|valid|플래그|质量|品質|qualit|kvalit|calidad", re.IGNORECASE)


def doubts_of_columns(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about columns that say something of the values."""
    yield from _units(seen)
    for column in seen.understood.columns:
        if column.numeric and column.called(_FACTORS) and not set(np.unique(column.values)) <= {0.0, 1.0}:
            shown = f"like {column.values[0]:g}"
            yield Doubt(f"'{column.name}' looks like a factor of each row's values, {shown}, which is not used", True)
    grades = [name for name in seen.family.sensors if seen.wide and _GRADES.search(name) and _is_grade(seen, name)]
    if grades:
        yield Doubt(f"{named(grades)} may grade values and are read as sensors: write quality and good in the layout")
    yield from _machines_of_sensors(seen)


def _is_grade(seen: Evidence, name: str) -> bool:
    """Whether a sensor's values are few, whole or words."""
    column = seen.columns.get(name)
    return column is not None and len(column.distinct) <= 12 and (column.whole or not column.numeric)


def _units(seen: Evidence) -> Iterator[Doubt]:
    """Values of one sensor in several units."""
    labels = seen.understood.roles.labels
    unit = seen.columns.get(labels.unit)
    if unit is None or len(unit.distinct) < 2:
        return
    layout = seen.family.layout
    sensor = list(labels.sensor or (layout.sensor if layout.kind == "day" and not layout.value else ()))
    keys = list(dict.fromkeys([*labels.asset, *sensor]))
    frame = pd.DataFrame({name: seen.columns[name].cells.astype(str).to_numpy() for name in (*keys, unit.name)})
    several = frame.groupby(sensor)[unit.name].nunique() if sensor else pd.Series([2])
    if (several > 1).any():
        name = several.idxmax() if sensor else "one sensor"
        shown = named([str(word) for word in unit.distinct])
        yield Doubt(f"values of {name} come in several units, {shown}, and are not converted: convert them first", True)


def _machines_of_sensors(seen: Evidence) -> Iterator[Doubt]:
    """A column of machines that each have sensors of their own, all of which are read as one machine's."""
    labels = seen.understood.roles.labels
    if not labels.sensor or labels.asset:
        return
    key = seen.columns[labels.sensor[0]].cells.astype(str)
    for column in seen.understood.columns:
        known = column.named(WORDS["asset"]) or column.lower.replace(" ", "") in ("hostid", "deviceid", "machineid")
        fewer = 1 < len(column.distinct) < key.nunique()
        if not known or not fewer or column.name in labels.sensor:
            continue
        if column.cells.astype(str).groupby(key).nunique().max() == 1:
            things = f"'{column.name}' names {len(column.distinct)} things with sensors of their own"
            yield Doubt(f"{things}, read as one machine: --asset {column.name} parts them")
            return
