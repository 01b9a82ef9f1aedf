"""The small files of a table's earlier days: those of one day become one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa

from sensors_data.errors import DamagedError
from sensors_data.joined import Piece, joined_bytes, piece_of, pieces_of
from sensors_data.partition_paths import JOINED, day_of_joined, joins, partition_of
from sensors_data.retention import Retention
from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.tables import TABLES, Table

LARGEST = 64_000_000
"""Bytes that are joined to one file at most: a reader of one shard reads all of it. Larger days are no small files."""


def to_join(store: Store, retention: Retention, day: date) -> Iterator[list[str]]:
    """The files of each day and table that a cleaning for `day` joins, an earlier joined one among them."""
    if retention.join_after is None:
        return
    last, days, sizes = day - timedelta(days=retention.join_after), dict[str, list[str]](), store.sizes()
    for path in sizes:
        if (of := _day_of(path)) is not None and of <= last:
            days.setdefault(path.rpartition("/")[0], []).append(path)
    for paths in days.values():
        if len(paths) > 1 and sum(map(sizes.__getitem__, paths)) <= LARGEST:
            yield sorted(paths)


def join(store: Store, paths: list[str]) -> int:
    """Make one file of a day's files; how many went. None do where one is damaged, has no hash or other columns.

    The joined file stands before the first goes. So a reader finds each, whenever this ends or is killed.
    """
    spec = TABLES[paths[0].split("/", 1)[0]]
    alone = [path for path in paths if not path.endswith(f"/{JOINED}")]
    try:
        pieces = {piece.file: piece for path in paths if path not in alone for piece in _pieces_of(store, path)}
        pieces |= {piece.file: piece for path in alone if (piece := _piece(store, spec, path)) is not None}
    except (DamagedError, pa.ArrowException, OSError):  # `verify` says which
        return 0
    ordered = sorted(pieces.values(), key=lambda piece: (len(piece.file), piece.file))
    if not _fit(spec, ordered) or not all(path.rpartition("/")[2] in pieces for path in alone):
        return 0
    store.write_bytes(f"{paths[0].rpartition('/')[0]}/{JOINED}", joined_bytes(spec, ordered))
    for path in alone:
        store.let_go(path, pieces[path.rpartition("/")[2]].sha256)
    return len(alone)


def _day_of(path: str) -> date | None:
    """The day of a table's file that may be joined or is, None for another file."""
    spec = TABLES.get(path.split("/", 1)[0])
    if spec is None or not joins(spec):
        return None
    keys = partition_of(spec, path) or day_of_joined(spec, path)
    return None if keys is None else date.fromisoformat(keys["day"])


def _pieces_of(store: Store, path: str) -> list[Piece]:
    return list(pieces_of(store.read_bytes(path), f"{store.root}/{path}"))


def _piece(store: Store, spec: Table, path: str) -> Piece | None:
    """A file to be joined, None where it is whole by itself or has no hash."""
    data = store.read_bytes(path)
    keys = partition_of(spec, path) or {}
    if not check(data, path) or (spec.may_shard and "shard" not in keys):
        return None
    name = path.rpartition("/")[2]
    return piece_of(name, hashlib.sha256(data).hexdigest(), data, f"{store.root}/{path}")


def _fit(spec: Table, pieces: list[Piece]) -> bool:
    """Whether all have the same columns, which are the table's today."""
    schemas = [piece.rows.schema for piece in pieces]
    today = spec.reads(schemas[0]) and not spec.has_a_row_a_value(schemas[0])
    return today and all(schema.equals(schemas[0]) for schema in schemas)
