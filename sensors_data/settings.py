"""What a user states once: families of assets, their sensors and where their readings arrive."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""A family's or camera's name: it becomes a folder."""

LABEL = r"[^\x00-\x1f\x7f]{1,128}"
Label = Annotated[str, StringConstraints(pattern=rf"^{LABEL}$")]
"""A sensor's or asset's name as the user writes it: printable, at most 128 characters."""


_UNITS = {"s": 1, "min": 60, "h": 3600, "D": 86_400}


def _duration(value: object) -> timedelta:
    """A positive duration from text such as `5min`, `1h`, `7D`, or from seconds."""
    try:
        if isinstance(value, timedelta):
            found = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = timedelta(seconds=value)
        elif plain := re.fullmatch(r"(\d{1,6}) ?(s|min|h|D)", str(value), re.ASCII):
            found = int(plain[1]) * timedelta(seconds=_UNITS[plain[2]])
        else:
            found = _written_out(str(value))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{value}' is no duration; write it like 5min, 1h, 30s or 7D") from error
    if found <= timedelta(0):
        raise ValueError(f"a duration must be positive, found {value}")
    return found


def _written_out(text: str) -> timedelta:
    """A duration in any other form that pandas reads, as `00:05:00` or `1.5h`. ValueError when it is none."""
    import pandas as pd  # half a second that schedules need not spend to know a family's name

    parsed = pd.Timedelta(text)
    if pd.isna(parsed):
        raise ValueError(text)
    return parsed.to_pytimedelta()


Duration = Annotated[timedelta, BeforeValidator(_duration)]

S = TypeVar("S", bound="Section")


class Section(BaseModel):
    """Base of everything that is read from or written to disk: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")


class Sensor(Section):
    """One measured quantity; a value outside [low, high] is implausible and is rejected."""

    unit: str = ""
    """Its unit, as pictures, reports and the API show it."""
    low: float | None = None
    """Smallest plausible value, in the sensor's unit; a smaller one is rejected."""
    high: float | None = None
    """Largest plausible value, in the sensor's unit; a larger one is rejected."""

    @model_validator(mode="after")
    def _ordered(self) -> Sensor:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self


class Layout(Section):
    """How a family's files are written: one column per sensor (wide) or one row per value (long)."""

    kind: Literal["wide", "long"] = "wide"
    """wide: a column a sensor. long: a row a value."""
    time: str = "time"
    """The column that holds the time."""
    time_unit: Literal["text", "s", "ms", "us", "ns"] = "text"
    """text: a written time. Otherwise a number since 1970 in this unit."""
    time_format: str | None = None
    """How a written time reads, as strptime has it, like `%d.%m.%Y %H:%M`; ISO 8601 if not set."""
    timezone: str = "UTC"
    """Zone of times that name none, like `Europe/Berlin`."""
    asset: str | None = None
    """The column that names the asset; without one the file holds a single asset."""
    asset_from_file: bool = False
    """Whether the file's name is the asset's name."""
    sensor: str = "sensor"
    """Long files: the column that names the sensor."""
    value: str = "value"
    """Long files: the column that holds the value."""
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    """What stands between two cells of a CSV line."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers."""
    ignore: tuple[str, ...] = ()
    """Columns that are not read."""

    @model_validator(mode="after")
    def _zone_known(self) -> Layout:
        try:
            ZoneInfo(self.timezone)
        except (LookupError, ValueError, OSError):
            self._zone_pandas_knows()
        return self

    def _zone_pandas_knows(self) -> None:
        import pandas as pd  # only for a rare zone such as +01:00

        try:
            pd.Timestamp("2000-01-01").tz_localize(self.timezone)
        except Exception as error:
            raise ValueError(f"unknown time zone '{self.timezone}'; write it like UTC or Europe/Berlin") from error


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
    detector: dict[str, Any] = {}
    """How the image detector is built."""
    generator: dict[str, Any] = {}
    """Whether and how synthetic images are made; without this section none are."""
    max_synthetic_share: float = Field(0.0, ge=0, le=0.5, description="of the training images")


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
