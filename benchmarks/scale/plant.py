"""A plant of any size for `benchmarks.scale`: a day's file, a week before it, and a detector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from anomaly.series.lstm_vae.gain import LEAST_GAIN
from anomaly.series.training.train_job import train_series
from sensors_data.provenance import Provenance
from sensors_data.series.grids.grid_table import GRID
from sensors_data.series.intake.readings_table import write_day
from sensors_data.settings import Family, Settings
from sensors_data.store import Store, shard_of
from sensors_data.wide_rows import WideRows, table_of

DAY, FAMILY = date(2026, 3, 10), "plant"
WEEK = 7
TAUGHT = 4
"""Assets that the detector learns from; a night costs the same whoever taught it."""
SOURCE = Provenance(job="benchmark")


@dataclass(frozen=True)
class Plant:
    """Settings with a week in the store and a day's file in the inbox, and how much that file holds."""

    settings: Settings
    file: Path
    """The day's file before some of it was spoilt."""
    values: int


def spec_of(plant: Plant) -> Family:
    """The plant's family."""
    return plant.settings.family(FAMILY)


def make_plant(
    folder: Path,
    assets: int,
    sensors: int,
    step: str,
    shards: int,
    gaps: float,
    dirty: float,
    form: str,
    detector: bool = True,
    lstm: bool = False,
) -> Plant:
    """A plant of sines with noise; one asset in a hundred has a fault, a share `gaps` of them an hour missing.

    A share `dirty` of the day's rows has a cell that is no number. The file is of a `form`: wide or long CSV, or wide
    Parquet. The detector is left out where no job asks for it. With `lstm` it keeps its LSTMs, though they add nothing.
    """
    suffix = "parquet" if form == "parquet" else "csv"
    plain = {
        "inbox": str(folder / f"{FAMILY}-{{day}}.{suffix}"),
        "step": step,
        "shards": shards,
        "layout": {"asset": "asset", "kind": "long" if form == "long" else "wide"},
        "sensors": {f"s{number}": {"low": -1000, "high": 1000} for number in range(sensors)},
        "detector": {"draft_epochs": 1, "fit": {"epochs": 1, "beta": 1.0}},
    }
    spec = Family.model_validate(plain)
    settings = Settings(store=str(folder / "store"), families={FAMILY: spec})
    names = np.array(sorted(f"a{number:06d}" for number in range(assets)))
    rng = np.random.default_rng(0)
    for back in range(WEEK, 0, -1):
        _write_history(Store(settings.store), spec, DAY - timedelta(days=back), names, rng)
    if detector:
        teach(settings, FAMILY, lstm)
    write_grid(Store(settings.store), spec, DAY - timedelta(days=1), names, rng)
    times, values = _day(spec, DAY, len(names), rng)
    values[::100, len(times) // 2 : len(times) // 2 + 30] += 5
    values[rng.random(len(names)) < gaps, len(times) // 3 : len(times) // 3 + len(times) // 24] = np.nan
    clean, file = folder / f"clean.{suffix}", folder / f"{FAMILY}-{DAY}.{suffix}"
    _write_file(clean, form, spec, times, names, values)
    if form == "parquet":
        file.write_bytes(clean.read_bytes())
    else:
        _spoil(clean, file, dirty, rng)
    return Plant(settings, clean, int(np.isfinite(values).sum()))


def teach(settings: Settings, family: str, lstm: bool) -> None:
    """Train a family's detector; with `lstm` its LSTMs stay, whatever they add."""
    least = "anomaly.series.lstm_vae.learning.LEAST_GAIN"
    with patch(least, -math.inf if lstm else LEAST_GAIN):
        train_series(settings, DAY, family)


def _day(spec: Family, day: date, assets: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A day's times (T,) and values (A, T, D), three decimals each."""
    step = np.timedelta64(spec.step, "us")
    times = np.arange(np.datetime64(day, "us"), np.datetime64(day + timedelta(days=1), "us"), step)
    sensors = len(spec.sensors)
    phase = 2 * np.pi * (times - times[0]) / np.timedelta64(2, "h")
    level = 10.0 * (1 + np.arange(sensors))
    values = level + np.sin(phase[:, None] + np.arange(sensors))
    noisy = values + rng.normal(0, 0.1, (assets, len(times), sensors))
    return times, np.asarray(noisy.round(3))


def _wide(spec: Family, times: np.ndarray, names: np.ndarray, values: np.ndarray) -> WideRows:
    """Arrays as rows, sorted."""
    assets, rows, sensors = values.shape
    place, of_rows = np.repeat(np.arange(assets), rows), values.reshape(-1, sensors)
    return WideRows(names.tolist(), spec.sensor_names, np.tile(times, assets), place, of_rows, np.isfinite(of_rows))


def _write_history(store: Store, spec: Family, day: date, names: np.ndarray, rng: np.random.Generator) -> None:
    """An earlier day's readings of all assets, and the grid of those that the detector learns from."""
    times, values = _day(spec, day, len(names), rng)
    write_day(store, spec, FAMILY, day, _wide(spec, times, names, values), SOURCE)
    write_grid(store, spec, day, names[:TAUGHT], rng)


def write_grid(store: Store, spec: Family, day: date, names: np.ndarray, rng: np.random.Generator) -> None:
    """A day's grid of some assets, each in its shard."""
    times, values = _day(spec, day, len(names), rng)
    shards = np.array([shard_of(str(name), spec.shards) for name in names])
    for shard in range(spec.shards):
        rows = _wide(spec, times, names[shards == shard], values[shards == shard].astype(np.float32))
        store.write_rows("grid", table_of(GRID, rows), SOURCE, family=FAMILY, day=day, shard=shard)


def _write_file(file: Path, form: str, spec: Family, times: np.ndarray, names: np.ndarray, values: np.ndarray) -> None:
    """A day's file, all assets at one time together; a time at which an asset has no value takes no row."""
    assets, rows, sensors = values.shape
    moments = np.repeat(times, assets)
    columns = {"asset": np.tile(names, rows)}
    columns |= {name: values[:, :, place].T.ravel() for place, name in enumerate(spec.sensors)}
    there = np.isfinite(columns[spec.sensor_names[0]])
    if form == "parquet":
        pq.write_table(pa.table({"time": moments, **columns}).filter(pa.array(there)), file)
        return
    text = np.repeat(pd.DatetimeIndex(times).strftime("%Y-%m-%dT%H:%M:%SZ").to_numpy(), assets)
    if form == "long":
        columns = {
            "asset": np.repeat(columns["asset"], sensors),
            "sensor": np.tile(np.array(spec.sensor_names), assets * rows),
            "value": np.moveaxis(values, 0, 1).ravel(),
        }
        text, there = np.repeat(text, sensors), np.repeat(there, sensors)
    table = pa.table({"time": text, **{name: pa.array(column, from_pandas=True) for name, column in columns.items()}})
    pa_csv.write_csv(table.filter(pa.array(there)), str(file))


def _spoil(clean: Path, file: Path, dirty: float, rng: np.random.Generator) -> None:
    """Write a file again, with a word in place of the last number in a share of its rows."""
    lines = clean.read_bytes().split(b"\n")
    for row in np.flatnonzero(rng.random(len(lines) - 2) < dirty) + 1:
        lines[row] = lines[row].rpartition(b",")[0] + b",ERR"
    file.write_bytes(b"\n".join(lines))
