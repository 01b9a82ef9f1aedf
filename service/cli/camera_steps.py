"""The commands that lead from a folder of pictures to a detector."""

from __future__ import annotations

from datetime import date, timedelta

from sensors_data.images.table import MIN_IMAGES
from sensors_data.images.understanding.discover import CameraDiscovery

ENOUGH = 4 * MIN_IMAGES
"""Normal pictures from which on no more days are named."""
USUAL_SPAN = 28
"""Days that a detector looks back where its settings state none."""


def next_steps(discovery: CameraDiscovery, settings: str) -> list[str]:
    """What to run next: the newest days that give a detector enough to learn from, its training, its evaluation.

    Where days are unclear, what to state in the settings.
    """
    name = discovery.name
    if not discovery.days and discovery.unclear_day:
        key = discovery.unclear_day.partition("  #")[0]
        return [f"  state {key} below [cameras.{name}] of {settings}, or the other order", "  nightscore doctor"]
    if not discovery.days:
        return ["  nightscore doctor"]
    days, span = _days_to_learn(discovery), _days_in_span(discovery)
    lines = [f"  nightscore ingest-images --camera {name} --day {day}" for day in days]
    if days[0] > span[0]:
        lines.append(f"  (earlier days, from {span[0]} on, add pictures to learn from)")
    lines.append(f"  nightscore train-images --camera {name} --day {discovery.days[-1] + timedelta(days=1)}")
    if discovery.defects:
        lines.append(f"  nightscore evaluate-images --camera {name}")
    return lines


def span_to_learn(discovery: CameraDiscovery) -> int:
    """How many days a detector must look back for enough normal pictures; as usual where there are too few."""
    if not discovery.days:
        return USUAL_SPAN
    ages = sorted((discovery.days[-1] - day).days + 1 for day, n in discovery.learnable.items() for _ in range(n))
    return max(USUAL_SPAN, ages[MIN_IMAGES - 1]) if len(ages) >= MIN_IMAGES else USUAL_SPAN


def _days_to_learn(discovery: CameraDiscovery) -> list[date]:
    """The newest days whose normal pictures are enough, and of which one has a defect if any has."""
    days: list[date] = []
    for day in reversed(_days_in_span(discovery)):
        days.insert(0, day)
        normal = sum(discovery.learnable.get(d, 0) for d in days)
        if normal >= ENOUGH and (not discovery.defects or any(d in discovery.defects for d in days)):
            break
    return days


def _days_in_span(discovery: CameraDiscovery) -> list[date]:
    """The days from which a detector learns that is trained for the day after the newest."""
    first = discovery.days[-1] - timedelta(days=span_to_learn(discovery) - 1)
    return [day for day in discovery.days if day >= first]
