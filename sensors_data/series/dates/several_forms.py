"""The format of a column of times in several files: one file does not settle day and month, and forms may change."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from sensors_data.series.dates.eras import buddhist_form
from sensors_data.series.dates.forms import DateForm, date_form

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"
_ALIKE = 0.95
"""Share of the texts of all files that one format reads, where they have one."""


def form_of_files(texts: pd.Series, others: tuple[str, ...]) -> DateForm | None:
    """The format of a file's times that suits the texts of other files as well; its own where none does.

    ISO 8601 is read beside any format with the year behind, so the format of the other texts is taken.
    """
    own = date_form(texts) or buddhist_form(texts)
    if own is None or not others:
        return own
    every = pd.concat([texts, pd.Series(others, dtype="str")], ignore_index=True)
    joint = date_form(every)
    if joint is not None and joint.share >= min(own.share, _ALIKE):
        return joint
    iso = every.str.fullmatch(_ISO).fillna(False)
    rest = date_form(every[~iso]) if iso.any() and not iso.all() else None
    if rest is None or rest.share < _ALIKE or not re.match(r"%[dmb]\D{1,3}%[dmb]\D{1,3}%Y", rest.style):
        return own
    return replace(rest, share=own.share, evidence="in some files; ISO 8601, as others have it, is read as well")
