"""The moment at which a run began, by the lines above a table whose times count from there."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from sensors_data.series.dates.formats import read_texts
from sensors_data.series.dates.forms import date_form
from sensors_data.series.understanding.time_guess import TimeColumns

UNDATED = "2000-01-01"
"""Where a count begins that no line dates."""
_BEGINS = re.compile(
    r"\b(?:start|started|starttime|begin|began|beginning|acquisition|recorded|anfang|beginn|debut|début)", re.IGNORECASE
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?)?")


def start_told(preamble: tuple[str, ...]) -> tuple[str, str] | None:
    """The moment in the first line that says when a run began, as ISO 8601, and what may be wrong with it."""
    for line in preamble:
        match = _DATE.search(line) if _BEGINS.search(line) else None
        text = re.sub(r"[T ,]+", " ", match[0]) if match else ""
        form = date_form(pd.Series([text])) if text else None
        if form is None:
            continue
        moment = read_texts(pd.Series([text]), form.style)[0][0]
        if not np.isnat(moment):
            doubt = f"; '{text}' may be {form.style} or {form.rivals[0]}" if form.rivals else ""
            return str(
                moment.astype("datetime64[ms]")
            ), f"counted from {moment.astype('datetime64[s]')}, {_said(line)}{doubt}"
    return None


def begun(time: TimeColumns, begin: tuple[str, str]) -> TimeColumns:
    """A count of times from a moment that a line above the table states."""
    return replace(time, keys={**time.keys, "start": begin[0]}, odd=(f"{time.columns[0]} is {begin[1]}",))


def _said(line: str) -> str:
    return f"as a line above the table says: '{line.strip()[:60]}'"
