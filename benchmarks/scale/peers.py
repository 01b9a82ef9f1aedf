"""The same ingest and grid by Polars and DuckDB, on one thread, and pyarrow's own read of the day's file."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from benchmarks.scale.plant import Plant, spec_of

Peer = Callable[[], object]


def peers(plant: Plant, folder: Path) -> dict[str, Peer]:
    """What is compared, by name; those that are not installed are left out, and all but pyarrow of a form but wide CSV.

    An ingest reads the wide file, keeps values in range, takes one of several for one time, sorts by asset, time
    and sensor, and writes Parquet. A grid reads that, takes the mean of each step, sorts, and writes Parquet.
    """
    readings, grid = folder / "readings.parquet", folder / "grid.parquet"
    step = spec_of(plant).step
    work: dict[str, Peer] = {"(pyarrow read)": lambda: typed_rows(plant.file)}
    if spec_of(plant).layout.kind == "long" or plant.file.suffix != ".csv":
        return work
    if find_spec("polars"):
        work["(polars ingest)"] = lambda: _polars_ingest(plant.file, readings)
        work["(polars grid)"] = lambda: _polars_grid(readings, grid, step)
    if find_spec("duckdb"):
        work["(duckdb ingest)"] = lambda: _duckdb_ingest(plant.file, readings)
        work["(duckdb grid)"] = lambda: _duckdb_grid(readings, grid, step)
    return work


def typed_rows(file: Path) -> int:
    """How many rows pyarrow reads of a file, in its own types, on one thread."""
    if file.suffix == ".parquet":
        return int(pq.read_table(file, use_threads=False).num_rows)
    return int(pa_csv.read_csv(file, pa_csv.ReadOptions(use_threads=False)).num_rows)


def _polars_ingest(file: Path, readings: Path) -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars as pl  # read with the number of threads

    keys = ["asset", "time", "sensor"]
    rows = pl.read_csv(file, try_parse_dates=True).unpivot(index=["time", "asset"], variable_name="sensor")
    rows = rows.filter(pl.col("value").is_finite() & pl.col("value").is_between(-1000, 1000))
    rows.unique(keys, keep="last").sort(keys).write_parquet(readings, compression="zstd")


def _polars_grid(readings: Path, grid: Path, step: timedelta) -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars as pl

    keys = ["asset", "time", "sensor"]
    rows = pl.read_parquet(readings).with_columns(pl.col("time").dt.truncate(step))
    means = rows.group_by(keys).agg(pl.col("value").mean().cast(pl.Float32)).sort(keys)
    means.with_columns(observed=pl.lit(value=True)).write_parquet(grid, compression="zstd")


def _duckdb(query: str) -> None:
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(query)


def _duckdb_ingest(file: Path, readings: Path) -> None:
    _duckdb(
        f"""COPY (SELECT time, asset, sensor, value
        FROM (UNPIVOT read_csv('{file}') ON COLUMNS(* EXCLUDE (time, asset)) INTO NAME sensor VALUE value)
        WHERE isfinite(value) AND value BETWEEN -1000 AND 1000
        QUALIFY row_number() OVER (PARTITION BY asset, time, sensor) = 1
        ORDER BY asset, time, sensor) TO '{readings}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608
    )


def _duckdb_grid(readings: Path, grid: Path, step: timedelta) -> None:
    _duckdb(
        f"""COPY (SELECT time_bucket(INTERVAL '{step.total_seconds():.0f} seconds', time) AS time, asset, sensor,
        avg(value)::FLOAT AS value, true AS observed FROM '{readings}'
        GROUP BY 1, 2, 3 ORDER BY asset, time, sensor) TO '{grid}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608
    )
