"""The sections of docs/tables.md, one a table; written by: python -m sensors_data.tables_page docs/tables.md"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from sensors_data.store import Store
from sensors_data.tables import TABLES, Column, Table

MARK = "<!-- From here on written by: python -m sensors_data.tables_page docs/tables.md -->\n"
EXAMPLE = {
    "family": "pump",
    "camera": "press",
    "day": "2026-11-21",
    "shard": "0",
    "kind": "series",
    "name": "pump",
    "model": "2026-11-20",
    "run": "ingest-pump",
    "incident": "0123456789abcdef",
}
"""The partition that paths are shown of."""


def page(text: str) -> str:
    """The page with its sections on tables written anew; what stands before MARK is kept."""
    return text.partition(MARK)[0] + MARK + "".join("\n" + section(table) for table in TABLES.values())


def section(table: Table) -> str:
    """A table's section: what it holds, where it lies, how it is sorted, its columns."""
    path, order = Store("").path(table.name, **{key: EXAMPLE[key] for key in table.partition}), ", ".join(table.order)
    lines = [
        f"## {table.name}\n",
        textwrap.fill(table.about, 120),
        f"Path `{path}`, sorted by {order}.\n",
        "| column | type | unit | meaning |",
        "|---|---|---|---|",
        *(_line(c.name, c) for c in table.columns),
        *(_line(c.name.replace("{sensor}", "*sensor*"), c) for c in table.a_sensor),
        *(["", textwrap.fill(table.note, 120)] if table.note else []),
    ]
    return "\n".join(lines) + "\n"


def _line(name: str, column: Column) -> str:
    """A column's line of the section's table."""
    unit = f"{column.unit} " if column.unit else ""
    return f"| {name} | {column.type} | {unit}| {column.meaning} |"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(page(target.read_text(encoding="utf-8")), encoding="utf-8")
