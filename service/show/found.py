"""What was found, as a list: each anomaly once, worst first, with its id."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from rich.table import Table

from sensors_data.store import Store
from sensors_data.tables.shares import shares_in_words
from service.console import add_cells, show, show_table
from service.views.night import worst_first

NIGHTS = 14
"""Nights that are listed unless a span is given."""
MOST = 30
"""Rows of a table, at most."""
ID = 8
"""Digits of an id in a table; `explain` takes them."""


def found_in(store: Store, family: str, days: list[date]) -> pd.DataFrame:
    """A family's anomalies of some nights, each once as the last of them has it, worst first, planned work last."""
    rows = store.read_days("anomalies", days, family=family).drop_duplicates("anomaly_id", keep="last")
    return worst_first(rows).sort_values("suppressed", kind="stable")


def show_anomalies(family: str, rows: pd.DataFrame) -> None:
    """A family's anomalies, worst first, as a table."""
    if rows.empty:
        show(f"no anomalies found in {family}")
        return
    table = Table("severity", "asset", "start", "end", "peak", "sensors", title=f"anomalies in {family}")
    table.add_column("id", no_wrap=True)
    for row in rows.head(MOST).to_dict("records"):
        mark = " (planned)" if row["suppressed"] else ""
        times = (f"{row[at]:%Y-%m-%d %H:%M}" for at in ("start", "end"))
        about = (f"{row['peak_score']:.2f}", shares_in_words(row["sensors"]), row["anomaly_id"][:ID])
        add_cells(table, f"{row['severity']}{mark}", row["asset"], *times, *about)
    show_table(table)
    if len(rows) > MOST:
        show(f"and {len(rows) - MOST:,} more: nightscore anomalies --family {family} --json lists them all")


def nights_of(scored: list[date], first: date | None, last: date | None) -> list[date]:
    """The scored nights of a span; the last NIGHTS days of it where it has no beginning."""
    known = [day for day in scored if last is None or day <= last]
    begin = first or (known[-1] - timedelta(days=NIGHTS - 1) if known else date.min)
    return [day for day in known if day >= begin]


def as_json(family: str, row: dict[Any, Any]) -> dict[str, Any]:
    """An anomaly for programs: its columns in the table `anomalies`, and its family."""
    about = {str(name): None if value is pd.NaT else value for name, value in row.items()}
    times = {name: f"{value:%Y-%m-%dT%H:%M:%SZ}" for name, value in about.items() if isinstance(value, pd.Timestamp)}
    return about | times | {"family": family, "sensors": list(row["sensors"])}
