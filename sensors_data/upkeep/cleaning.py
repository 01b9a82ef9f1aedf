"""The job that removes what the settings no longer keep and what killed writers left, and joins small files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice
from pathlib import PurePosixPath

from sensors_data.audit import account, newest_first, record
from sensors_data.errors import DamagedError, UnusableError
from sensors_data.files import is_abandoned
from sensors_data.gathered import gather
from sensors_data.model_files import ModelCatalogue, ModelFile, metadata
from sensors_data.retention import Retention
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.inventory import is_leftover, place_of
from sensors_data.upkeep.joining import join, to_join

PICTURES = ("heat_maps", "sheets", "reports")
"""Folders of files of a day that have a span of their own."""
_OF_A_MODEL = re.compile(
    r"(?:training/kind=(?P<kind>[^/]+)/name|(?:generator_training|sheets)/camera)=(?P<name>[^/]+)/model=(?P<through>[^/]+)/"
)
"""What is kept of a model's training beside it."""
_LOOKED_AT = 100
"""Entries of the audit log that are looked at for a rule."""
FOR_EVER = ("incidents",)
"""What people said is never removed by itself."""


def clean(settings: Settings, day: date) -> str:
    """Job: remove what is older, seen from `day`, than `[retention]` keeps, and join what of it is in small files.

    Whose rule it is stands in the audit log from its first removal on, and each night's number in `runs`.

    UnusableError when the settings name what has no days.
    """
    store = Store(settings.store)

    def action() -> Done:
        outdated = list(removable(store, settings.retention, day))
        for path in outdated:
            store.remove(path)
        if decided := [path for path in outdated if not is_leftover(path)]:
            _record_rule(store, settings.retention, day, decided[0])
        gone = [count for paths in to_join(store, settings.retention, day) if (count := join(store, paths))]
        joined = f", {sum(gone):,} joined to {len(gone):,}" if gone else ""
        gathered = f", {new:,} incidents gathered" if (new := gather(store)) else ""
        return Done(len(outdated), f"cleaned for {day}: {len(outdated):,} files removed{joined}{gathered}")

    return run_job(store, "clean", day, "all", action)


def _record_rule(store: Store, retention: Retention, day: date, first: str) -> None:
    """Keep who removes files by which rule, unless one of the newest entries says so: a rule is decided once."""
    text = retention.model_dump_json(exclude_defaults=True)
    rule = f"by retention {hashlib.sha256(text.encode()).hexdigest()[:12]}"
    with suppress(DamagedError):  # `nightscore audit` says which
        for entry in islice(newest_first(store), _LOOKED_AT):
            if entry.what == "deleted" and entry.who == account() and entry.about.startswith(rule):
                return
    record(store, "deleted", f"{rule} from {day} on, {first} first: {text}")


def removable(store: Store, retention: Retention, day: date) -> Iterator[str]:
    """The files that a cleaning for `day` removes."""
    _check(retention)
    ages = store.ages()
    for path, seconds in ages.items():
        if is_leftover(path):
            if is_abandoned(path, seconds):
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
    models = ModelCatalogue(store).models()
    outdated = list(_old_models(models, retention, day))
    yield from outdated
    yield from _left_by_models(list(ages), models, set(outdated), retention, day)
    staying = [model for model in models if model.path not in outdated]
    yield from _unnamed_networks(store, ages, staying, retention)


def _old_models(models: list[ModelFile], retention: Retention, day: date) -> Iterator[str]:
    """The model files that are kept no longer; the newest accepted one before the span serves its first day."""
    for model in models:
        span = retention.models if model.accepted else retention.rejected_models
        if span is None or model.through >= (first := day - timedelta(days=span)):
            continue
        same = [other for other in models if (other.kind, other.name) == (model.kind, model.name)]
        if not model.accepted or any(other.accepted and model.through < other.through < first for other in same):
            yield model.path


def _left_by_models(
    paths: list[str], models: list[ModelFile], outdated: set[str], retention: Retention, day: date
) -> Iterator[str]:
    """The histories and sheets of models that go, and, where models have a span, of those that are gone since then."""
    first = "" if retention.models is None else str(day - timedelta(days=retention.models))
    going = {(model.kind, model.name, str(model.through)) for model in models if model.path in outdated}
    staying = {(model.kind, model.name, str(model.through)) for model in models if model.path not in outdated}
    for path in paths:
        if (match := _OF_A_MODEL.match(path)) is None:
            continue
        model = (match["kind"] or "generators", match["name"], match["through"])
        if model not in staying and (model in going or match["through"] < first):
            yield path


def _unnamed_networks(
    store: Store, ages: dict[str, float], staying: list[ModelFile], retention: Retention
) -> Iterator[str]:
    """The users' own networks that no model names; a training that has not finished may have put a new one there."""
    days = 86_400 * retention.unfinished
    old = [path for path, seconds in ages.items() if path.startswith("backbones/") and seconds > days]
    if not old:
        return
    try:
        cards = [metadata(store.read_bytes(model.path))["card"] for model in staying if model.kind == "images"]
    except (ValueError, KeyError, AttributeError):  # a damaged file may name any of them
        return
    yield from (path for path in old if not any(PurePosixPath(path).stem in card for card in cards))


def _check(retention: Retention) -> None:
    """UnusableError when a span is of something that has no days, or that is kept for ever."""
    dated = [name for name, table in TABLES.items() if "day" in table.partition and name not in FOR_EVER]
    for name in retention.tables:
        if name not in (*dated, *PICTURES):
            known = ", ".join((*dated, *PICTURES))
            raise UnusableError(f"[retention] tables: '{name}' has no days that it could be kept", f"known are {known}")
