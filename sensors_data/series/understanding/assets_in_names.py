"""Machines that stand in the names of sensors, as `pump1.flow` and `pump2.flow`: each repeats the same quantities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from sensors_data.layout import Layout
from sensors_data.series.understanding.columns import Column

_PATHS = ("[/]", "[.]")
_ATTRIBUTES = frozenset(
    [
        *("pv", "sp", "op", "mv", "cv", "min", "max", "avg", "mean", "std"),
        *("value", "val", "alarm", "status", "quality", "unit", "x", "y", "z"),
    ]
)
"""What is said of one quantity: `TI101.PV` and `TI101.SP` are two sensors of a machine."""
_PART = re.compile(r"(?:l|ph|phase|ch|channel|t|p)[-_ ]?\d+", re.IGNORECASE)
"""Phases, channels and measuring points of one machine."""
_MARKS = r"[ ._/|:\\-]+"
"""What parts a machine and a quantity: the marks of paths before any others."""


@dataclass(frozen=True)
class AssetsInNames:
    """Machines that repeat the same quantities in the names of sensors, and the pattern of a layout that parts them."""

    assets: tuple[str, ...]
    quantities: tuple[str, ...]
    pattern: str

    @property
    def are_alike(self) -> bool:
        """Whether the machines are numbers or letters of one kind in a path, as `plant/pump-a` and `plant/pump-b`."""
        if all(_PART.fullmatch(asset) for asset in self.assets) or {q.lower() for q in self.quantities} <= _ATTRIBUTES:
            return False
        kinds = {re.sub(r"\d+|(?<=[-_ ])[A-Za-z]$", "#", asset) for asset in self.assets}
        return self.pattern.endswith(_PATHS) and len(kinds) == 1 and "#" in kinds.pop()


def assets_in_names(names: Sequence[str]) -> AssetsInNames | None:
    """The machines in the names of sensors; None unless nearly all names are a machine and one of the same quantities.

    What all names begin with, up to its last mark, is no part of the machines' names.
    """
    ends = zip(min(names), max(names), strict=False)
    start = "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    for mark in (*_PATHS, _MARKS):
        marks = [match.end() for match in re.finditer(mark, start)]
        prefix = start[: marks[-1]] if marks else ""
        parted = [re.fullmatch(rf"(.+?){mark}([^\W\d].*)", name.removeprefix(prefix)) for name in names]
        pairs = [(match[1], match[2]) for match in parted if match]
        assets, quantities = dict.fromkeys(a for a, _ in pairs), dict.fromkeys(q for _, q in pairs)
        whole = len(pairs) == len(set(pairs)) == len(assets) * len(quantities)
        if whole and len(pairs) >= max(4, 0.8 * len(names)) and len(assets) > 1 and len(quantities) > 1:
            return AssetsInNames(tuple(assets), tuple(quantities), f"^{re.escape(prefix)}(.+?){mark}")
    return None


def with_assets_in_names(layout: Layout, measures: Sequence[str], columns: list[Column]) -> Layout:
    """The layout with the pattern of alike machines that sensors' names begin with, where nothing else names any."""
    words = next((column.distinct for column in columns if column.name == layout.sensor[0]), ())
    names = [str(name) for name in (words if layout.kind == "long" else measures)]
    stated = layout.asset or layout.asset_from_file or layout.asset_from_folder or layout.decimals
    seen = None if stated or layout.kind == "day" or not names else assets_in_names(names)
    if seen is None or not seen.are_alike or len(seen.assets) * len(seen.quantities) < len(names):
        return layout
    return layout.model_copy(update={"asset_from_sensor": seen.pattern}) if len(seen.pattern) <= 200 else layout
