"""A day's readings as a source gives them: all of them as a frame, or those of some assets at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import pandas as pd
import pyarrow as pa

from sensors_data.arrow_rows import to_arrow
from sensors_data.tables import TABLES


class DayReadings(Protocol):
    """Readings of one day, one a time, asset and sensor."""

    @property
    def assets(self) -> list[str]:
        """The assets with a reading, sorted."""
        ...

    @property
    def sensors(self) -> list[str]:
        """The sensors with a reading."""
        ...

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last time of a reading."""
        ...

    def frame(self) -> pd.DataFrame:
        """The readings (time, asset, sensor, value)."""
        ...

    def rows_of(self, assets: Collection[str]) -> pa.Table:
        """The readings of some assets as the table's own rows, sorted."""
        ...


@dataclass(frozen=True)
class LongReadings:
    """Readings that lie in memory as one row a value."""

    rows: pd.DataFrame

    @property
    def assets(self) -> list[str]:
        """The assets with a reading, sorted."""
        return sorted(map(str, self.rows["asset"].unique()))

    @property
    def sensors(self) -> list[str]:
        """The sensors with a reading."""
        return [str(name) for name in self.rows["sensor"].unique()]

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last time of a reading."""
        return self.rows["time"].min(), self.rows["time"].max()

    def frame(self) -> pd.DataFrame:
        """The readings (time, asset, sensor, value)."""
        return self.rows

    def rows_of(self, assets: Collection[str]) -> pa.Table:
        """The readings of some assets as the table's own rows, sorted."""
        return to_arrow(TABLES["readings"], self.rows[self.rows["asset"].isin(assets)])
