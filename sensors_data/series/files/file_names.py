"""What the name of a file says of its rows: the asset, and the sensor."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from sensors_data.errors import UnreadableError
from sensors_data.layout import Layout

_ENDINGS = re.compile(
    r"(?:\.(?:csv|txt|tsv|dat|json|jsonl|ndjson|xlsx|xls|xlsm|xml|zrx|parquet|zip|log|gz|bz2|xz))+$", re.IGNORECASE
)


def called(path: Path, layout: Layout) -> str:
    """A file's name for error messages and for the name of its asset: with its folder, if that names the asset."""
    return f"{path.parent.name}/{path.name}" if layout.asset_from_folder else path.name


def asset_of(name: str, layout: Layout) -> str:
    """The asset of a file that is called `name`: its folder, its stem or a part of it, where the layout says so."""
    if layout.asset_from_folder and "/" in name:
        return name.split("/")[0].split("=")[-1]
    stem = name.split(".")[0]
    if isinstance(layout.asset_from_file, str):
        match = re.search(layout.asset_from_file, name)
        return (match[1] if match and match.re.groups else match[0]) if match else stem
    return stem if layout.asset_from_file else "asset"


def without_ending(name: str) -> str:
    """A file's name without its folder and the ending that tells its kind: `21TI107.PV` of `21TI107.PV.csv`."""
    return _ENDINGS.sub("", name.split("/")[-1])


def sensor_of(name: str, layout: Layout) -> str:
    """The sensor of a file that is called `name`: its name without the ending, or the part that the layout selects."""
    stem = without_ending(name)
    match = re.search(layout.sensor_from_file, stem) if isinstance(layout.sensor_from_file, str) else None
    return (match[1] if match.re.groups else match[0]) if match else stem


def with_sensor_of_name(
    frame: pd.DataFrame, name: str, layout: Layout, keys: list[str], sensors: tuple[str, ...]
) -> pd.DataFrame:
    """A table whose one column beside its keys is called as the file's sensor, where the layout says so.

    A table with columns that are called as sensors is as it stands. UnreadableError where several columns may be it.
    """
    if not layout.sensor_from_file or set(sensors) & set(frame.columns):
        return frame
    values = [column for column in frame.columns if column not in (*keys, *layout.ignore)]
    if len(values) != 1:
        raise UnreadableError(
            f"{name} has the columns {values[:6]} beside its time, and sensor_from_file wants one",
            "name the others in layout.ignore",
        )
    return frame.rename(columns={values[0]: sensor_of(name, layout)})
