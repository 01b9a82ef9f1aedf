"""Words for the states of a machine, numbered: a few different words that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sensors_data.section import LABEL

MOST_STATES = 12
COVERED = 0.98
"""The states' words fill at least this share of the cells that are not blank."""
COMES_AGAIN = 5
"""How often a state's word must stand there."""

NO_STATES = frozenset(
    {"unavailable", "unknown", "no data", "bad", "bad input", "i/o timeout", "pt created", "shutdown", "calc failed",
     "not connect", "no sample", "configure", "scan off", "comm fail", "invalid", "out of serv"}
)  # fmt: skip
"""What historians write where there is no value."""


def states_in(words: pd.Series) -> dict[str, float]:
    """The words of a sensor of states, numbered from 0 by how often they come; empty where cells hold other texts.

    `words` are the cells that are not blank, without blanks around.
    """
    folded = words.str.casefold()
    folded = folded[~folded.isin(NO_STATES)]
    counts = folded.value_counts()
    often = counts[counts >= COMES_AGAIN]
    if not 2 <= len(often) <= MOST_STATES or often.sum() < COVERED * len(folded):
        return {}
    if not all(pd.Series(often.index).str.fullmatch(LABEL)) or often.index.str.contains(r'["\\]').any():
        return {}
    order = sorted(often.index, key=lambda word: (-int(often[word]), str(word)))
    spelled = words.groupby(words.str.casefold()).first()
    return {str(spelled[word]): float(number) for number, word in enumerate(order)}


def told_by_calendar(words: pd.Series, moments: pd.Series) -> bool:
    """Whether words are names of weekdays or months: each stands for one of them, and for no other."""
    known = moments.loc[words.index].dropna()
    names = words[known.index].str.casefold()
    for part in (known.dt.day_of_week, known.dt.month):
        pairs = pd.DataFrame({"name": names.to_numpy(), "part": part.to_numpy()}).drop_duplicates()
        if len(pairs) >= 3 and np.all(pairs.nunique() == len(pairs)):
            return True
    return False
