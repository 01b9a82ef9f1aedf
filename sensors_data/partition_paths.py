"""Where a table's partitions lie in the store, and which partition a file is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sensors_data.errors import UnusableError
from sensors_data.tables import Table

JOINED = "joined.parquet"
"""The name of the file that holds a day's other files of a table."""
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def path_of(spec: Table, **partition: object) -> str:
    """A partition's file, relative to the store's root. ValueError for a missing key or an unsafe value."""
    keys = _keys(spec, partition)
    if set(partition) != set(keys):
        raise ValueError(f"table {spec.name} is partitioned by {keys}, found {tuple(partition)}")
    parts = [(key, _safe(key, partition[key])) for key in keys]
    names_file = bool(spec.file_key) or len(keys) > len(spec.partition)
    folders = [f"{key}={value}" for key, value in (parts[:-1] if names_file else parts)]
    return "/".join([spec.name, *folders, f"{'-'.join(parts[-1])}.parquet" if names_file else "data.parquet"])


def folder_of(spec: Table, **fixed: object) -> str:
    """The smallest folder that holds every partition with the `fixed` values.

    ValueError when the table is not partitioned by a key of `fixed`.
    """
    if not set(fixed) <= set(spec.partition):
        raise ValueError(f"table {spec.name} is partitioned by {spec.partition}, found {tuple(fixed)}")
    folder = spec.name
    for key in spec.partition:
        if key not in fixed or key == spec.file_key:
            break
        folder += f"/{key}={_safe(key, fixed[key])}"
    return folder


def partition_of(spec: Table, path: str) -> dict[str, str] | None:
    """The partition that a table's file at `path` is, None for another file."""
    *folders, name = path.split("/")[1:]
    values = {key: folder.partition("=")[2] for key, folder in zip(spec.partition, folders, strict=False)}
    file_key = spec.file_key or ("shard" if spec.may_shard and name != "data.parquet" else None)
    if file_key:
        values[file_key] = name.removeprefix(f"{file_key}-").removesuffix(".parquet")
    whole = set(spec.partition) <= set(values) and all(_is_value(*item) for item in values.items())
    return values if whole and path == path_of(spec, **values) else None


def joins(spec: Table) -> bool:
    """Whether a day of a table may be several files, which may lie joined."""
    return "day" in spec.partition and (spec.may_shard or spec.file_key is not None)


def joined_beside(spec: Table, path: str) -> str | None:
    """The joined file in which the table's file at `path` may lie; None for a file that is never joined."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{JOINED}" if joins(spec) and name not in (JOINED, "data.parquet") else None


def day_of_joined(spec: Table, path: str) -> dict[str, str] | None:
    """The keys of the folder that a table's joined file lies in, None for another file."""
    *folders, name = path.split("/")[1:]
    keys = spec.partition if spec.may_shard else spec.partition[:-1]
    values = {key: folder.partition("=")[2] for key, folder in zip(keys, folders, strict=False)}
    path_there = "/".join([spec.name, *(f"{key}={value}" for key, value in values.items()), JOINED])
    whole = joins(spec) and set(values) == set(keys) and all(_is_value(*item) for item in values.items())
    return values if whole and name == JOINED and path == path_there else None


def days_among(spec: Table, paths: Iterable[str], fixed: dict[str, str]) -> list[date]:
    """The days of a table's files that have the `fixed` values, sorted; one file stands for its folder."""
    days: dict[str, str] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        part = None if folder in days else partition_of(spec, path) or day_of_joined(spec, path)
        if part is not None and all(part.get(key, value) == value for key, value in fixed.items()):
            days[folder] = part["day"]
    return sorted({date.fromisoformat(day) for day in days.values()})


def has_a_folder_a_day(spec: Table, folder: str, fixed: Iterable[str]) -> bool:
    """Whether the folders in a table's folder, which holds what has the `fixed` values, are its days."""
    depth = folder.count("/")
    rest = spec.partition[depth:]
    return rest[:1] == ("day",) and len(set(fixed)) == depth and spec.file_key != "day"


def days_of(names: Iterable[str]) -> list[date]:
    """The days that folders are called after, sorted; other folders are passed over."""
    texts = [name.removeprefix("day=") for name in names if name.startswith("day=")]
    return sorted(date.fromisoformat(text) for text in texts if _is_value("day", text))


def in_order(spec: Table, partitions: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Partitions sorted, shards by their number; where one file holds a whole partition, its shards are left out."""
    parts = list(partitions)
    if spec.may_shard:
        whole = [part for part in parts if "shard" not in part]
        parts = [p for p in parts if "shard" not in p or {key: p[key] for key in spec.partition} not in whole]
    keys = (*spec.partition, *(["shard"] if spec.may_shard else []))
    return sorted(parts, key=lambda p: [(len(p[k]) if k == "shard" else 0, p[k]) for k in keys if k in p])


def _is_value(key: str, text: str) -> bool:
    """Whether a text can be a partition's value; a day has to be one."""
    try:
        return bool(_SAFE.fullmatch(text)) and (key != "day" or str(date.fromisoformat(text)) == text)
    except ValueError:
        return False


def _keys(spec: Table, partition: Iterable[str]) -> tuple[str, ...]:
    """The keys of a partition, with the shard where a table may have it and this one does."""
    return (*spec.partition, "shard") if spec.may_shard and "shard" in partition else spec.partition


def _safe(key: str, value: object) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if not _SAFE.fullmatch(text):
        raise UnusableError(f"{key} '{text[:80]}' cannot be part of a path: letters, digits, - _ . only")
    return text
