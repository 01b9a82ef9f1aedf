"""Small lines of pages, as the points of an SVG polyline."""

from __future__ import annotations

WIDTH, HEIGHT, EDGE = 280, 48, 4
"""Pixels of a picture, and what is left free above and below the line."""


def points(places: list[float], heights: list[float]) -> str:
    """Heights of 0 to 1 at places of 0 to 1, left to right; empty for fewer than two."""
    if len(heights) < 2:
        return ""
    room = HEIGHT - 2 * EDGE
    pairs = zip(places, heights, strict=True)
    return " ".join(f"{WIDTH * x:.1f},{HEIGHT - EDGE - room * y:.1f}" for x, y in pairs)


def evenly(values: list[float]) -> str:
    """Values at even distances, from the least at the bottom to the largest on top."""
    if len(values) < 2:
        return ""
    low, last = min(values), len(values) - 1
    span = (max(values) - low) or 1.0
    return points([n / last for n in range(len(values))], [(value - low) / span for value in values])
