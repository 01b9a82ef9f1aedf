"""How a family's files are written, and what is known of each sensor: the settings that reading honours."""

from __future__ import annotations

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
    """Its unit, as pictures, reports and the API show it."""
    low: float | None = None
    """Smallest plausible value, in the sensor's unit; a smaller one is rejected."""
    high: float | None = None
    """Largest plausible value, in the sensor's unit; a larger one is rejected."""
    missing: tuple[float, ...] = ()
    """Numbers that stand for 'no value', like `[-9999]`; they are rejected and never learned from."""
    states: dict[str, float] = {}
    """Words in its cells and the number of each, like `{ OFF = 0, ON = 1 }`."""
    kind: Literal["measured", "counter", "context"] = "measured"
    """counter: it counts up, and is learned as what it grows by in a step. context: a setpoint, a command or a state,
    which is kept and shown, and is neither learned nor blamed."""
    hold: Duration | None = Field(None, exclude_if=lambda hold: hold is None)
    """How long its last value stands, for a sensor of which only changes are written; not at all if not set."""

    @model_validator(mode="after")
    def _ordered(self) -> Sensor:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self


class Layout(Section):
    """How a family's files are written: columns, header, numbers and times."""

    kind: Literal["wide", "long", "day"] = "wide"
    """wide: a column a sensor. long: a row a value. day: a row a day, a column a time of day."""
    time: Columns = ("time",)
    """The column that holds the time, or several, like `["date", "hour"]`, whose cells are joined by a blank."""
    time_unit: Unit = "text"
    """text: a written time. Otherwise a number: since 1970 in s, ms, us, ns, min or h, or as a program counts."""
    time_format: str | None = None
    """How a written time reads, as strptime has it, what may be absent in brackets: `%d.%m.%Y[ %H:%M]`.
    ISO 8601 if not set."""
    timezone: str = "UTC"
    """Zone of times that name none, like `Europe/Berlin`."""
    times: dict[str, str] = Field({}, exclude_if=lambda times: not times)
    """Wide files: columns whose values have a time of their own, and its column, like `{ Flow = "Time2" }`."""
    start: str | None = None
    """The date from which a count without a date runs, like `2026-02-02`."""
    end: str | None = None
    """The column with the end of each row's interval; a row of a far longer one is a total and is rejected."""
    asset: Columns | None = None
    """The column that names the asset, or several; without one the file holds a single asset."""
    asset_from_file: bool | str = False
    """Whether the file's name is the asset's name; a regular expression takes the part of it that is."""
    asset_from_folder: bool = Field(False, exclude_if=lambda folder: not folder)
    """Whether the folder that a file lies in is the asset's name; of `machine=K1` it is what stands behind the mark."""
    sensor: Columns = ("sensor",)
    """Long files: the column that names the sensor, or several."""
    value: str = "value"
    """Long files: the column that holds the value."""
    quality: str | dict[str, str] | None = None
    """The column that grades the values, or one for each sensor."""
    good: Columns = ()
    """The grades whose values are used; values of other grades are rejected."""
    fill_down: Columns = Field((), exclude_if=lambda columns: not columns)
    """Columns in which a blank cell holds what stands above it, as merged cells of a spreadsheet do."""
    ignore: Columns = ()
    """Columns that are not read."""
    decimal: Literal[".", ","] = "."
    """The decimal mark of numbers."""
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """The mark between thousands, if any."""
    decimals: dict[str, Literal[".", ","]] = Field({}, exclude_if=lambda decimals: not decimals)
    """Columns whose decimal mark is another one, like `{ Strom = "." }`; the other mark parts their thousands."""
    cell_units: dict[str, float] = {}
    """Units that stand behind numbers in cells, and what each is multiplied by: `{ W = 1, kW = 1000 }`."""
    separator: Annotated[str, StringConstraints(pattern=r"^(?:.|  )$")] = ","
    """What stands between two cells of a line; one blank for any run of blanks, two for runs of two and more."""
    encoding: str = "utf-8"
    """Encoding of the text, like utf-16, cp1252 or gb18030; a byte order mark wins over it."""
    stacked: bool = Field(False, exclude_if=lambda stacked: not stacked)
    """Whether tables stand one below the other, each below a header or a title of its own; they are read as one."""
    sheet: str = ""
    """Sheet of a workbook; the fullest one if not set. `*`: all with the columns of the fullest, as one table with a
    column `sheet`."""
    skip_lines: int = Field(0, ge=0, le=10_000)
    """Lines before the header."""
    header_rows: int = Field(1, ge=0, le=20)
    """Lines of the header; 0 where columns have no names and are called column_1, column_2."""
    name_rows: tuple[int, ...] = (1,)
    """Those of the header's lines that name the columns."""
    names: tuple[str, ...] = Field((), exclude_if=lambda names: not names)
    """Names of the columns in their order, in place of the header's; `""` keeps what the header says."""
    comment: str = Field("", max_length=4)
    """What begins a line that is no row, like `#`."""

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

    @field_validator("encoding")
    @classmethod
    def _encoding_known(cls, name: str) -> str:
        try:
            "".encode(name)
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
