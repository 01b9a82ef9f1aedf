"""What the columns of a sensor are called in the tables that have a column a sensor."""

from __future__ import annotations

OBSERVED = "observed_"
"""What stands before a sensor's column in the name of the column that says whether its values were measured."""
_TAKEN = frozenset({"time", "asset", "family", "day", "shard"})
"""Columns and folders of these tables; names in SQL are not case-sensitive."""


def column_of(sensor: str) -> str:
    """A sensor's column: its name, with `_` before one that the tables use themselves, or that begins with `_`."""
    name = sensor.casefold()
    return f"_{sensor}" if name in _TAKEN or name.startswith(("_", OBSERVED)) else sensor


def sensor_of(column: str) -> str:
    """The sensor of a column that `column_of` names."""
    return column.removeprefix("_")


def sensors_of(columns: list[str]) -> tuple[str, ...]:
    """The sensors of some columns of a sensor each, in their order; columns that say what was measured are none."""
    return tuple(sensor_of(column) for column in columns if not column.startswith(OBSERVED))
