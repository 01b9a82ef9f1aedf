"""Anomalies of several machines that belong together: the same sensor, at the same time, so one cause is likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

OVERLAP = 0.5
"""Share of the shorter of two anomalies that both must have in common."""


def groups_of(rows: Sequence[Mapping[Any, Any]]) -> list[list[int]]:
    """Places of a family's anomalies that belong together, groups of two and more machines; each place at most once.

    Two belong together where their first sensors are the same and they have OVERLAP of the shorter one in common.
    """
    by_sensor: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if len(row["sensors"]) and not row["suppressed"]:
            by_sensor.setdefault(str(row["sensors"][0]["sensor"]), []).append(place)
    groups = []
    for places in by_sensor.values():
        groups += _joined(rows, sorted(places, key=lambda place: (rows[place]["start"], rows[place]["asset"])))
    return [group for group in groups if len({rows[place]["asset"] for place in group}) > 1]


def _joined(rows: Sequence[Mapping[Any, Any]], places: list[int]) -> list[list[int]]:
    """Places in order of their start, joined to a group that still lasts where they share enough of it."""
    groups: list[list[int]] = []
    lasting: list[list[int]] = []
    for place in places:
        start = rows[place]["start"]
        lasting = [group for group in lasting if any(rows[other]["end"] > start for other in group)]
        joined = next((group for group in lasting if any(_overlap(rows[place], rows[other]) for other in group)), None)
        if joined is None:
            joined = []
            groups.append(joined)
            lasting.append(joined)
        joined.append(place)
    return groups


def _overlap(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    common = min(one["end"], other["end"]) - max(one["start"], other["start"])
    shorter = min(one["end"] - one["start"], other["end"] - other["start"])
    return bool(common >= OVERLAP * shorter)


def told_together(rows: Sequence[Mapping[Any, Any]], most: int = 3) -> dict[str, str]:
    """By anomaly id, in words, on which other machines the same sensor is odd at the same time."""
    told = {}
    for group in groups_of(rows):
        for place in group:
            others = sorted({str(rows[n]["asset"]) for n in group} - {str(rows[place]["asset"])})
            names = ", ".join(others[:most]) + (f" and {len(others) - most} more" if len(others) > most else "")
            told[str(rows[place]["anomaly_id"])] = f"At the same time on {names}: one cause is likely"
    return told
