"""The job that removes what the settings no longer keep and what killed writers left, and joins small files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sensors_data.audit import record
from sensors_data.errors import UnusableError
from sensors_data.files import ABANDONED
from sensors_data.inventory import is_leftover, place_of
from sensors_data.joining import join, to_join
from sensors_data.model_files import ModelCatalogue, ModelFile
from sensors_data.retention import Retention
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables import TABLES

PICTURES = ("heat_maps", "sheets", "reports")
"""Folders of files of a day that have a span of their own."""
FOR_EVER = ("incidents",)
"""What people said is never removed by itself."""


def clean(settings: Settings, day: date) -> str:
    """Job: remove what is older, seen from `day`, than `[retention]` keeps, and join what of it is in small files.

    Each removal is in the audit log.

    UnusableError when the settings name what has no days.
    """
    store = Store(settings.store)

    def action() -> Done:
        outdated = list(removable(store, settings.retention, day))
        for path in outdated:
            store.remove(path)
        if outdated:
            record(store, "deleted", f"{len(outdated):,} files by retention for {day}, the first is {outdated[0]}")
        gone = [count for paths in to_join(store, settings.retention, day) if (count := join(store, paths))]
        joined = f", {sum(gone):,} joined to {len(gone):,}" if gone else ""
        return Done(len(outdated), f"cleaned for {day}: {len(outdated):,} files removed{joined}")

    return run_job(store, "clean", day, "all", action)


def removable(store: Store, retention: Retention, day: date) -> Iterator[str]:
    """The files that a cleaning for `day` removes."""
    _check(retention)
    ages = store.ages()
    for path, seconds in ages.items():
        if is_leftover(path):
            if seconds > ABANDONED:
                yield path
        elif path.startswith("models/unfinished/"):
            if seconds > 86_400 * retention.unfinished:
                yield path
        elif path.startswith("damaged/"):
            if seconds > 86_400 * retention.damaged:
                yield path
        elif (place := place_of(store, path)) is not None and place.day is not None:
            span = retention.tables.get(place.what)
            if span is not None and place.day <= day - timedelta(days=span):
                yield path
    yield from _old_models(ModelCatalogue(store).models(), retention, day)


def _old_models(models: list[ModelFile], retention: Retention, day: date) -> Iterator[str]:
    """The model files that are kept no longer; the newest accepted one before the span serves its first day."""
    for model in models:
        span = retention.models if model.accepted else retention.rejected_models
        if span is None or model.through >= (first := day - timedelta(days=span)):
            continue
        same = [other for other in models if (other.kind, other.name) == (model.kind, model.name)]
        if not model.accepted or any(other.accepted and model.through < other.through < first for other in same):
            yield model.path


def _check(retention: Retention) -> None:
    """UnusableError when a span is of something that has no days, or that is kept for ever."""
    dated = [name for name, table in TABLES.items() if "day" in table.partition and name not in FOR_EVER]
    for name in retention.tables:
        if name not in (*dated, *PICTURES):
            known = ", ".join((*dated, *PICTURES))
            raise UnusableError(f"[retention] tables: '{name}' has no days that it could be kept", f"known are {known}")
