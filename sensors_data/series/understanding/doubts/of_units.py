"""Doubts about units behind the numbers of one sensor that measure differently, and so are not converted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sensors_data.series.understanding.doubts.evidence import MOST, Doubt, Evidence, named
from sensors_data.series.values.units import factors, is_unit


def doubts_of_units(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about sensors with values in two scales, as degrees Celsius and Kelvin."""
    units = [unit for unit in seen.family.layout.cell_units if is_unit(unit)]
    if len(units) < 2:
        return
    ends = re.compile(rf"\d\s*({'|'.join(map(re.escape, sorted(units, key=len, reverse=True)))})$")
    for sensor, part in seen.readings.groupby("sensor", sort=False):
        cells = part["value"].drop_duplicates().astype(str).str.strip()
        step = max(1, len(cells) // MOST)
        there = list(dict.fromkeys(match[1] for match in map(ends.search, cells.iloc[::step]) if match))
        apart = [unit for unit in there if not _converts(unit, there[0])]
        if apart:
            yield Doubt(
                f"values of '{str(sensor)[:30]}' are in units of which none is converted, {named([there[0], *apart])}: "
                "export them in one unit, or read the files as families of their own",
                True,
            )


def _converts(unit: str, other: str) -> bool:
    """Whether a factor leads from one unit to the other."""
    return unit == other or factors([other, unit])[unit] != 1.0
