"""The source `files`: a family's inbox, a folder, a file or a pattern, on this machine or in an object store."""

from __future__ import annotations

from datetime import date

import pandas as pd

from sensors_data.series.intake import readings
from sensors_data.settings import Family


def days(family: Family) -> list[date]:
    """Every UTC day for which the inbox holds a value with a readable time, sorted."""
    return readings.days_in(family)


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, as the files of the inbox hold them."""
    return readings.read_day(family, day)
