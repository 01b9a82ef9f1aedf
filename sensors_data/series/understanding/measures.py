"""What a column measures: numbers, states in words, or nothing that can be read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.label_words import bare
from sensors_data.series.values.word_states import states_in, told_by_calendar

_NAMES_THINGS = WORDS["asset"] | WORDS["spare"] | WORDS["kinds of things"]
_ON_OFF = {frozenset(pair.split("/")): pair.split("/") for pair in sorted(map(bare, WORDS["off/on"]))}


@dataclass(frozen=True)
class Role:
    """What a column is taken for, why, and how sure that is."""

    column: str
    role: str
    evidence: str
    confidence: float = 0.9


@dataclass(frozen=True)
class Measured:
    """A column's role and, of words, the number of each; none where the numbers stand in the cells."""

    role: Role
    states: dict[str, float] = field(default_factory=dict)


def measured(column: Column, moments: pd.Series) -> Measured:
    """A column that is none of the others: a sensor of numbers or states, or ignored with the reason."""
    if column.cells.dtype.kind == "b":
        return Measured(Role(column.name, "state", "false and true are 0 and 1"))
    if column.numeric and not column.coded:
        return Measured(_numeric(column))
    if column.coded:
        return _ignored(column, f"a number and a code stand in one cell, like {column.distinct[0]}")
    pair = on_off(column.distinct) if len(column.distinct) == 2 else {}
    if pair:
        return Measured(Role(column.name, "state", f"{' and '.join(pair)} are 0 and 1"), pair)
    if len(column.distinct) == 1:
        return _ignored(column, f"it always holds '{column.distinct[0][:30]}'")
    if told_by_calendar(column.filled, moments):
        return _ignored(column, "it repeats a part of the time")
    if 2 * len(column.filled) >= len(column.cells) and (words := states_in(column.filled)):
        evidence = f"{len(words)} words come again and again, like {next(iter(words))}"
        return Measured(Role(column.name, "state", evidence, 0.7), words)
    shown = ", ".join(str(word)[:16] for word in column.distinct[:4])
    return _ignored(column, f"text of {len(column.distinct)} kinds without an order ({shown})")


def on_off(words: pd.Index | np.ndarray) -> dict[str, float]:
    """The numbers of two words such as OFF and ON, as they are written; empty for other words."""
    lower = {bare(str(word)): str(word) for word in words}
    for pair, (off, on) in _ON_OFF.items():
        if lower and lower.keys() <= pair:
            return {lower.get(off, off): 0.0, lower.get(on, on): 1.0}
    return {}


def _ignored(column: Column, why: str) -> Measured:
    return Measured(Role(column.name, "ignored", why))


def _numeric(column: Column) -> Role:
    """A sensor of numbers, with what it looks like."""
    values = column.values
    if np.ptp(values) == 0 and (column.named(_NAMES_THINGS) or _is_padded(column) or column.name == column.distinct[0]):
        return Role(column.name, "ignored", "it is the number of a thing, and always the same")
    odd = len(column.filled) - len(values)
    words = f", {odd} cells are words" if odd else ""
    if set(np.unique(values)) <= {0.0, 1.0} and len(values) > 2:
        return Role(column.name, "state", f"only 0 and 1{words}")
    return Role(column.name, "sensor", f"{len(values) / max(1, len(column.filled)):.1%} numbers{words}")


def _is_padded(column: Column) -> bool:
    """Whether a column's one whole number is written with zeros in front, as numbers of things are."""
    return (
        len(column.distinct) == 1 and str(column.distinct[0]).startswith("0") and str(column.distinct[0])[1:].isdigit()
    )
