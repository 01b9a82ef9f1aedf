"""A guess at the columns of the time: how they are read, why, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeColumns:
    """The columns of the time and how they are read, as keys of the layout; why, how sure, and what is doubtful."""

    keys: dict[str, object]
    columns: tuple[str, ...]
    evidence: str
    confidence: float
    odd: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Columns of times that are not the reading's own."""
    rivals: tuple[str, ...] = ()
    """The formats that read the column as well, the one taken first."""
