"""What each file of a store is, by its path, and which job makes it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sensors_data.jobs import JOBS, Job
from sensors_data.model_files import model_at
from sensors_data.partition_paths import day_of_joined, partition_of
from sensors_data.places import FOLDERS, owner_of_metrics
from sensors_data.store import Store
from sensors_data.tables import TABLES

_KEYS = re.compile(r"([a-z]+)=([^/]+)")
_FEATURES = "features"
"""The kind of model that is trained beside a generator."""


@dataclass(frozen=True)
class Remake:
    """The job and the partition that write a file again."""

    job: Job
    day: date
    owner: str = ""
    shard: int | None = None
    """None for all shards."""

    @property
    def command(self) -> str:
        """The command that runs it."""
        owner = f" --{self.job.owner} {self.owner}" if self.owner else ""
        if self.job.sharded and self.shard is None:
            return f"nightscore backfill{owner} --from {self.day} --to {self.day}"
        shard = f" --shard {self.shard}" if self.shard is not None else ""
        return f"nightscore {self.job.name}{owner} --day {self.day}{shard}"


@dataclass(frozen=True)
class Place:
    """What a file is: its table, kind of model or folder, its day, and how to make it again."""

    what: str
    day: date | None
    remake: Remake | None


def is_leftover(path: str) -> bool:
    """Whether a file is a temporary one, of a writer that was killed or is still writing."""
    return path.rsplit("/", 1)[-1].startswith(".") and path.endswith(".tmp")


def place_of(store: Store, path: str) -> Place | None:
    """What the file at a path of a store is; None where nightscore writes no such file."""
    top = path.split("/", 1)[0]
    if top in TABLES:
        return _of_table(path)
    if top == "models":
        return _of_model(path)
    return _elsewhere(store, path) if top in FOLDERS else None


def _of_table(path: str) -> Place | None:
    """A table's partition or the joined files of one, where the path is one that the table writes."""
    table = path.split("/", 1)[0]
    keys = partition_of(TABLES[table], path) or day_of_joined(TABLES[table], path)
    if keys is None:
        return None
    day = date.fromisoformat(keys["day"]) if "day" in keys else None
    try:
        return Place(table, day, _job_of(table, keys, day))
    except ValueError:  # a model's day that is none
        return None


def _job_of(table: str, keys: dict[str, str], day: date | None) -> Remake | None:
    """The job that writes a partition of a table; None for what people or runs noted."""
    owner = keys.get("family") or keys.get("camera") or keys.get("name", "")
    if "model" in keys:
        trains = keys.get("kind", "generators")
        return _training(trains, owner, date.fromisoformat(keys["model"]))
    job = next((job for job in JOBS.values() if table in job.writes), None)
    if job is None or day is None:
        return None
    return Remake(job, day, owner, int(keys["shard"]) if job.sharded and "shard" in keys else None)


def _training(kind: str, owner: str, through: date) -> Remake | None:
    trains = "generators" if kind == _FEATURES else kind
    job = next((job for job in JOBS.values() if job.trains == trains), None)
    return Remake(job, through + timedelta(days=1), owner) if job else None


def _of_model(path: str) -> Place | None:
    """A model or the state of a training that has not ended."""
    if path.startswith("models/unfinished/") and path.endswith((".state", ".lease", ".stop")):
        return Place("unfinished", None, None)
    model = model_at(path)
    if model is None or model.path != path:
        return None
    return Place("models", None, _training(model.kind, model.name, model.through))


def _elsewhere(store: Store, path: str) -> Place:
    """A picture, report or metrics file."""
    top, keys = path.split("/", 1)[0], dict(_KEYS.findall(path))
    if top == "metrics":
        return Place(top, None, _export(store, path))
    text = keys.get("day") or keys.get("model") or path.rsplit("/", 1)[-1].removesuffix(".html")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None:
        return Place(top, None, None)
    if "model" in keys:
        return Place(top, None, _training("generators", keys["camera"], day))
    job = {"heat_maps": "score-images", "sheets": "judge-images", "reports": "report"}.get(top)
    return Place(top, day, Remake(JOBS[job], day, keys.get("camera", "")) if job else None)


def _export(store: Store, path: str) -> Remake | None:
    """The job that writes a text file of metrics, of the newest night that was scored."""
    owner, name = owner_of_metrics(path)
    if not owner:
        return None
    job = JOBS[name]
    days = store.days("scores", family=owner) if job.owner == "family" else store.days("image_scores", camera=owner)
    return Remake(job, days[-1], owner) if days else None
