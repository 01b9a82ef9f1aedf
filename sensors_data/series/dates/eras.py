"""Years of the Buddhist calendar, as Thailand writes them: 2569 is 2026."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from sensors_data.series.dates.formats import BUDDHIST
from sensors_data.series.dates.forms import DateForm, date_form

_YEAR = re.compile(r"(?<!\d)(2[45]\d\d|2600)(?!\d)")


def buddhist_form(texts: pd.Series) -> DateForm | None:
    """The format of times whose years are all 2400 to 2600, with %K for the year; None for other texts."""
    distinct = pd.Series(texts.unique(), dtype="str")
    if not len(distinct) or not all(map(_YEAR.search, distinct[:200])):
        return None
    form = date_form(distinct.str.replace(_YEAR, lambda year: str(int(year[0]) - BUDDHIST), regex=True, n=1))
    if form is None or "%Y" not in form.style or not all(map(_YEAR.search, distinct)):
        return None
    why = "; ".join(filter(None, (f"years of the Buddhist calendar, {BUDDHIST} ahead", form.evidence)))
    rivals = tuple(style.replace("%Y", "%K") for style in form.rivals)
    return replace(form, style=form.style.replace("%Y", "%K"), rivals=rivals, evidence=why)
