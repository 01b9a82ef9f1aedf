"""The section `[night]` of the settings: how long a night may take, and who comes first."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from sensors_data.section import Duration, Name, Section


class Night(Section):
    """What a night does where there is not time for all; `nightscore nightly` and Airflow keep to it."""

    budget: Duration | None = Field(None, exclude_if=lambda budget: budget is None)
    """How long a night may take, like `45min`. A family that is not expected to end within it is left out."""
    first: tuple[Name, ...] = ()
    """Families in the order of their importance; the others follow by name."""

    def ordered(self, families: Iterable[str]) -> list[str]:
        """Families, the most important first."""
        known = list(families)
        first = [family for family in self.first if family in known]
        return [*first, *(family for family in known if family not in first)]
