"""Columns of numbers that count the parts of a day beside a date: half hours, quarters, minutes, seconds, hours."""

from __future__ import annotations

import numpy as np

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column

_WHOLE = {"%P": (1, 46, 50), "%Q": (1, 92, 100), "%i": (0, 1_380, 1_439), "%s": (0, 79_200, 86_399)}
"""Whole counts: their first number, and the least and most that the last part of a day has, clock changes included."""


def count_of(column: Column) -> str | None:
    """The format of a column that counts the parts of a day and begins anew with each; None for another."""
    values = column.values
    if not column.numeric or len(values) < max(24, len(column.filled)):
        return None
    distinct = np.unique(values)
    steps = np.diff(distinct)
    even = len(steps) > 20 and (np.abs(steps - np.median(steps)) < 0.02 * np.median(steps) + 0.011).mean() > 0.9
    round_again = bool((np.diff(values) < 0).any()) and (np.diff(values) >= 0).mean() > 0.5
    if not even or not round_again:
        return None
    if not column.whole:
        hours = 0 <= distinct[0] < 1 and 22 <= distinct[-1] < 24 and column.named(WORDS["%H"])
        return "%h" if hours else None
    for sign, (first, least, most) in _WHOLE.items():
        if distinct[0] == first and least <= distinct[-1] <= most and (first == 0 or steps.max() == 1):
            return sign
    return None
