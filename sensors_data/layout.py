"""The settings of a family's sensors, and of the format of its files."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from sensors_data.section import Duration, Section

Columns = Annotated[tuple[str, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v)]
"""One column's name, or several whose cells are joined by a blank."""


Unit = Literal[
    "text", "s", "ms", "us", "ns", "min", "h", "excel", "matlab", "mjd", "julian", "ticks", "filetime", "labview"
]  # fmt: skip
"""Text, or what a number of a time counts."""


class Sensor(Section):
    """One measured quantity; a value outside [low, high] is implausible and is rejected."""

    unit: str = ""
    """Its unit, as shown in pictures, reports and the API."""
    low: float | None = None
    """Smallest plausible value, in the sensor's unit; smaller values are rejected."""
    high: float | None = None
    """Largest plausible value, in the sensor's unit; larger values are rejected."""
    missing: tuple[float, ...] = ()
    """Numbers that mean 'no value', like `[-9999]`; they are rejected and never learned from."""
    states: dict[str, float] = {}
    """Words that occur as values, with the number for each, like `{ OFF = 0, ON = 1 }`."""
    kind: Literal["measured", "counter", "context"] = "measured"
    """counter: it counts up; its increase per step is learned. context: a setpoint, command or state, which is stored
    and shown, but not learned and never named as a cause."""
    hold: Duration | None = Field(None, exclude_if=lambda hold: hold is None)
    """How long its last value remains valid, for a sensor that writes only changes; not at all by default."""

    @model_validator(mode="after")
    def _ordered(self) -> Sensor:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self


class Layout(Section):
    """The format of a family's files: columns, header, numbers and times."""

    kind: Literal["wide", "long", "day"] = "wide"
    """wide: one column per sensor. long: one row per value. day: one row per day, one column per time of day."""
    time: Columns = ("time",)
    """The column with the time, or several, like `["date", "hour"]`, whose cells are joined by a blank."""
    time_unit: Unit = "text"
    """text: a written time. Otherwise a number: since 1970 in s, ms, us, ns, min or h, or in a program's own units."""
    time_format: str | None = None
    """Format of written times, with strptime's directives and optional parts in brackets: `%d.%m.%Y[ %H:%M]`.
    ISO 8601 by default."""
    timezone: str = "UTC"
    """Zone of times without one, like `Europe/Berlin`."""
    times: dict[str, str] = Field({}, exclude_if=lambda times: not times)
    """Wide files: sensors with a time column of their own, like `{ Flow = "Time2" }`."""
    date_in_name: str = Field("", exclude_if=lambda form: not form)
    """Format of the date in the files' names, for rows with a time of day alone, like `%d%m%Y`; a slash behind it,
    `%Y-%m-%d/`, means their folders' names."""
    start: str | None = None
    """The date from which relative times count, like `2026-02-02`."""
    end: str | None = None
    """The column with the end of each row's interval; a row with a much longer interval is a total and is rejected."""
    asset: Columns | None = None
    """The column, or columns, with the asset's name; without one the file holds a single asset."""
    asset_from_file: bool | str = False
    """Whether the file's name is the asset's name; a regular expression selects the part that is."""
    asset_from_folder: bool = Field(False, exclude_if=lambda folder: not folder)
    """Whether the folder of a file is the asset's name; of `machine=K1` it is the part after `=`."""
    asset_from_sensor: str = Field("", max_length=200, exclude_if=lambda pattern: not pattern)
    """Where sensors' names begin with their asset's, like `pump1.flow`: a regular expression whose one group is the
    asset, like `^(.+?)[.]`. What stands behind the match is the sensor."""
    sensor_from_file: bool | str = Field(False, exclude_if=lambda name: not name)
    """Wide files: whether the file's name is the sensor's name, whose values are its one column beside the time; a
    regular expression selects the part that is."""
    sensor: Columns = ("sensor",)
    """Long files: the column, or columns, with the sensor's name."""
    value: str = "value"
    """Long files: the column with the value. Files of a row a day: the sensor's name; empty where the column `sensor`
    holds the names of several."""
    quality: str | dict[str, str] | None = None
    """The column with the quality of the values, or one column for each sensor."""
    good: Columns = ()
    """The qualities that are used; values of any other quality are rejected."""
    fill_down: Columns = Field((), exclude_if=lambda columns: not columns)
    """Columns in which a blank cell repeats the cell above it, like merged cells of a spreadsheet."""
    ignore: Columns = ()
    """Columns that are not read."""
    decimal: Literal[".", ","] = "."
    """Decimal separator of numbers."""
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """Thousands separator of numbers, if any."""
    decimal_by_file: bool = Field(False, exclude_if=lambda by_file: not by_file)
    """Whether some files have the other decimal separator; then each file is read by the one that it shows."""
    decimals: dict[str, Literal[".", ","]] = Field({}, exclude_if=lambda decimals: not decimals)
    """Columns with another decimal separator, like `{ Strom = "." }`; the other mark then separates thousands."""
    cell_units: dict[str, float] = {}
    """Units that follow numbers in cells, with the factor for each: `{ W = 1, kW = 1000 }`."""
    separator: Annotated[str, StringConstraints(pattern=r"^(?:.|  )$")] = ","
    """Separator of cells; one blank means any run of blanks, two mean runs of two or more."""
    encoding: str = "utf-8"
    """Encoding of the text, like utf-16, cp1252 or gb18030; a byte order mark takes precedence."""
    other_encoding: str = Field("", exclude_if=lambda name: not name)
    """Encoding of the files that are not written in `encoding`, where it differs from file to file."""
    stacked: bool = Field(False, exclude_if=lambda stacked: not stacked)
    """Whether the file holds several tables, one below the other, each with its own header or title; read as one."""
    sheet: str = ""
    """Sheet of a workbook; by default the fullest. `*`: all sheets with the same columns as the fullest, as one table
    with a column `sheet`."""
    skip_lines: int = Field(0, ge=0, le=10_000)
    """Number of lines before the header."""
    header_rows: int = Field(1, ge=0, le=20)
    """Number of header lines; 0 if columns have no names, which are then column_1, column_2."""
    name_rows: tuple[int, ...] = (1,)
    """The header lines that hold the names of the columns, counted from 1."""
    names: tuple[str, ...] = Field((), exclude_if=lambda names: not names)
    """Names of the columns in order, instead of those in the header; `""` keeps the header's name."""
    comment: str = Field("", max_length=4)
    """How comment lines begin, like `#`."""

    def of_column(self, name: str) -> Layout:
        """The layout with the decimal and thousands mark of one column."""
        mark = self.decimals.get(name, self.decimal)
        if mark == self.decimal:
            return self
        other = "." if mark == "," else ","
        return self.model_copy(update={"decimal": mark, "thousands": other, "decimals": {}})

    def __hash__(self) -> int:
        """Equal layouts read a file alike: the key under which parsed files are kept."""
        return hash(self.model_dump_json())

    @field_validator("encoding", "other_encoding")
    @classmethod
    def _encoding_known(cls, name: str) -> str:
        try:
            "".encode(name or "utf-8")
        except (LookupError, ValueError) as error:
            raise ValueError(f"unknown encoding '{name}'; write it like utf-8, utf-16, cp1252 or gb18030") from error
        return name

    @model_validator(mode="after")
    def _thousands_differ(self) -> Layout:
        if self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands are both '{self.decimal}'; they must differ")
        return self

    @model_validator(mode="after")
    def _names_in_header(self) -> Layout:
        if self.header_rows and not all(1 <= row <= self.header_rows for row in self.name_rows):
            raise ValueError(f"name_rows {self.name_rows} must lie in 1 to header_rows = {self.header_rows}")
        return self

    @model_validator(mode="after")
    def _good_is_stated(self) -> Layout:
        if self.quality and not self.good:
            raise ValueError('a quality column wants good = ["..."], the qualities whose values are used')
        return self

    @field_validator("asset_from_sensor")
    @classmethod
    def _pattern_has_a_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
        if pattern and groups != 1:
            raise ValueError(f"'{pattern}' must have one group, the asset, like ^(.+?)[.]")
        return pattern

    @model_validator(mode="after")
    def _asset_stands_in_one_place(self) -> Layout:
        others = ("asset", "asset_from_file", "asset_from_folder", "decimals")
        if self.asset_from_sensor and (stated := [name for name in others if getattr(self, name)]):
            raise ValueError(f"asset_from_sensor and {stated[0]} do not go together: take one out")
        return self

    @model_validator(mode="after")
    def _sensor_is_named_once(self) -> Layout:
        if self.sensor_from_file and self.kind != "wide":
            raise ValueError(f'sensor_from_file wants kind = "wide"; it is "{self.kind}"')
        return self

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
