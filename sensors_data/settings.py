"""What a user states once: families of assets, their sensors and where their readings arrive."""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sensors_data.camera import Camera
from sensors_data.documents import toml_in
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.layout import Layout, Sensor
from sensors_data.night import Night
from sensors_data.retention import Retention
from sensors_data.section import LABEL, Duration, Label, Name, S, Section
from sensors_data.sending import Sending

__all__ = [
    "LABEL", "Camera", "Duration", "Family", "Label", "Layout", "Name", "Section", "Sensor", "Settings", "Training",
]  # fmt: skip


class Training(Section):
    """When and on what a family's detector is trained."""

    days: int = Field(28, ge=1, le=3650, description="length of the span it learns from, days")
    first_after: int = Field(14, ge=1, le=3650, description="days of readings before the first training")
    every: int = Field(7, ge=1, le=365, description="days between trainings in a backfill")
    learn_after: Duration = timedelta(days=7)
    """A lasting change is reported as one anomaly; after this time it is the new normal and is learned."""
    commissioning: Duration | None = None
    """For an asset without earlier days: the time from its first reading during which it is known to be normal.
    These readings join the training of that same day and are not scored."""


class Family(Section):
    """Assets with the same sensors on one clock."""

    inbox: str = ""
    """A file, a folder, or a path with `{day}` in it; relative to settings.toml, or a URL like `s3://plant/inbox`."""
    source: dict[str, Any] = Field({}, exclude_if=lambda source: not source)
    """Where readings come from, instead of an inbox: `kind`, such as sql, and the keys of that kind."""
    bridge: dict[str, Any] = Field({}, exclude_if=lambda bridge: not bridge)
    """The broker whose messages `nightscore bridge` writes to the inbox: `kind`, mqtt or kafka, and its keys."""
    step: Duration
    """Time between two rows of the grid; readings within one step are averaged. It must divide the day."""
    sensors: dict[Label, Sensor] = Field(min_length=1)
    """Every sensor by its name in the files, with its own keys."""
    layout: Layout = Layout()
    """Format of the files."""
    assets: tuple[Label, ...] = ()
    """The assets to read; all if empty."""
    shards: int = Field(1, ge=1, le=1024)
    """Number of parts of the family that are processed in parallel."""
    watermark: Duration | None = Field(None, exclude_if=lambda watermark: watermark is None)
    """Time after its end from which a day counts as complete; it is not ingested earlier."""
    settle: Duration | None = Field(None, exclude_if=lambda settle: settle is None)
    """Time for which a day's files must not have changed before they are ingested, as they may still grow."""
    done: str = Field("", exclude_if=lambda done: not done)
    """A file that marks a day as complete, with `{day}` in its path, like `inbox/{day}.done`."""
    grace: int = Field(0, ge=0, le=60, exclude_if=lambda grace: not grace)
    """Number of days before a night's own that are checked for late values, which make a new revision of their day."""
    nearest: bool = Field(False, exclude_if=lambda nearest: not nearest)
    """Whether a reading counts for the nearest step, for clocks that read slightly before or after each step."""
    linear_gap: Duration = timedelta(minutes=30)
    """Gaps up to this length are interpolated linearly."""
    seasonal_gap: Duration = timedelta(days=1)
    """Longer gaps up to this length are filled with the median of the same time on earlier days."""
    sensor_scores: Literal["all", "around"] = Field("all", exclude_if=lambda rows: rows == "all")
    """Rows of the table `sensor_scores` to store: all, or around anomalies only."""
    calendar: str = Field("", exclude_if=lambda calendar: not calendar)
    """An iCalendar file of days unlike others, such as holidays; relative to settings.toml. They are read as Sundays
    if the training span shows that this explains them better."""
    training: Training = Training()
    """When and on which days the detector is trained."""
    detector: dict[str, Any] = {}
    """The detector's configuration."""
    rules: dict[str, Any] = {}
    """The rules by which rows over the threshold become an anomaly."""

    @model_validator(mode="before")
    @classmethod
    def _files_are_an_inbox(cls, table: Any) -> Any:
        """A source of kind files is another way to write `inbox`."""
        source = table.get("source") if isinstance(table, dict) else None
        if isinstance(source, dict) and source.get("kind") == "files" and set(source) <= {"kind", "inbox"}:
            return {key: value for key, value in table.items() if key != "source"} | {"inbox": source.get("inbox", "")}
        return table

    @model_validator(mode="after")
    def _one_origin(self) -> Family:
        if bool(self.inbox) == bool(self.source):
            raise UnusableError("readings come from an inbox or from a source", "write one of the two")
        if self.source and not isinstance(self.source.get("kind"), str):
            raise UnusableError('a source needs a kind, like kind = "sql"', "files are an inbox")
        return self

    @property
    def origin(self) -> str:
        """Where readings come from, in words."""
        return self.inbox or f"a source of kind {self.source_kind}"

    @property
    def source_kind(self) -> str:
        """The kind of source that readings come from."""
        return str(self.source["kind"]) if self.source else "files"

    @model_validator(mode="after")
    def _step_divides_the_day(self) -> Family:
        if timedelta(days=1) % self.step:
            raise ValueError(f"a step of {self.step} does not divide the day; use one that does, like 1s, 1min, 5min")
        return self

    @property
    def sensor_names(self) -> tuple[str, ...]:
        """The sensors in the order every array of this family has."""
        return tuple(self.sensors)


class Settings(Section):
    """The whole settings.toml."""

    store: str = "store"
    """Folder or URL, like `s3://bucket/plant`, of everything that nightscore writes."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Seed of every training; another seed gives other weights."""
    night: Night = Field(Night(), exclude_if=lambda night: night == Night())
    """Time budget of a night."""
    retention: Retention = Retention()
    """How long what is kept."""
    pushgateway: str | None = None
    """Address of a Prometheus Pushgateway that each night is pushed to."""
    sending: Sending = Sending()
    """Where the report goes."""
    families: dict[Name, Family] = {}
    """Every family by its name."""
    cameras: dict[Name, Camera] = {}
    """Every camera by its name."""

    def family(self, name: str) -> Family:
        """The family called `name`. LookupError names the known ones."""
        if name not in self.families:
            known = ", ".join(sorted(self.families)) or "none"
            raise NotThereError(
                f"settings have no family '{name}' (known: {known})", f"add [families.{name}] to settings.toml"
            )
        return self.families[name]

    def camera(self, name: str) -> Camera:
        """The camera called `name`. LookupError names the known ones."""
        if name not in self.cameras:
            known = ", ".join(sorted(self.cameras)) or "none"
            raise NotThereError(
                f"settings have no camera '{name}' (known: {known})", f"add [cameras.{name}] to settings.toml"
            )
        return self.cameras[name]


def parse(section: type[S], table: dict[str, Any], where: str) -> S:
    """`table` as a checked section. UnusableError names the key, what was found, and what is wanted."""
    try:
        return section.model_validate(table)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        lines = [f"{'.'.join(str(part) for part in e['loc']) or '(whole)'}: {e['msg']}" for e in wrong]
        more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""
        raise UnusableError(f"{where}: {'; '.join(lines[:3])}{more}") from error


def load(path: Path) -> Settings:
    """The settings in a TOML file; a relative inbox or folder is taken from the file's own folder.

    NotThereError when the file is missing, UnusableError when it does not hold settings.
    """
    if not path.is_file():
        raise NotThereError(f"no settings at {path}", "write them with: nightscore init --from FILE")
    try:
        return settings_in(path.read_text(encoding="utf-8"), path, str(path))
    except UnicodeDecodeError as error:
        raise UnusableError(f"{path} is not TOML: {error}") from error


def settings_in(text: str, path: Path, where: str) -> Settings:
    """The settings that a text is in the file at `path`, called `where` in what is wrong. UnusableError as `load`'s."""
    try:
        table = toml_in(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableError(f"{where} is not TOML: {error}") from error
    settings = parse(Settings, table, where)
    here = path.resolve().parent
    families = {
        name: family.model_copy(
            update={
                key: _beside(place, here) for key in ("inbox", "done", "calendar") if (place := getattr(family, key))
            }
        )
        for name, family in settings.families.items()
    }
    cameras = {
        name: camera.model_copy(
            update={
                key: _beside(place, here) for key in ("inbox", "defects", "backbone") if (place := getattr(camera, key))
            }
        )
        for name, camera in settings.cameras.items()
    }
    store = _beside(settings.store, here)
    return settings.model_copy(update={"families": families, "cameras": cameras, "store": store})


def from_environment() -> Settings:
    """The settings that NIGHTSCORE_SETTINGS names (./settings.toml if not set), with NIGHTSCORE_STORE's store.

    NotThereError, UnusableError as `load` raises them.
    """
    settings = load(Path(os.environ.get("NIGHTSCORE_SETTINGS", "settings.toml")))
    store = os.environ.get("NIGHTSCORE_STORE")
    return settings.model_copy(update={"store": store}) if store else settings


def _beside(location: str, folder: Path) -> str:
    """A relative path seen from `folder`; URLs and absolute paths as they are."""
    return location if "://" in location or Path(location).is_absolute() else str(folder / location)
