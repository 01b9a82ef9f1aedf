"""A day's readings as a source gives them: all of them as a frame, or those of some assets at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import pandas as pd


class DayReadings(Protocol):
    """Readings of one day, one a time, asset and sensor."""

    @property
    def assets(self) -> list[str]:
        """The assets with a reading, sorted."""
        ...

    def frame(self, assets: Collection[str] | None = None) -> pd.DataFrame:
        """The readings (time, asset, sensor, value); of some assets alone where they are named."""
        ...


@dataclass(frozen=True)
class LongReadings:
    """Readings that lie in memory as one row a value."""

    rows: pd.DataFrame

    @property
    def assets(self) -> list[str]:
        """The assets with a reading, sorted."""
        return sorted(map(str, self.rows["asset"].unique()))

    def frame(self, assets: Collection[str] | None = None) -> pd.DataFrame:
        """The readings; of some assets alone where they are named."""
        return self.rows if assets is None else self.rows[self.rows["asset"].isin(assets)]
