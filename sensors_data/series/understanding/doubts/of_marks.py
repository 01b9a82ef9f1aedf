"""Doubts about words beside the values: rare ones whose rows hold what no sensor measures may be bad grades."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.doubts.evidence import MOST, Doubt, Evidence
from sensors_data.series.understanding.label_words import bare

_STATES = frozenset(bare(word) for pair in WORDS["off/on"] for word in pair.split("/")) | WORDS["states"]
"""Words for what a machine does, whose values are measured."""
RARE, STUCK, USUAL = 0.15, 0.9, 0.2
"""Most of the rows that a bad grade stands in; the share of those that are stuck, and the most of the others."""


def doubts_of_marks(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about columns of few words that are no quality, though the rows of a rare word hold no measured values."""
    for column in _of_words(seen):
        for word in column.distinct[:12]:
            if (why := _stuck(seen, column, str(word))) is not None:
                rows, text = why
                yield Doubt(
                    f"the {rows:,} rows with '{word}' in '{column.name}' {text}: if it grades them as bad, "
                    "write quality and good in the layout",
                    True,
                )
                break


def _of_words(seen: Evidence) -> Iterator[Column]:
    """The columns of few words that are left out or taken for states, and are no on and off."""
    open_ = {role.column for role in seen.understood.roles.roles if role.role in ("ignored", "state")}
    left_out = {column.name for column in seen.left_out}
    for column in seen.understood.columns:
        few = column.name in open_ and 1 < len(column.distinct) + column.blank.any() <= 12
        codes = column.numeric and column.whole and column.name in left_out
        if few and (codes or not column.numeric) and not all(bare(str(word)) in _STATES for word in column.distinct):
            yield column


def _stuck(seen: Evidence, column: Column, word: str) -> tuple[int, str] | None:
    """How many rows have a word, and what their values are that others are not; None where they are measured."""
    marked = (column.cells.astype(str).str.strip() == word).to_numpy()[:MOST]
    rows = int(marked.sum())
    if rows < 4 or rows > RARE * len(marked):
        return None
    frozen = zero = numbers = 0
    for number in _streams(seen):
        known = np.isfinite(number)
        inside, outside = known & marked, known & ~marked
        if inside.sum() < 4 or len(np.unique(number[outside])) < 10:
            continue
        numbers += 1
        before = pd.Series(np.where(known, number, np.nan)).ffill().shift().to_numpy()
        frozen += _apart(number == before, inside, outside)
        zero += _apart(number == 0, inside, outside)
    if numbers and 2 * zero > numbers:
        return rows, "hold 0, which others hardly do"
    return (rows, "repeat the value before, which others hardly do") if numbers and 2 * frozen > numbers else None


def _apart(held: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> bool:
    """Whether nearly all rows inside hold something and few outside do."""
    return bool(held[inside].mean() >= STUCK and held[outside].mean() <= USUAL)


def _streams(seen: Evidence) -> Iterator[np.ndarray]:
    """The numbers of each sensor of each machine in the rows of the file, NaN where a row has none; a few of them."""
    labels = seen.understood.roles.labels
    keys = [seen.columns[name].cells.astype(str) for name in (*labels.asset, *labels.sensor)]
    names = ["\x1f".join(row) for row in zip(*(key[:MOST] for key in keys), strict=True)]
    whose = pd.factorize(pd.Series(names))[0] if keys else np.zeros(1, dtype=int)
    values = [labels.value] if labels.sensor else [name for name in seen.sensors if name in seen.columns][:8]
    for number in (seen.columns[name].number[:MOST] for name in values):
        for one in np.unique(whose)[:8]:
            yield np.where(whose == one, number, np.nan)
