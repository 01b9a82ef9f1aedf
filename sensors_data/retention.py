"""The section `[retention]` of the settings: how long files are kept, and from when small files are joined."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sensors_data.section import Section

Days = Annotated[int, Field(ge=1)]


class Retention(Section):
    """For how many days each kind of file is kept; kinds that are not named are kept for ever."""

    tables: dict[str, Days] = {}
    """Days by table, or by heat_maps, sheets and reports, like `{ runs = 400, sensor_scores = 120 }`.
    They count back from the `--day` of the cleaning."""
    models: Days | None = None
    """Days for accepted models. A model that serves a day within this span is kept."""
    rejected_models: Days | None = None
    """Days for models that were rejected after their training."""
    unfinished: Days = 30
    """Days for the state of trainings that did not finish, from when it was written. A network of your own, kept for a
    camera's models, goes after as many days if no model names it."""
    damaged: Days = 90
    """Days for damaged files that were put aside, from that moment on."""
    join_after: Annotated[int, Field(ge=1)] | None = 14
    """Age in days from which the files of a day's shards are joined to one file per table, and so are those of `runs`.
    A day of a table over 64 MB is left as it is."""
