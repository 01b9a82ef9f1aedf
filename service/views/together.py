"""Anomalies of several machines that belong together: odd alike, from one time and for as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

ONSET = timedelta(minutes=30)
"""Time between two begins within which they count as one; a quarter of the shorter anomaly where that is more."""
LENGTH = 0.5
"""The shorter of two anomalies lasts at least this share of the longer one."""


def groups_of(rows: Sequence[Mapping[Any, Any]]) -> list[list[int]]:
    """Places of a family's anomalies that belong together, groups of two and more machines; each place at most once.

    Two belong together where the same is odd about their first sensors, and they begin and last alike. A spike in the
    midst of another machine's outage does not.
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
    """Places in order of their start, each joined to a group whose first member is like it."""
    groups: list[list[int]] = []
    begun: list[list[int]] = []
    for place in places:
        start = rows[place]["start"]
        begun = [group for group in begun if start < rows[group[0]]["end"]]
        joined = next((group for group in begun if _are_alike(rows[group[0]], rows[place])), None)
        if joined is None:
            joined = []
            groups.append(joined)
            begun.append(joined)
        joined.append(place)
    return groups


def _are_alike(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Whether two anomalies of one sensor begin together, last about as long, and are odd in the same way."""
    shorter, longer = sorted((one["end"] - one["start"], other["end"] - other["start"]))
    begin = abs(one["start"] - other["start"]) <= max(ONSET, shorter / 4)
    words = {word for word in (one.get("oddity"), other.get("oddity")) if isinstance(word, str) and word}
    return bool(begin and shorter >= LENGTH * longer and len(words) < 2)


def together_in_words(rows: Sequence[Mapping[Any, Any]], most: int = 3) -> dict[str, str]:
    """By anomaly id, in words, on which other machines the same is odd from the same time on."""
    sentences = {}
    for group in groups_of(rows):
        for place in group:
            others = sorted({str(rows[n]["asset"]) for n in group} - {str(rows[place]["asset"])})
            names = ", ".join(others[:most]) + (f" and {len(others) - most} more" if len(others) > most else "")
            sentences[str(rows[place]["anomaly_id"])] = (
                f"From the same time and for as long on {names}: one cause is likely"
            )
    return sentences
