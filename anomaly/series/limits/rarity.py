"""How rare an alarm's peak is among a family's alarms, of which the budget says how many there are."""

from __future__ import annotations

POWER = 1.6
"""Of the alarms that real fleets gave without a fault, the share r ** -POWER peaked at least r times over the limit."""


def share_of_alarms(times_over: float) -> float:
    """The share of false alarms that peak at least so many times over the limit; 1 at the limit."""
    return float(max(times_over, 1.0) ** -POWER)
