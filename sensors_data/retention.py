"""The section `[retention]` of the settings: how long a store keeps what, and how long in small files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sensors_data.section import Section

Days = Annotated[int, Field(ge=1)]


class Retention(Section):
    """How many days each kind of file is kept; what is not named is kept for ever."""

    tables: dict[str, Days] = {}
    """Days by table, or by heat_maps, sheets and reports, like `{ runs = 400, sensor_scores = 120 }`.
    They are counted back from the day that is cleaned for."""
    models: Days | None = None
    """Accepted models. One that serves a day within the span is kept."""
    rejected_models: Days | None = None
    """Models that were rejected at their training."""
    unfinished: Days = 30
    """States of trainings that did not end, from when they were written."""
    damaged: Days = 90
    """Damaged files that were put aside, from when they were."""
    join_after: Annotated[int, Field(ge=1)] | None = 14
    """From this age in days, the files of a day's shards become one file a table; so do the rows of `runs`.
    A table's day over 64 MB stays as it is."""
