"""A folder of labelled series: manifest.csv, one Parquet file a series, and published figures where there are any."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

MIN_TRAIN_ROWS = 20


@dataclass(frozen=True)
class Listed:
    """A series as the manifest lists it; rows [0, train_end) are for fitting."""

    name: str
    source: str
    track: str
    """U for one value column, M for more."""
    train_end: int
    split: str
    path: Path


@dataclass(frozen=True)
class Series:
    """Values (T, D), all finite, and labels (T,) of 0 and 1."""

    values: NDArray[np.float64]
    labels: NDArray[np.int64]


def read_manifest(folder: Path) -> list[Listed]:
    """Every series that manifest.csv lists, in its order; ValueError or OSError where it cannot be read."""
    path = folder / "manifest.csv"
    if not path.is_file():
        raise FileNotFoundError(f"no manifest.csv in {folder}; give the folder that holds it and the Parquet files")
    table = pd.read_csv(path, dtype={"name": str, "source": str, "tsb_split": str})
    missing = {"name", "train_end"} - set(table.columns)
    if missing:
        raise ValueError(f"{path} lacks the columns {sorted(missing)}; found {list(table.columns)}")
    if table["name"].duplicated().any():
        raise ValueError(f"{path} lists {table['name'][table['name'].duplicated()].iloc[0]} twice; names must differ")
    if table.empty:
        raise ValueError(f"{path} lists no series")
    for column, default in (("source", "unknown"), ("tsb_split", ""), ("features", 0)):
        table[column] = table[column].fillna(default) if column in table else default
    for column in ("train_end", "features"):
        table[column] = pd.to_numeric(table[column], errors="coerce").fillna(-1).astype(int)
    paths = [folder / f"{name}.parquet" for name in table["name"]]
    tracks = [_track(path, features) for path, features in zip(paths, table["features"], strict=True)]
    columns = (table["name"], table["source"], tracks, table["train_end"], table["tsb_split"], paths)
    return [Listed(str(a), str(b), c, int(d), str(e), f) for a, b, c, d, e, f in zip(*columns, strict=True)]


def _track(path: Path, features: int) -> str:
    """U or M by the file's own columns, by the manifest where the file cannot be read, or ?."""
    with contextlib.suppress(OSError, ValueError):  # reading the series gives the reason
        features = len(set(pq.read_schema(path).names) - {"timestamp", "label", "__index_level_0__"})
    return "U" if features == 1 else "M" if features > 1 else "?"


def read_series(listed: Listed) -> Series:
    """The values and labels of a series; ValueError or OSError says what is wrong with it."""
    if not listed.path.is_file():
        raise FileNotFoundError(f"{listed.path.name} is missing")
    table = pd.read_parquet(listed.path)
    if "label" not in table or not table["label"].isin([0, 1]).all():
        raise ValueError("the column label must be there and hold 0 and 1 alone")
    columns = table.drop(columns=["timestamp", "label"], errors="ignore")
    if columns.shape[1] == 0:
        raise ValueError(f"no value column, found {list(table.columns)}")
    wrong = [name for name in columns if not pd.api.types.is_numeric_dtype(columns[name])]
    if wrong:
        raise ValueError(f"column {wrong[0]} holds {columns[wrong[0]].dtype}; values must be numbers")
    values = columns.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        n = int((~np.isfinite(values)).sum())
        raise ValueError(f"{n} values are not finite, the first in row {row}, column {columns.columns[column]}")
    if not MIN_TRAIN_ROWS <= listed.train_end < len(values):
        raise ValueError(f"train_end is {listed.train_end} of {len(values)} rows; from {MIN_TRAIN_ROWS} to rows - 1")
    if (values == values[0]).all():
        raise ValueError("no value ever changes, so there is nothing to find")
    return Series(values, table["label"].to_numpy(dtype=np.int64))


def read_published(folder: Path) -> pd.DataFrame:
    """Published VUS-PR with the columns name, track, method, vus_pr; no row where the folder has none."""
    path = folder / "published_vus_pr.csv"
    columns = ["name", "track", "method", "vus_pr"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    table = pd.read_csv(path)
    if not set(columns) <= set(table.columns):
        raise ValueError(f"{path} needs the columns {columns}; found {list(table.columns)}")
    return table[columns]
