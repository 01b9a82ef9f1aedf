"""The section `[night]` of the settings: the time budget of a night, and which families come first."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from sensors_data.section import Duration, Name, Section


class Night(Section):
    """How a night proceeds when time is short; `nightscore nightly` and Airflow follow it."""

    budget: Duration | None = Field(None, exclude_if=lambda budget: budget is None)
    """Longest time for a night, like `45min`. A family that is not expected to end within it is left out."""
    first: tuple[Name, ...] = ()
    """Families in order of importance; the others follow by name."""

    def ordered(self, families: Iterable[str]) -> list[str]:
        """Families, the most important first."""
        known = list(families)
        first = [family for family in self.first if family in known]
        return [*first, *(family for family in known if family not in first)]
