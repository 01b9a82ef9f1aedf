"""The bounds of a UTC day, which a source's question has to name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sensors_data.errors import UnusableError

EVER = (date(1971, 1, 1), date(2200, 1, 1))
"""Between these days lies whatever a source holds."""


def midnight(day: date) -> datetime:
    """The start of a UTC day."""
    return datetime.combine(day, datetime.min.time(), UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The start of a UTC day and that of the next."""
    return midnight(day), midnight(day + timedelta(days=1))


def check_query(query: str, example: str) -> None:
    """UnusableError when a query lacks `:start` or `:end`; `example` is how they are written."""
    missing = [bound for bound in (":start", ":end") if bound not in query]
    if missing:
        raise UnusableError(f"the source's query lacks {' and '.join(missing)}", f"add `{example}`")
