"""What was understood of a user's files, as words and rows of a table: the same on a terminal and on a page."""

from __future__ import annotations

import numpy as np

from sensors_data.counting import count
from sensors_data.series.understanding.discover import Discovery
from sensors_data.series.understanding.measures import Role
from sensors_data.series.understanding.settings_text import duration_words

HEAD = ("column", "taken for", "because", "range", "no value")


def column_rows(discovery: Discovery) -> list[tuple[str, ...]]:
    """Of each column: its name, what it was taken for, the evidence, its range and the share without a value."""
    rows = len(discovery.understood.columns[0].cells)
    columns = {column.name: column for column in discovery.understood.columns}
    lines: list[tuple[str, ...]] = []
    for role in discovery.understood.roles.roles:
        column = columns[role.column]
        spec = discovery.family.sensors.get(role.column)
        kind = spec.kind if spec is not None and spec.kind != "measured" else role.role
        values = column.values if role.role in ("sensor", "value", "state") else np.empty(0)
        if spec is not None and spec.missing:
            values = values[~np.isin(values, spec.missing)]
        span = f"{values.min():.6g} to {values.max():.6g}" if len(values) else ""
        sure = "" if role.confidence >= 0.6 else " (unsure)"
        missing = f"{(rows - len(values)) / max(1, rows):.1%}" if len(values) else ""
        lines.append((role.column, kind + sure, role.evidence, span, missing))
    return lines


def summary(discovery: Discovery, name: str) -> list[str]:
    """What was found, line by line, for a person."""
    family, layout = discovery.family, discovery.family.layout
    few = ", ".join(discovery.assets[:4]) + (", ..." if len(discovery.assets) > 4 else "")
    names = ", ".join(list(family.sensors)[:12]) + (", ..." if len(family.sensors) > 12 else "")
    days = (discovery.last - discovery.first).total_seconds() / 86_400
    span = f"{discovery.first:%Y-%m-%d %H:%M} to {discovery.last:%Y-%m-%d %H:%M} UTC ({days:.1f} days)"
    refused = sum(discovery.refused.values())
    lines = [
        f"{name}: {count(discovery.rows, 'value')}, {span}",
        f"  {count(len(discovery.assets), 'asset')} ({few}), {count(len(family.sensors), 'sensor')} ({names})",
        f"  a value every {duration_words(family.step)}, {layout.kind} layout",
        f"  read back by these settings: {discovery.used:,} values are used, {refused:,} are not",
    ]
    lines += [f"    {count(rows, 'row')}: {reason}" for reason, rows in list(discovery.refused.items())[:6]]
    if not discovery.understood.zoned:
        lines.append(f"  the times state no zone: they are read as {layout.timezone}; edit layout.timezone, or --zone")
    lines += [f"  not read: {r.column} ({r.evidence})" for r in _ignored(discovery)[:12]]
    lines += _training_lines(discovery)
    lines += [f"  odd: {what}" for what in discovery.odd]
    return lines + [f"  UNSURE: {doubt}" for doubt in discovery.unsure]


def _ignored(discovery: Discovery) -> list[Role]:
    """The columns that are not read, with their reasons."""
    return [role for role in discovery.understood.roles.roles if role.column in discovery.family.layout.ignore]


def _training_lines(discovery: Discovery) -> list[str]:
    """When the family will be trained, and what it lacks for that."""
    family, lines = discovery.family, []
    if family.training.commissioning:
        lines.append(
            f"  under three days an asset: the first {family.training.commissioning} of each is taken to be normal and "
            "learned from; edit training.commissioning if it is not"
        )
        budget = family.detector["alarms_per_asset_week"]
        lines.append(
            f"  false-alarm budget {budget:g} an asset-week, one in ten runs; edit detector.alarms_per_asset_week"
        )
    if not discovery.trains:
        step = duration_words(family.step)
        wanted = f"{family.training.first_after} days" if not family.training.commissioning else "48 rows"
        lines.append(f"  too little to learn from yet: a first training wants {wanted} at a step of {step}; add files")
    return lines
