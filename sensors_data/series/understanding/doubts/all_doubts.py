"""All doubts that a file was understood, the grave ones apart from those that are only told."""

from __future__ import annotations

from sensors_data.series.understanding.doubts.evidence import Evidence
from sensors_data.series.understanding.doubts.of_columns import doubts_of_columns
from sensors_data.series.understanding.doubts.of_files import doubts_of_files
from sensors_data.series.understanding.doubts.of_marks import doubts_of_marks
from sensors_data.series.understanding.doubts.of_names import doubts_of_names
from sensors_data.series.understanding.doubts.of_statements import doubts_of_statements
from sensors_data.series.understanding.doubts.of_times import doubts_of_times
from sensors_data.series.understanding.doubts.of_units import doubts_of_units
from sensors_data.series.understanding.doubts.of_values import doubts_of_values

MOST_TOLD = 6
"""Doubts of each weight that are told."""


def told_doubts(seen: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sentences of the grave doubts, and those of the others."""
    kinds = (
        doubts_of_files,
        doubts_of_statements,
        doubts_of_columns,
        doubts_of_marks,
        doubts_of_names,
        doubts_of_times,
        doubts_of_units,
        doubts_of_values,
    )
    doubts = [doubt for kind in kinds for doubt in kind(seen)]
    grave = [doubt.text for doubt in doubts if doubt.grave]
    others = [doubt.text for doubt in doubts if not doubt.grave]
    return _few(grave), _few(others)


def _few(texts: list[str]) -> tuple[str, ...]:
    """The first sentences, and how many more there are."""
    more = len(texts) - MOST_TOLD
    return (*texts[:MOST_TOLD], *([f"and {more} more of such doubts"] if more > 0 else []))
