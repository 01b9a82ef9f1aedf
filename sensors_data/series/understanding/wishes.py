"""What a person states of files of readings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wishes:
    """What a person states of a file; what is None is found out."""

    time: tuple[str, ...] = ()
    style: str | None = None
    zone: str | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    asset: tuple[str, ...] = ()
    start: str | None = None
    sheet: str | None = None
