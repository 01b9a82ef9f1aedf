"""Days of a calendar that a family's detector reads as Sundays, and why."""

from __future__ import annotations

from datetime import date

from sensors_data.section import Section


class Holidays(Section):
    """The days that are read as Sundays, and what this was worth on days that the profile had not seen."""

    days: tuple[date, ...] = ()
    """UTC days, also those after the training span; empty where it does not pay, or nobody knows."""
    tested: int = 0
    """Days of the calendar in the training span that would be read as another sort of day."""
    gain: float = 0.0
    """Mean share of such a day's deviation that the Sunday explains and its own weekday does not."""
    at_least: float = 0.0
    """The lower end of that mean's interval."""

    def __str__(self) -> str:
        """The decision in words."""
        if not self.days:
            return "no days of a calendar are read as Sundays"
        return (
            f"{len(self.days)} days of the calendar are read as Sundays: {self.tested} held-out ones deviate "
            f"{self.gain:.0%} less, at least {self.at_least:.0%}"
        )


NONE = Holidays()
