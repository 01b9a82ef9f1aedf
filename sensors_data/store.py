"""The data at rest: partitions of Parquet, each one file, replaced atomically, that say where they came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from sensors_data.arrow_rows import as_table, as_wide, from_arrow, to_arrow, together
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.jobs import remedy
from sensors_data.parquet import Opened, chosen, parquet_bytes, parts_of
from sensors_data.partition_paths import (
    days_among,
    days_of,
    folder_of,
    has_a_folder_a_day,
    in_order,
    partition_of,
    path_of,
)
from sensors_data.provenance import CODE, Provenance, stamped
from sensors_data.table_files import TableFiles
from sensors_data.tables import TABLES, Table


@dataclass(frozen=True)
class Store(TableFiles):
    """A folder of tables and models at any URL that fsspec opens."""

    def holding(self) -> Store:
        """The same store for a job that reads its inputs more than once: what was read is not fetched again."""
        return Store(self.root, self._opened, {})

    def path(self, table: str, **partition: object) -> str:
        """The partition's file, relative to the root. ValueError for a missing key or an unsafe value."""
        return path_of(TABLES[table], **partition)

    def write(self, table: str, frame: pd.DataFrame, provenance: Provenance, **partition: object) -> str:
        """Replace one partition by `frame`, its rows sorted as the table says; the path written.

        ValueError when a column is missing or of another type; OSError leaves the old partition.
        """
        return self.write_rows(table, to_arrow(TABLES[table], frame), provenance, **partition)

    def write_rows(self, table: str, rows: pa.Table, provenance: Provenance, **partition: object) -> str:
        """The same with rows as `to_arrow` makes them."""
        path = self.path(table, **partition)
        stamp = stamped(table, rows, provenance).model_copy(update={"code": CODE})
        about = {"nightscore": stamp.model_dump_json(exclude={"made_from"})}
        if stamp.made_from:  # apart, so that an earlier nightscore reads the rest
            about["made_from"] = json.dumps(stamp.made_from)
        rows = rows.replace_schema_metadata(about)
        self.write_bytes(path, parquet_bytes(rows))
        return path

    def read(self, table: str, **partition: object) -> pd.DataFrame:
        """One partition's rows. LookupError when it was never written, ValueError when it cannot be read."""
        path = self.path(table, **partition)
        where = " ".join(f"{key} {value}" for key, value in partition.items())
        paths = [path] if self.exists(path) else self.shards(table, **partition)
        if not paths:
            raise NotThereError(f"no {table} for {where} in {self.root}", remedy(table))
        rows = self.read_files(table, paths)
        return rows if len(paths) == 1 else as_table(table, rows)

    def shards(self, table: str, **partition: object) -> list[str]:
        """The files of a partition that was written a shard at a time; none of another one."""
        parts = self.partitions(table, **partition) if TABLES[table].may_shard else []
        return [self.path(table, **part) for part in parts if "shard" in part]

    def read_days(self, table: str, days: Iterable[date], **owner: object) -> pd.DataFrame:
        """A table's rows of some days, as `written` orders its files; a day that was never written has none."""
        return self.read_files(table, self.written(table, days, **owner))

    def written(self, table: str, days: Iterable[date] | None = None, **owner: object) -> list[str]:
        """The files of a table that are there, in the order of `days` and of the shards; those of every day if None.

        `owner` says whose: family or camera, and the shard or run where only one of them is wanted.
        """
        if days is None:
            return [self.path(table, **partition) for partition in self.partitions(table, **owner)]
        if {*owner, "day"} == set(TABLES[table].partition) and not TABLES[table].may_shard:  # a day is one file
            paths = [self.path(table, **owner, day=day) for day in days]
            return [path for path in paths if self.exists(path)]
        return [self.path(table, **p) for day in days for p in self.partitions(table, **owner, day=day)]

    def read_files(self, table: str, paths: Iterable[str], assets: Iterable[str] | None = None) -> pd.DataFrame:
        """The rows of several of a table's files, in the order of `paths`; of some `assets` alone where they are named.

        ValueError when a file cannot be read.
        """
        parts = list(self.tables_of(table, paths, assets))
        rows: pd.DataFrame = together(TABLES[table], parts).to_pandas()
        return rows

    def tables_of(
        self,
        table: str,
        paths: Iterable[str],
        assets: Iterable[str] | None = None,
        sensors: Iterable[str] | None = None,
        coded: bool = False,
    ) -> Iterator[pa.Table]:
        """The same rows a part of a file at a time, of a table with a column a sensor those of some `sensors` alone
        where they are named; the names of assets as codes where they are wanted so.
        """
        wanted = None if assets is None else pa.array(sorted(set(assets)), pa.string())
        columns = None if sensors is None else TABLES[table].schema_of(sensors).names
        for file in self.opened(paths, ["asset"] if coded else None):
            yield from self._rows_of(TABLES[table], file, wanted, columns)

    def parts_of(self, table: str, paths: Iterable[str]) -> Iterator[pd.DataFrame]:
        """The same rows a part of a file at a time, so that they never lie in memory together."""
        for part in self.tables_of(table, paths):
            yield part.to_pandas()

    def assets_in(self, paths: Iterable[str]) -> set[str]:
        """The assets in some tables' files, their other columns unread. ValueError when one cannot be read."""
        names: set[str] = set()
        for file in self.opened(paths, texts=["asset"]):
            names.update(file.read(columns=["asset"])["asset"].unique().to_pylist())
        return names

    def columns(self, table: str, path: str, names: list[str]) -> pa.Table:
        """Some columns of one of a table's files, the others unread. ValueError when it cannot be read."""
        (file,) = self.opened([path], texts=["asset"])
        try:
            return file.read(columns=names)
        except (pa.ArrowException, OSError) as error:
            raise self.unreadable(path, error) from error

    def check_rows(self, table: str, path: str, data: bytes) -> None:
        """Go through the rows of a file of these bytes. UnusableError where they are none of the table's."""
        file = self.open_parquet(path, data)
        for _ in self._rows_of(TABLES[table], Opened(path, file, tuple(range(file.num_row_groups)))):
            pass

    def _rows_of(
        self, spec: Table, opened: Opened, assets: pa.Array | None = None, columns: list[str] | None = None
    ) -> Iterator[pa.Table]:
        """The rows of an open file, PART of it at a time. UnusableError when they are none of the table's."""
        schema = opened.file.schema_arrow
        if not spec.reads(schema):
            fields = ", ".join(f"{field.name} {field.type}" for field in schema)
            raise UnusableError(
                f"{self.root}/{opened.path} has not the columns of table {spec.name}", f"it has {fields}"
            )
        try:
            if spec.has_a_row_a_value(schema):
                yield chosen(as_wide(spec, opened.read()), assets, columns)
                return
            for part in parts_of(opened, assets, columns):
                yield from_arrow(spec, part)
        except (pa.ArrowException, OSError) as error:
            raise self.unreadable(opened.path, error) from error

    def partitions(self, table: str, **fixed: object) -> list[dict[str, str]]:
        """Every written partition of a table that has the `fixed` values, sorted, shards by their number; other files
        are passed over.

        ValueError when the table is not partitioned by a key of `fixed`.
        """
        spec = TABLES[table]
        files = self.listed(folder_of(spec, **fixed))
        parts = [part for path in files if (part := partition_of(spec, path)) is not None]
        return in_order(spec, [p for p in parts if all(p[key] == str(value) for key, value in fixed.items())])

    def days(self, table: str, **fixed: object) -> list[date]:
        """The days a table holds for the `fixed` values, sorted."""
        spec, folder = TABLES[table], folder_of(TABLES[table], **fixed)
        if has_a_folder_a_day(spec, folder, fixed):
            return days_of(self.folders(folder, suffix=".parquet"))
        files = self.files(folder, suffix=".parquet")
        return days_among(spec, files, {key: str(value) for key, value in fixed.items()})

    def made_from(self, paths: Iterable[str], source: Provenance) -> Provenance:
        """Where a partition came from, with the files that it is made from and their hash."""
        known = tuple(paths)
        return source.model_copy(update={"inputs": self.digest(known), "made_from": known})


def shard_of(asset: str, shards: int) -> int:
    """The shard an asset always belongs to: the first 8 bytes of its name's SHA-256, modulo `shards`."""
    return 0 if shards == 1 else int.from_bytes(hashlib.sha256(asset.encode()).digest()[:8], "big") % shards
