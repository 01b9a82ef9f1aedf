"""What a user states once: families of assets, their sensors and where their readings arrive."""

from __future__ import annotations

import os
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sensors_data.layout import Layout, Sensor
from sensors_data.section import LABEL, Duration, Label, Name, S, Section

__all__ = [
    "LABEL", "Camera", "Duration", "Family", "Label", "Layout", "Name", "Section", "Sensor", "Settings", "Training",
]  # fmt: skip


class Training(Section):
    """When and on what a family's detector is trained."""

    days: int = Field(28, ge=1, le=3650, description="length of the span it learns from, days")
    first_after: int = Field(14, ge=1, le=3650, description="days of readings before the first training")
    every: int = Field(7, ge=1, le=365, description="days between trainings in a backfill")
    commissioning: Duration | None = None
    """Set where an asset has no earlier days: its first readings, this long, are known to be normal.
    They join the training of that very day and are not scored."""


class Family(Section):
    """Assets with the same sensors on one clock."""

    inbox: str
    """A file, a folder, or a path with `{day}` in it; relative to settings.toml."""
    step: Duration
    """The clock: readings within one step are averaged. It must divide the day."""
    sensors: dict[Label, Sensor] = Field(min_length=1)
    """Every sensor by its name in the files, with its own keys."""
    layout: Layout = Layout()
    """How the files are written."""
    assets: tuple[Label, ...] = ()
    """The assets that are read; all of them if empty."""
    shards: int = Field(1, ge=1, le=1024)
    """Parts of the family that are worked on side by side."""
    linear_gap: Duration = timedelta(minutes=30)
    """Gaps up to this long are filled by a straight line."""
    seasonal_gap: Duration = timedelta(days=1)
    """Longer gaps up to this are filled with the median of the same time on earlier days."""
    training: Training = Training()
    """When and on what the detector is trained."""
    detector: dict[str, Any] = {}
    """How the detector is built."""
    rules: dict[str, Any] = {}
    """When rows over the threshold become an anomaly."""

    @model_validator(mode="after")
    def _step_divides_the_day(self) -> Family:
        if timedelta(days=1) % self.step:
            raise ValueError(f"a step of {self.step} does not divide the day; use one that does, like 1s, 1min, 5min")
        return self

    @property
    def sensor_names(self) -> tuple[str, ...]:
        """The sensors in the order every array of this family has."""
        return tuple(self.sensors)


class Camera(Section):
    """A source of same-sized images."""

    inbox: str
    """The folder of the images, or a path with `{day}`; relative to settings.toml."""
    size: int = Field(28, ge=16, le=256, description="side of the square images, pixels")
    channels: Literal[1, 3] = 1
    """1 for grey, 3 for colour."""
    bits: Literal[8, 10, 12, 14, 16] | None = Field(None, description="of deep pixels; each day's own if not given")
    background: str = Field("black", description="what transparent pixels lie on: a colour's name or #rrggbb")
    fit: Literal["stretch", "pad", "crop"] = Field("stretch", description="how an oblong picture becomes square")
    any_size: bool = Field(False, description="pictures of a day may differ in size")
    region: tuple[int, int, int, int] | None = Field(None, description="left, top, width, height of what is looked at")
    zone: str = Field("UTC", description="of times without an offset")
    day_pattern: str | None = Field(None, description="how paths write a day, like %d-%m-%Y")
    day_from: Literal["path", "exif", "file"] = Field("path", description="where a picture's time stands")
    undated_day: date | None = Field(None, description="of pictures whose day is unknown")
    folders: tuple[Literal["asset", "label", "skip"], ...] = Field((), description="what folders below the inbox say")
    labels: dict[str, str] = Field({}, description="labels by the form of a file's path, like '*_test.jpg' = 'defect'")
    normal_labels: tuple[str, ...] = Field((), description="labels of normal pictures beside the usual words")
    leave_out: tuple[str, ...] = Field((), description="forms of paths that are passed over, like '*/thumbs/*'")
    detector: dict[str, Any] = {}
    """How the image detector is built."""
    generator: dict[str, Any] = {}
    """Whether and how synthetic images are made; without this section none are."""
    max_synthetic_share: float = Field(0.0, ge=0, le=0.5, description="of the training images")

    @model_validator(mode="after")
    def _words_known(self) -> Camera:
        if re.fullmatch(r"#[0-9A-Fa-f]{6}|black|white|grey|gray", self.background) is None:
            raise ValueError(f"background '{self.background}' is no colour; write black, white, grey or like #rrggbb")
        if self.region is not None and (min(self.region[:2]) < 0 or min(self.region[2:]) < 8):
            raise ValueError(f"region {self.region} must be left, top, width, height, at least 8 x 8 pixels")
        if self.day_pattern is not None and not ({"%d", "%m"} <= set(re.findall("%.", self.day_pattern))):
            raise ValueError(f"day_pattern '{self.day_pattern}' must hold %d and %m, and %Y or %y")
        try:
            ZoneInfo(self.zone)
        except (LookupError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone '{self.zone}'; write it like UTC or Europe/Berlin") from error
        return self


class Settings(Section):
    """The whole settings.toml."""

    store: str = "store"
    """Folder or URL, like `s3://bucket/plant`, of everything that nightscore writes."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Seed of every training; another one gives other weights."""
    pushgateway: str | None = None
    """Address of a Prometheus Pushgateway that each night is pushed to."""
    families: dict[Name, Family] = {}
    """Every family by its name."""
    cameras: dict[Name, Camera] = {}
    """Every camera by its name."""

    def family(self, name: str) -> Family:
        """The family called `name`. LookupError names the known ones."""
        if name not in self.families:
            known = ", ".join(sorted(self.families)) or "none"
            raise LookupError(
                f"settings have no family '{name}' (known: {known}); add [families.{name}] to settings.toml"
            )
        return self.families[name]

    def camera(self, name: str) -> Camera:
        """The camera called `name`. LookupError names the known ones."""
        if name not in self.cameras:
            known = ", ".join(sorted(self.cameras)) or "none"
            raise LookupError(
                f"settings have no camera '{name}' (known: {known}); add [cameras.{name}] to settings.toml"
            )
        return self.cameras[name]


def parse(section: type[S], table: dict[str, Any], where: str) -> S:
    """`table` as a checked section. ValueError names the key, what was found, and what is wanted."""
    try:
        return section.model_validate(table)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        lines = [f"{'.'.join(str(part) for part in e['loc']) or '(whole)'}: {e['msg']}" for e in wrong]
        more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""
        raise ValueError(f"{where}: {'; '.join(lines[:3])}{more}") from error


def load(path: Path) -> Settings:
    """The settings in a TOML file; a relative inbox is taken from the file's own folder.

    FileNotFoundError when the file is missing, ValueError when it does not hold settings.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no settings at {path}; write them with: nightscore init --from FILE")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    settings = parse(Settings, table, str(path))
    here = path.resolve().parent
    families = {n: f.model_copy(update={"inbox": _beside(f.inbox, here)}) for n, f in settings.families.items()}
    cameras = {n: c.model_copy(update={"inbox": _beside(c.inbox, here)}) for n, c in settings.cameras.items()}
    store = _beside(settings.store, here)
    return settings.model_copy(update={"families": families, "cameras": cameras, "store": store})


def from_environment() -> Settings:
    """The settings that NIGHTSCORE_SETTINGS names (./settings.toml if not set), with NIGHTSCORE_STORE's store.

    FileNotFoundError, ValueError as `load` raises them.
    """
    settings = load(Path(os.environ.get("NIGHTSCORE_SETTINGS", "settings.toml")))
    store = os.environ.get("NIGHTSCORE_STORE")
    return settings.model_copy(update={"store": store}) if store else settings


def _beside(location: str, folder: Path) -> str:
    """A relative path seen from `folder`; URLs and absolute paths as they are."""
    return location if "://" in location or Path(location).is_absolute() else str(folder / location)
