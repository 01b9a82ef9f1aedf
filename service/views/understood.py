"""What was understood of a user's files, as words and rows of a table: the same on a terminal and on a page."""

from __future__ import annotations

import numpy as np

from sensors_data.counting import count
from sensors_data.series.understanding.discover import Discovery
from sensors_data.series.understanding.roles import Role
from sensors_data.series.understanding.settings_text import duration_words

HEAD = ("column", "taken for", "because", "range", "no value")


def column_rows(found: Discovery) -> list[tuple[str, ...]]:
    """Of each column: its name, what it was taken for, the evidence, its range and the share without a value."""
    rows = len(found.understood.columns[0].cells)
    columns = {column.name: column for column in found.understood.columns}
    told: list[tuple[str, ...]] = []
    for role in found.understood.roles.roles:
        column = columns[role.column]
        spec = found.family.sensors.get(role.column)
        kind = spec.kind if spec is not None and spec.kind != "measured" else role.role
        values = column.values if role.role in ("sensor", "value", "state") else np.empty(0)
        if spec is not None and spec.missing:
            values = values[~np.isin(values, spec.missing)]
        span = f"{values.min():.6g} to {values.max():.6g}" if len(values) else ""
        sure = "" if role.confidence >= 0.6 else " (unsure)"
        missing = f"{(rows - len(values)) / max(1, rows):.1%}" if len(values) else ""
        told.append((role.column, kind + sure, role.evidence, span, missing))
    return told


def summary(found: Discovery, name: str) -> list[str]:
    """What was found, line by line, for a person."""
    family, layout = found.family, found.family.layout
    few = ", ".join(found.assets[:4]) + (", ..." if len(found.assets) > 4 else "")
    names = ", ".join(list(family.sensors)[:12]) + (", ..." if len(family.sensors) > 12 else "")
    days = (found.last - found.first).total_seconds() / 86_400
    span = f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M} UTC ({days:.1f} days)"
    lines = [
        f"{name}: {count(found.rows, 'value')}, {span}",
        f"  {count(len(found.assets), 'asset')} ({few}), {count(len(family.sensors), 'sensor')} ({names})",
        f"  a value every {duration_words(family.step)}, {layout.kind} layout",
        f"  read back by these settings: {found.used:,} values are used, {sum(found.refused.values()):,} are not",
    ]
    lines += [f"    {count(rows, 'row')}: {reason}" for reason, rows in list(found.refused.items())[:6]]
    if not found.understood.zoned:
        lines.append(f"  the times state no zone: they are read as {layout.timezone}; edit layout.timezone, or --zone")
    lines += [f"  not read: {r.column} ({r.evidence})" for r in _ignored(found)[:12]]
    lines += _training_lines(found)
    return lines + [f"  odd: {what}" for what in found.odd]


def _ignored(found: Discovery) -> list[Role]:
    """The columns that are not read, with their reasons."""
    return [role for role in found.understood.roles.roles if role.column in found.family.layout.ignore]


def _training_lines(found: Discovery) -> list[str]:
    """When the family will be trained, and what it lacks for that."""
    family, lines = found.family, []
    if family.training.commissioning:
        lines.append(
            f"  under three days an asset: the first {family.training.commissioning} of each is taken to be normal and "
            "learned from; edit training.commissioning if it is not"
        )
        budget = family.detector["alarms_per_asset_week"]
        lines.append(
            f"  false-alarm budget {budget:g} an asset-week, one in ten runs; edit detector.alarms_per_asset_week"
        )
    if not found.trains:
        step = duration_words(family.step)
        wanted = f"{family.training.first_after} days" if not family.training.commissioning else "48 rows"
        lines.append(f"  too little to learn from yet: a first training wants {wanted} at a step of {step}; add files")
    return lines
