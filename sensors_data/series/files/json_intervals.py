"""Points of JSON that state an interval each, some of them a moment: the value is that of the interval's end."""

from __future__ import annotations

from collections.abc import Sequence

Row = dict[str, str]

_START, _END = ".startTime", ".endTime"


def at_their_ends(rows: Sequence[Row]) -> list[Row]:
    """Rows without the start of their interval where the interval of some of them begins as it ends.

    Monitoring services write so: a gauge's interval is a moment, that of a count is what was counted.
    """
    stems = {key.removesuffix(_START) for row in rows for key in row if key.endswith(_START)}
    drop = {f"{stem}{_START}" for stem in stems if _has_moments(stem, rows)}
    return [{key: cell for key, cell in row.items() if key not in drop} for row in rows] if drop else list(rows)


def _has_moments(stem: str, rows: Sequence[Row]) -> bool:
    """Whether every row has an end, and that of some is their start."""
    ends = [row.get(f"{stem}{_END}", "") for row in rows]
    return all(ends) and any(row.get(f"{stem}{_START}") == end for row, end in zip(rows, ends, strict=True))
