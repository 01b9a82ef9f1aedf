"""Rows of JSON that states no time of each number: a start and a step, SenML's base and offsets, or a list of times."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from sensors_data.series.dates.shapes import shape_of

_START = re.compile(r"(?:interval)?_?(?:start|beg|begin|from|t0|first)_?(?:time|date|at)?", re.IGNORECASE)
_STEP = re.compile(
    r"(?:step|interval|resolution|period|granularity)(?:_?(?:s|sec|seconds|length|time))?", re.IGNORECASE
)

_MOMENT = 2**28
"""From here SenML's times are seconds since 1970; smaller ones count from when they are read."""


def counted_rows(value: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of an object with a start, a step (seconds, or like PT1H) and lists of numbers; none for another."""
    lists = {key: part for key, part in value.items() if isinstance(part, list) and len(part) > 1}
    for key, part in list(lists.items()):  # a list of some values for each time
        if all(isinstance(cells, list) and len(cells) == len(part[0]) for cells in part):
            columns = [list(column) for column in zip(*part, strict=True)]
            stated = next((names for names in lists.values() if _are_names(names, len(columns))), None)
            lists |= dict(zip(stated or [f"{key} {n}" for n in range(1, len(columns) + 1)], columns, strict=True))
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


def _are_names(names: list[Any], count: int) -> bool:
    """Whether a list holds the names of so many columns, as rrdtool's legend does."""
    return len(names) == count == len({str(name) for name in names}) and all(isinstance(name, str) for name in names)


def offset_rows(value: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of an object with a start and, for each channel, values by their seconds after it; none for another.

    Fronius inverters keep their archive so.
    """
    starts = [part for key, part in value.items() if _START.fullmatch(key) and isinstance(part, str)]
    channels: dict[str, dict[str, Any]] = {}
    for data in (part for part in value.values() if isinstance(part, dict) and len(starts) == 1):
        for key, channel in data.items():
            held = channel.get("Values", channel.get("values")) if isinstance(channel, dict) else None
            if isinstance(held, dict) and held and all(re.fullmatch(r"\d{1,7}", offset) for offset in held):
                channels[key] = held
    if not channels:
        return []
    try:
        start = pd.Timestamp(starts[0])
    except ValueError:
        return []
    offsets = sorted({int(offset) for held in channels.values() for offset in held})
    return [
        {"time": (start + pd.Timedelta(seconds=offset)).isoformat()}
        | {key: "" if held.get(str(offset)) is None else str(held[str(offset)]) for key, held in channels.items()}
        for offset in offsets
    ]


def channel_rows(value: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of an object with one list of times and, for each channel, an object with a list of as many values."""
    lists = {key: part for key, part in value.items() if isinstance(part, list)}
    groups = [part for part in value.values() if isinstance(part, dict) and part]
    if len(lists) != 1 or len(groups) != 1 or not all(isinstance(channel, dict) for channel in groups[0].values()):
        return []
    ((key, moments),) = lists.items()
    held = {name: [part for part in channel.values() if isinstance(part, list)] for name, channel in groups[0].items()}
    alike = all(len(parts) == 1 and len(parts[0]) == len(moments) for parts in held.values())
    if not alike or len(moments) < 2 or not all(map(_is_moment, moments)):
        return []
    around = {name: str(part) for name, part in value.items() if isinstance(part, str)}
    about = {
        name: {what: str(part) for what, part in channel.items() if isinstance(part, str)}
        for name, channel in groups[0].items()
    }
    return [
        around | {key: str(moment), "sensor": name} | about[name] | {"value": str(number)}
        for name, parts in held.items()
        for moment, number in zip(moments, parts[0], strict=True)
        if number is not None and not isinstance(number, list | dict)
    ]


def _is_moment(moment: object) -> bool:
    """Whether a value is a date with its clock, or as many seconds or more as since 1970."""
    if isinstance(moment, int | float):
        return moment >= _MOMENT
    return isinstance(moment, str) and shape_of(moment) is not None


def senml_rows(records: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The rows of SenML records, whose base values hold for those that follow (RFC 8428); none for other records.

    Where several base names stand before names of their own, they are those of machines.
    """
    if not any("bt" in record or "bn" in record for record in records):
        return []
    base: dict[str, Any] = {}
    machines = {record["bn"] for record in records if isinstance(record.get("bn"), str)}
    parted = len(machines) > 1 and all(record.get("n") for record in records if "v" in record or "vb" in record)
    rows = []
    for record in records:
        base |= {key: part for key, part in record.items() if key in ("bn", "bt", "bu", "bv")}
        parts = (base.get("bt", 0), record.get("t", 0), base.get("bv", 0), record.get("v", record.get("vb")))
        if not all(isinstance(part, int | float) for part in parts) or parts[0] + parts[1] < _MOMENT:
            continue
        time, value = parts[0] + parts[1], parts[2] + parts[3]
        name, unit = f"{base.get('bn', '')}{record.get('n', '')}", record.get("u", base.get("bu", ""))
        row = {"time": str(time), "sensor": name, "value": str(value), "unit": str(unit)}
        rows.append(row | {"device": str(base["bn"]).rstrip("/:"), "sensor": str(record["n"])} if parted else row)
    return rows
