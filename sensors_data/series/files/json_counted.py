"""Rows of JSON that states when its list of numbers begins and how far apart they lie, and no time of each."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

_START = re.compile(r"(?:interval)?_?(?:start|begin|from|t0|first)_?(?:time|date|at)?", re.IGNORECASE)
_STEP = re.compile(r"(?:step|interval|resolution|period|granularity)(?:_?(?:s|sec|seconds|length))?", re.IGNORECASE)


def counted_rows(value: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of an object with a start, a step (seconds, or like PT1H) and lists of numbers; none for another."""
    lists = {key: part for key, part in value.items() if isinstance(part, list) and len(part) > 1}
    numbers = {key: part for key, part in lists.items() if all(n is None or isinstance(n, int | float) for n in part)}
    starts = [part for key, part in value.items() if _START.fullmatch(key) and isinstance(part, str | int)]
    steps = [part for key, part in value.items() if _STEP.fullmatch(key) and isinstance(part, str | int | float)]
    if not numbers or len(starts) != 1 or len(steps) != 1 or len({len(part) for part in numbers.values()}) > 1:
        return []
    try:
        step = pd.Timedelta(steps[0]) if isinstance(steps[0], str) else pd.Timedelta(seconds=steps[0])
        start = pd.Timestamp(starts[0]) if isinstance(starts[0], str) else pd.Timestamp(starts[0], unit="s")
    except ValueError:
        return []
    labels = {key: str(part) for key, part in value.items() if isinstance(part, str) and part not in (*starts, *steps)}
    return [
        labels
        | {"time": (start + place * step).isoformat()}
        | {key: "" if part[place] is None else str(part[place]) for key, part in numbers.items()}
        for place in range(len(next(iter(numbers.values()))))
    ]
