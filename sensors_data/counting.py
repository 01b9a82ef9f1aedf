"""Counts in words."""

from __future__ import annotations


def count(many: int, what: str) -> str:
    """`1 anomaly`, `3 anomalies`, `1,440 rows`, `10 classes`."""
    is_ies = what.endswith("y") and what[-2] not in "aeiou"
    plural = f"{what[:-1]}ies" if is_ies else f"{what}es" if what.endswith("s") else f"{what}s"
    return counted(many, what, plural)


def counted(many: int, one: str, more: str) -> str:
    """The same for words of their own: `1 value is no number`, `3 values are no numbers`."""
    return f"{many:,} {one if many == 1 else more}"
