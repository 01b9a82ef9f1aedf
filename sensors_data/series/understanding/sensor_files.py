"""Folders with a file a sensor: its name says what was measured, or each file has a column of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.dates.periods import PERIOD
from sensors_data.series.files.file_names import without_ending
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.label_words import is_called_value
from sensors_data.series.understanding.understand import Understood

_TAG = re.compile(r"(?<![A-Za-z])([AC-JLPQSTVWZ])D?[ITCRESYZV]{1,3}[-_ ]?\d{2,5}[A-Z]?(?![A-Za-z\d])")
"""A tag of an instrument as plants name them, `TI107` or `21-PIC-110`; the first letter says what it measures."""
_MOST = 200
"""Files that are understood one by one."""
_PERIOD_BEHIND = rf"^(.+?)[-_. ]*{PERIOD}[-_. ]*$"


def sensors_by_name(files: list[Path], understood: Understood) -> dict[str, object]:
    """The layout's keys for files that are called as quantities or tags and hold one column of values each; else {}."""
    layout, names = understood.layout, understood.roles.measures
    if layout.kind != "wide" or layout.asset or len(names) != 1 or len(files) < 2 or layout.times:
        return {}
    column = next(column for column in understood.columns if column.name == names[0])
    if not is_called_value(column):
        return {}
    stems = [without_ending(path.name) for path in files]
    quality = layout.quality if not isinstance(layout.quality, dict) else next(iter(layout.quality.values()), None)
    dated = [re.fullmatch(_PERIOD_BEHIND, stem) for stem in stems]
    bare = [match[1] for match in dated if match]
    if len(bare) == len(stems) and _are_sensors(bare):
        return {"sensor_from_file": _PERIOD_BEHIND, "quality": quality}
    for mark in ("_", "-", " "):
        pairs = [tuple(stem.rpartition(mark)[::2]) for stem in stems]
        if _are_machines(pairs):
            machine, sensor = rf"^(.+){mark}[^{mark}]+$", rf"{mark}([^{mark}]+)$"
            return {"asset_from_file": machine, "sensor_from_file": sensor, "quality": quality}
    return {"sensor_from_file": True, "quality": quality} if _are_sensors(stems) else {}


def _are_sensors(names: list[str]) -> bool:
    """Whether all names say what was measured, and not all the same: words for quantities, or tags of instruments."""
    quantities = [_quantities(name) for name in names]
    if all(quantities) and len(set().union(*quantities)) > 1:
        return True
    tags = [_TAG.search(name) for name in names]
    return all(tags) and len({tag[1] for tag in tags if tag}) > 1


def _are_machines(pairs: list[tuple[str, ...]]) -> bool:
    """Whether names are those of machines, each with a quantity: every machine has most of the quantities."""
    machines, quantities = {machine for machine, _ in pairs}, {quantity for _, quantity in pairs}
    full = len(set(pairs)) >= 0.8 * len(machines) * len(quantities)
    bare = "" not in machines and not any(map(_quantities, machines))
    return bare and min(len(machines), len(quantities)) > 1 and full and _are_sensors(sorted(quantities))


def _quantities(name: str) -> set[str]:
    """The words for quantities in a name, written with blanks, marks or capitals between."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    return {word for word in words if word in WORDS["quantities"] or word.rstrip("0123456789") in WORDS["quantities"]}


def is_one_a_file(parts: dict[Path, pd.DataFrame]) -> bool:
    """Whether each file holds one sensor, and no two files the same."""
    sensors = [part["sensor"].unique() for part in parts.values()]
    return len(parts) > 1 and all(len(names) == 1 for names in sensors) and len(set().union(*sensors)) == len(sensors)


def joined_columns(
    understood: Understood, others: list[Path], how: Callable[[Path], Understood]
) -> tuple[Layout, tuple[str, ...]] | None:
    """The layout and the sensors of files with a column of their own each; None where they share more or less.

    They have the columns of their times alike. What they leave out is left out of all.
    """
    first = understood.layout
    if first.kind != "wide" or first.asset or len(understood.roles.measures) != 1 or not 0 < len(others) <= _MOST:
        return None
    names, ignored, units = list(understood.roles.measures), dict.fromkeys(first.ignore), dict(first.cell_units)
    for path in others:
        try:
            other = how(path)
        except UnreadableError:
            continue
        alike = {"ignore": first.ignore, "cell_units": first.cell_units, "thousands": first.thousands}
        measures = other.roles.measures
        if other.layout.model_copy(update=alike) != first or len(measures) != 1 or measures[0] in first.ignore:
            continue
        names += measures
        ignored |= dict.fromkeys(name for name in other.layout.ignore if name not in names)
        units |= other.layout.cell_units
    if len(names) < 2:
        return None
    return first.model_copy(update={"ignore": tuple(ignored), "cell_units": units}), tuple(dict.fromkeys(names))
