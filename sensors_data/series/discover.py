"""A look at a user's files: how they are laid out, what they measure, what is odd, and the settings that follow."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.series.file_source import find_files, is_blank, raw_readings, read_table
from sensors_data.series.readings import parse_numbers, parse_times
from sensors_data.settings import LABEL, Family, Layout, Sensor, Training

_TIME_NAMES = ("time", "timestamp", "datetime", "date", "ts", "date_time")
_ASSET_NAMES = ("asset", "machine", "device", "unit", "equipment", "id", "asset_id", "device_id", "machine_id")
_SENSOR_NAMES = ("sensor", "tag", "signal", "metric", "variable", "name", "sensor_id")
_LABEL_NAMES = ("label", "labels", "anomaly", "is_anomaly", "changepoint", "outlier", "target")
_STEPS = [timedelta(seconds=s) for s in range(1, 86_401) if 86_400 % s == 0]


@dataclass(frozen=True)
class Discovery:
    """What was found in a user's files."""

    name: str
    family: Family
    rows: int
    assets: tuple[str, ...]
    first: pd.Timestamp
    last: pd.Timestamp
    odd: tuple[str, ...]


def discover(source: Path) -> Discovery:
    """Settings for the readings in a file or folder. LookupError or UnreadableError when there are none to be found."""
    files = find_files(str(source))
    head, separator = _head(files[0])
    layout = _layout(head, separator, files)
    if layout.kind == "wide":
        sensors = tuple(str(c) for c in head.columns if c not in (layout.time, layout.asset, *layout.ignore))
    else:
        sensors = tuple(sorted(str(s) for s in head[layout.sensor].unique()))
    if not sensors:
        raise UnreadableError(f"{files[0].name} has no numeric column beside its time; columns: {list(head.columns)}")
    raw = pd.concat([raw_readings(path, layout, sensors)[0] for path in files], ignore_index=True)
    time = parse_times(raw["time"], layout)
    value = parse_numbers(raw["value"], layout)
    if time.notna().sum() < 2:
        raise UnreadableError(f"{files[0].name} has {time.notna().sum()} rows with a readable time; two are needed")
    readings = raw.assign(time=time, number=value).dropna(subset=["time"])
    step = usual_step(readings)
    days = (readings["time"].max() - readings["time"].min()) / pd.Timedelta(days=1)
    times = readings.groupby("asset")["time"]
    life = np.array([span.total_seconds() for span in times.max() - times.min()])  # (assets,)
    family = Family(
        inbox=str(source.resolve()),
        step=step,
        layout=layout,
        sensors={name: _sensor(part["number"]) for name, part in readings.groupby("sensor", sort=False)},
        linear_gap=max(6 * step, timedelta(seconds=1)),
        training=_training(life, days),
        detector=_budget(life) if _short(life, days) else {},
    )
    return Discovery(
        name=re.sub(r"[^A-Za-z0-9_-]+", "-", source.name.split(".")[0]).strip("-_")[:64] or "family",
        family=family,
        rows=len(raw),
        assets=tuple(sorted(readings["asset"].unique())),
        first=readings["time"].min(),
        last=readings["time"].max(),
        odd=tuple(_odd(raw, readings, time, step)),
    )


def _head(path: Path) -> tuple[pd.DataFrame, str]:
    """A file's rows and the separator of its cells: the one that splits its first line into most."""
    separator = ","
    if not path.name.lower().endswith(".parquet"):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            line = file.readline(65_536).decode("utf-8", "replace")
        separator = max(",;\t|", key=line.count)
    rows, _ = read_table(path, separator)
    return rows, separator


def _layout(head: pd.DataFrame, separator: str, files: list[Path]) -> Layout:
    """How the columns are to be read."""
    columns = {str(c).strip().lower(): str(c) for c in head.columns}
    time = next((columns[n] for n in _TIME_NAMES if n in columns), str(head.columns[0]))
    unit, decimal = _time_unit(head[time]), _decimal(head.drop(columns=time), separator)
    asset = next((columns[n] for n in _ASSET_NAMES if n in columns and columns[n] != time), None)
    sensor = next((columns[n] for n in _SENSOR_NAMES if n in columns and columns[n] not in (time, asset)), None)
    common = {"time": time, "time_unit": unit, "asset": asset, "separator": separator, "decimal": decimal}
    if sensor is not None and "value" in columns:
        return Layout.model_validate({**common, "kind": "long", "sensor": sensor, "value": columns["value"]})
    others = [c for c in head.columns if c not in (time, asset)]
    unnamed = [c for c in others if not re.fullmatch(LABEL, str(c))]
    ignored = [c for c in others if str(c).lower() in _LABEL_NAMES or c in unnamed or not _numeric(head[c], decimal)]
    dated = all(re.search(r"\d{4}-?\d{2}-?\d{2}", path.name) for path in files)
    apart = asset is None and len(files) > 1 and not dated
    return Layout.model_validate({**common, "ignore": tuple(ignored), "asset_from_file": apart})


def _time_unit(times: pd.Series) -> str:
    """text, or the unit of numbers: those that give years 2001 to 2100, else seconds (a running count of rows)."""
    if times.dtype.kind == "M" or isinstance(times.dtype, pd.DatetimeTZDtype):
        return "text"
    number = pd.to_numeric(times, errors="coerce")
    if number.isna().mean() > 0.05:
        return "text"
    middle = float(number.median())
    for unit, size in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if 978_307_200 <= middle / size <= 4_102_444_800:
            return unit
    return "s"


def _decimal(cells: pd.DataFrame, separator: str) -> str:
    """The mark before a number's fraction: a comma where more cells have one in that place than a point."""
    if separator == ",":
        return "."
    marks = {
        mark: cells.astype(str).apply(lambda c, m=mark: c.str.fullmatch(rf"\s*[+-]?\d+[{m}]\d+\s*")) for mark in ",."
    }
    return max(".,", key=lambda mark: int(marks[mark].to_numpy().sum()))


def _numeric(column: pd.Series, decimal: str) -> bool:
    """Whether at least half of a column's filled cells are numbers."""
    filled = column[~is_blank(column)].astype(str)
    if decimal == ",":
        filled = filled.str.replace(",", ".", regex=False)
    return bool(len(filled) == 0 or pd.to_numeric(filled, errors="coerce").notna().mean() >= 0.5)


def usual_step(readings: pd.DataFrame) -> timedelta:
    """The usual distance of two readings of one sensor, as the nearest step that divides the day."""
    ordered = readings.drop_duplicates(["asset", "sensor", "time"]).sort_values(["asset", "sensor", "time"])
    apart = ordered.groupby(["asset", "sensor"])["time"].diff().dt.total_seconds().dropna()
    usual = float(apart.median()) if len(apart) else 60.0
    return min(_STEPS, key=lambda step: abs(np.log(step.total_seconds() / max(usual, 0.5))))


def _sensor(values: pd.Series) -> Sensor:
    """A plausible range a hundred times as wide as nearly all values are, so that only nonsense falls out.

    None for a sensor that hardly ever moves: what it reads at rest does not say what it may read.
    """
    low, high = float(values.quantile(0.005)), float(values.quantile(0.995))
    if not np.isfinite(low) or not np.isfinite(high) or low == high:
        return Sensor()
    width = max(high - low, abs(high), abs(low))
    return Sensor(low=_round(low - 100 * width), high=_round(high + 100 * width))


def _round(value: float) -> float:
    return float(f"{value:.3g}")


def _short(life: np.ndarray, days: float) -> bool:
    """Whether assets live, in seconds (assets,), for too few days to learn from one and score the next."""
    return bool(days < 3 or np.median(life) < 3 * 86_400)


def _budget(life: np.ndarray) -> dict[str, float]:
    """One false alarm in ten runs: a budget a week would be beyond what minutes of readings can tell."""
    week = 7 * 86_400
    return {"alarms_per_asset_week": max(0.25, float(f"{0.1 * week / max(float(np.median(life)), 1.0):.2g}"))}


def _training(life: np.ndarray, days: float) -> Training:
    """When to train first: after a fifth of the days; where an asset has no second day, on its first third."""
    if not _short(life, days):
        return Training(first_after=int(np.clip(round(days / 5), 2, 14)))
    first_part = 0.35 * float(life[life > 0].min()) if (life > 0).any() else 60.0
    return Training(first_after=1, commissioning=timedelta(seconds=max(1, int(first_part))))


def _odd(raw: pd.DataFrame, readings: pd.DataFrame, time: pd.Series, step: timedelta) -> list[str]:
    """What a person should know of the files before trusting them."""
    odd = []
    if unread := int(time.isna().sum()):
        odd.append(f"{unread:,} rows have a time that cannot be read")
    text = readings[readings["number"].isna() & ~is_blank(readings["value"])]
    if len(text):
        odd.append(f"{len(text):,} values are no numbers, like '{str(text['value'].iloc[0])[:20]}'")
    if twice := int(readings.duplicated(["time", "asset", "sensor"]).sum()):
        odd.append(f"{twice:,} values stand twice or more for one time, asset and sensor")
    for sensor, part in readings.groupby("sensor", sort=False):
        if part["number"].nunique() == 1:
            odd.append(f"sensor {sensor} never moves (always {part['number'].max():g})")
    one = readings.drop_duplicates(["asset", "time"]).sort_values(["asset", "time"])
    gaps = one.groupby("asset")["time"].diff().dt.total_seconds()
    if len(long := gaps[gaps > 10 * step.total_seconds()]):
        odd.append(f"{len(long)} gaps of more than ten steps, the longest {timedelta(seconds=long.max())}")
    return odd


def settings_toml(found: Discovery, name: str) -> str:
    """The [families.NAME] part of a settings.toml for what was found."""
    family, layout = found.family, found.family.layout
    lines = [f"[families.{name}]", f"inbox = {_quoted(family.inbox)}", f"step = {_quoted(_words(family.step))}"]
    lines += [f"linear_gap = {_quoted(_words(family.linear_gap))}", "", f"[families.{name}.layout]"]
    lines += [f"{key} = {_toml(value)}" for key, value in layout.model_dump(exclude_defaults=True).items()]
    lines += ["", f"[families.{name}.training]", f"first_after = {family.training.first_after}"]
    if family.training.commissioning:
        lines.append(f"commissioning = {_quoted(_words(family.training.commissioning))}")
    if family.detector:
        lines += ["", f"[families.{name}.detector]", *(f"{key} = {value}" for key, value in family.detector.items())]
    lines += ["", f"[families.{name}.sensors]"]
    for name, sensor in family.sensors.items():
        limits = ", ".join(f"{key} = {value}" for key, value in sensor.model_dump(exclude_defaults=True).items())
        lines.append(f"{_quoted(name)} = {{ {limits} }}" if limits else f"{_quoted(name)} = {{}}")
    return "\n".join(lines) + "\n"


def _words(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    for size, unit in ((86_400, "D"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_quoted(str(v)) for v in value) + "]"
    return str(value).lower() if isinstance(value, bool) else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string
