"""What checks of an understanding look at, and a doubt that they raise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.understand import Understood
from sensors_data.settings import Family

MOST = 20_000
"""Rows of a sensor that are looked at."""


@dataclass(frozen=True)
class Doubt:
    """One thing that makes an understanding doubtful, with its remedy; a grave one says that it is likely wrong."""

    text: str
    grave: bool = False


@dataclass(frozen=True)
class Evidence:
    """What reading some files back by their settings gave.

    `readings` has all values (line, time, asset, sensor, value, number), `values` those that can be used, in the
    order of the file; `unread` counts the times that could not be read.
    """

    understood: Understood
    family: Family
    readings: pd.DataFrame
    values: pd.DataFrame
    refused: dict[str, int]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The file's columns by name."""
        return {column.name: column for column in self.understood.columns}

    @cached_property
    def sensors(self) -> dict[str, np.ndarray]:
        """The first values of each sensor, in the order of the file."""
        return {str(name): part.to_numpy()[:MOST] for name, part in self.values.groupby("sensor", sort=False)["value"]}

    @cached_property
    def left_out(self) -> list[Column]:
        """The columns that are not read."""
        names = {role.column for role in self.understood.roles.roles if role.role == "ignored"}
        return [column for column in self.understood.columns if column.name in names]

    @cached_property
    def said_more(self) -> set[str]:
        """The columns that say more of a machine that another column names."""
        return {role.column for role in self.understood.roles.roles if role.evidence.startswith("it says more of")}

    @property
    def wide(self) -> bool:
        """Whether each column of the file is a sensor."""
        return self.family.layout.kind == "wide"


def named(names: list[str]) -> str:
    """A few names in quotes."""
    return ", ".join(f"'{name[:30]}'" for name in names[:3]) + (", ..." if len(names) > 3 else "")
