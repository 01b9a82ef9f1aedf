"""A look at a user's files: how they are laid out, what they measure, what is odd, and the settings that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout
from sensors_data.series.dates.clock_back import row_times
from sensors_data.series.dates.periods import files_as_assets, repeats, time_span
from sensors_data.series.files.file_source import find_files, raw_readings
from sensors_data.series.files.workbooks import sheets_left_out
from sensors_data.series.grids.clock import jitters
from sensors_data.series.intake.judging import check
from sensors_data.series.understanding.doubts.all_doubts import told_doubts
from sensors_data.series.understanding.doubts.evidence import Evidence
from sensors_data.series.understanding.doubts.of_unread import lost_lines, unread
from sensors_data.series.understanding.first_training import first_training, lengths_of, usual_step
from sensors_data.series.understanding.oddities import oddities
from sensors_data.series.understanding.roles import tells_events
from sensors_data.series.understanding.sensor_files import is_one_a_file, joined_columns, sensors_by_name
from sensors_data.series.understanding.sensor_specs import sensor_specs
from sensors_data.series.understanding.understand import Understood, understand
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.series.values.numbers import numbers_of
from sensors_data.settings import LABEL, Family, Sensor

_AHEAD = pd.Timedelta(days=5 * 365)
_STATE = "say what was read wrongly with --time, --format, --zone, --separator, --decimal, --asset or --encoding"


@dataclass(frozen=True)
class Discovery:
    """What was found in a user's files, and what reading them back by these settings gave."""

    name: str
    family: Family
    rows: int
    assets: tuple[str, ...]
    first: pd.Timestamp
    last: pd.Timestamp
    odd: tuple[str, ...]
    unsure: tuple[str, ...]
    """What makes it likely that something was read wrongly, each with its remedy."""
    understood: Understood
    used: int
    refused: dict[str, int]
    values: pd.DataFrame
    trains: bool


def discover(source: Path, wishes: Wishes | None = None) -> Discovery:
    """Settings for the readings in a file or folder. LookupError or UnreadableError when there are none to be found."""
    files = find_files(str(source))
    rows = _read(files, wishes or Wishes())
    sensors = sensor_specs(rows.raw, rows.time, rows.layout, rows.understood)
    if not sensors:
        raise UnreadableError(f"{files[0].name} has no good value of a sensor with a printable name", _STATE)
    readings = rows.raw.assign(time=rows.time, number=numbers_of(rows.raw, rows.layout)).dropna(subset=["time"])
    family, trains = _family_of(source, rows.layout, sensors, readings)
    values, refused = _checked(rows, family, files[0].name)
    odd = oddities(rows.raw, readings, rows.time, family, rows.understood, values)
    unsure, doubtful = told_doubts(Evidence(rows.understood, family, readings, values, refused))
    left_out = [*rows.broken, *_nameless(rows.raw), *sheets_left_out(files[0], rows.layout.sheet)]
    return Discovery(
        name=name_of(source),
        family=family,
        rows=len(rows.raw),
        assets=tuple(sorted(readings["asset"].unique())),
        first=readings["time"].min(),
        last=readings["time"].max(),
        odd=(*left_out, *_ahead(readings["time"].max(), files), *odd, *doubtful),
        unsure=(*unread(rows.broken, files), *unsure),
        understood=rows.understood,
        used=len(values),
        refused=refused,
        values=values[["time", "asset", "sensor", "value"]],
        trains=trains,
    )


@dataclass(frozen=True)
class _Rows:
    """All values of a source's files as text, with their times and how they were read."""

    understood: Understood
    layout: Layout
    raw: pd.DataFrame
    time: pd.Series
    broken: list[str]


def _read(files: list[Path], wishes: Wishes) -> _Rows:
    """The values of all files that read as most of them do. UnreadableError when fewer than two have a time."""
    understood, names, parts, broken = _of_most(files, wishes)
    layout = understood.layout
    alone = bool(layout.sensor_from_file) or is_one_a_file(parts) or repeats(parts, layout)
    spans = {} if alone else {path: time_span(part, layout) for path, part in parts.items()}
    layout = layout.model_copy(update=files_as_assets(spans, layout))
    if layout.asset_from_file or layout.asset_from_folder:
        parts, broken = _raw_parts(files, layout, names)
    raw = pd.concat(parts.values(), ignore_index=True)
    time = pd.concat([row_times(part, layout) for part in parts.values()], ignore_index=True)
    if time.notna().sum() < 2:
        raise UnreadableError(f"{files[0].name} has {time.notna().sum()} rows with a readable time", "two are needed")
    return _Rows(understood, layout, raw, time, broken)


def _family_of(source: Path, layout: Layout, sensors: dict[str, Sensor], readings: pd.DataFrame) -> tuple[Family, bool]:
    """The settings that suit the readings, and whether these are enough for a first training."""
    step = usual_step(readings)
    lengths = lengths_of(readings, step)
    training, trains = first_training(lengths, step)
    family = Family(
        inbox=str(source.resolve()),
        step=step,
        layout=layout,
        sensors=sensors,
        nearest=jitters(readings["time"], step),
        linear_gap=max(6 * step, timedelta(seconds=1)),
        training=training,
        detector=lengths.budget() if lengths.short else {},
    )
    return family, trains


def _checked(rows: _Rows, family: Family, name: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """The values that can be used, and how many others have each reason. UnreadableError when none can be used."""
    values, refused = check(rows.raw, rows.time, family)
    if not len(values):
        reasons = "; ".join(str(reason) for reason in refused["reason"].unique()[:3]) or "its rows name other sensors"
        raise UnreadableError(f"{name}: of {len(rows.raw):,} values none can be used: {reasons}", _STATE)
    counts = refused.loc[~refused["used"].astype(bool), "reason"].value_counts()
    return values, {str(reason): int(number) for reason, number in counts.items()}


def _nameless(raw: pd.DataFrame) -> list[str]:
    """What is said of rows whose sensor has no name that it could have."""
    odd = [name for name in raw["sensor"].astype(str).unique() if re.fullmatch(LABEL, name) is None]
    return [f"rows of {len(odd)} sensors are left out, whose names are no printable text"] if odd else []


_Parts = tuple[Understood, tuple[str, ...], dict[Path, pd.DataFrame], list[str]]


def _of_most(files: list[Path], wishes: Wishes) -> _Parts:
    """How most files read, their sensors, the values of each file that reads so, and what is wrong with the others.

    The first file shows it; where most others do not read as it does, the first of those.
    """
    try:
        first = _as_in(files[0], files, wishes)
    except UnreadableError:
        largest = max(files, key=lambda path: path.stat().st_size)
        if largest == files[0]:
            raise
        first = _as_in(largest, files, wishes)
    other = next((path for path in files if path not in first[2]), None)
    if other is None or 2 * len(first[2]) >= len(files):
        return first
    try:
        again = _as_in(other, files, wishes)
    except UnreadableError:
        return first
    return again if len(again[2]) > len(first[2]) else first


def _as_in(path: Path, files: list[Path], wishes: Wishes) -> _Parts:
    """How a file reads, its sensors, and the values of all files that read so."""
    understood = understand(path, wishes, files)
    names = _sensor_names(understood)
    if not names:
        raise _no_sensor(path.name, understood)
    if keys := sensors_by_name(files, understood):
        understood, names = replace(understood, layout=understood.layout.model_copy(update=keys)), ()
    parts, broken = _raw_parts(files, understood.layout, names)
    others = [path for path in files if path not in parts]
    if joined := joined_columns(understood, others, lambda other: understand(other, wishes)):
        understood, names = replace(understood, layout=joined[0]), joined[1]
        parts, broken = _raw_parts(files, understood.layout, names)
        broken = [*broken, f"files have one column each: their {len(names)} sensors are joined by time as one machine"]
    return understood, names, parts, broken


def _ahead(last: pd.Timestamp, files: list[Path]) -> list[str]:
    """What is said of times that lie years after their files were written: those of another calendar, say."""
    written = pd.Timestamp(max(path.stat().st_mtime for path in files), unit="s", tz="UTC")
    if last < written + _AHEAD:
        return []
    return [f"times go to {last:%Y-%m-%d}, years after the file was written: another calendar, or years of two digits?"]


def name_of(source: Path) -> str:
    """What a family is called after its files."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", source.name.split(".")[0]).strip("-_")[:64] or "family"


def _sensor_names(understood: Understood) -> tuple[str, ...]:
    """The sensors that a file's layout names; those of a table of values are found in its rows."""
    layout, columns = understood.layout, {column.name: column for column in understood.columns}
    if layout.kind == "wide" and tells_events(understood.roles, columns):
        return ()
    if layout.kind == "wide":
        return understood.roles.measures
    if layout.kind == "day" and layout.value:
        return (layout.value,)
    return tuple(str(name) for name in columns[layout.sensor[0]].distinct)


def _no_sensor(name: str, understood: Understood) -> UnreadableError:
    """The refusal of a file whose times can be read, and in which nothing is measured."""
    columns = [column.name for column in understood.columns]
    if events := [role.column for role in understood.roles.roles if role.role == "state"]:
        reason = f"{name} is a list of events: no column holds numbers, and {events[:4]} are words"
        return UnreadableError(reason, "export what is measured; known events go in with: nightscore incidents add")
    empty = [role.column for role in understood.roles.roles if role.evidence == "it is empty"]
    if empty and len(empty) == len([role for role in understood.roles.roles if role.role == "ignored"]):
        why = f"its times are readable, and the columns {empty[:6]} are blank in every row"
        return UnreadableError(f"{name} holds no value: {why}", "export it again with the values")
    reasons = [f"'{role.column}': {role.evidence}" for role in understood.roles.roles if role.role == "ignored"]
    return UnreadableError(
        f"{name} has no numeric column beside its time; columns: {columns[:12]}; {'; '.join(reasons[:6])}"
    )


def _raw_parts(files: list[Path], layout: Layout, names: tuple[str, ...]) -> tuple[dict[Path, pd.DataFrame], list[str]]:
    """The values of each file that the layout reads, and what is wrong with the others."""
    parts, broken = {}, []
    for path in files:
        try:
            parts[path], bad = raw_readings(path, layout, names)
            if len(bad):
                line, text = bad.iloc[0]["line"], str(bad.iloc[0]["raw"])[:40]
                broken.append(f"{path.name}: {len(bad):,} lines are no rows, first line {line}: '{text}'")
                broken += lost_lines(path.name, bad, parts[path])
        except UnreadableError as error:
            broken.append(f"not read: {error}")
    if not parts:
        raise UnreadableError("; ".join(broken[:3]))
    return parts, broken[:5] + ([f"{len(broken) - 5} more files are not read"] if len(broken) > 5 else [])
