"""What was understood of an upload, as its page shows it, with the form in which a person corrects it."""

from __future__ import annotations

from pathlib import Path

from sensors_data.series.files.workbooks import sheet_names
from sensors_data.series.understanding.discover import Discovery
from service.pages.render import part_html
from service.pages.upload import as_found
from service.views.understood import HEAD, column_rows, summary

MOST_COLUMNS = 60
"""Columns that the table shows."""


def understood_html(discovery: Discovery) -> str:
    """What is odd first of all, the columns and what they were taken for, the rest in words, and the form."""
    lines = [
        line.strip().replace("edit layout.timezone, or --zone", "correct it below")
        for line in summary(discovery, discovery.name)
    ]
    rows = column_rows(discovery)
    return part_html(
        "understood.html",
        odd=[f"UNSURE: {doubt}" for doubt in discovery.unsure] + list(discovery.odd),
        head=HEAD,
        rows=rows[:MOST_COLUMNS],
        more=max(0, len(rows) - MOST_COLUMNS),
        lines=[line for line in lines if not line.startswith(("odd: ", "UNSURE: "))],
        now=as_found(discovery),
        columns=[column.name for column in discovery.understood.columns],
        sensors=list(discovery.family.sensors),
        sheets=sheet_names(Path(discovery.family.inbox)),
    )
