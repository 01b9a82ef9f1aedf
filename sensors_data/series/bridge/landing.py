"""Rows gathered and landed: one new file a UTC day and flush, whole when it appears, in the folder of its day."""

from __future__ import annotations

import csv
import io
import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from sensors_data.errors import StorageError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.series.bridge.messages import Row
from sensors_data.series.dates.parsing import parse_times
from sensors_data.settings import Family

HEAD = ("time", "asset", "sensor", "value")


def folder_of(family: Family) -> str:
    """The folder that files land in, with `{day}` in it. UnusableError when the family would not read them there."""
    folder, _, pattern = family.inbox.rpartition("/")
    if "{day}" not in folder or "{day}" in pattern or not pattern.endswith(("*", "*.csv")):
        remedy = 'write inbox = "landed/{day}/*.csv"'
        raise UnusableError(f"a bridge needs a folder a day, and the inbox is '{family.inbox}'", remedy)
    if "://" in folder:
        raise UnusableError(f"a bridge lands in a folder of this machine, not at {folder}", "copy the files from there")
    layout = family.layout
    names = (*layout.time, *(layout.asset or ()), *layout.sensor, layout.value)
    if layout.kind != "long" or names != HEAD:
        remedy = 'write layout = { kind = "long", asset = "asset" }'
        raise UnusableError("a bridge lands rows of time, asset, sensor and value, and the layout is another", remedy)
    return folder


class Landing:
    """Rows that wait for the next file, in a journal on disk: what is in it outlives this process."""

    def __init__(self, family: Family, name: str) -> None:
        """What an earlier run left in its journal waits again. StorageError when the folder cannot be written to."""
        self.family, self.folder = family, folder_of(family)
        self._path = Path(self.folder.partition("{day}")[0]) / f".bridge-{name}.journal"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._journal = self._path.open("a+", encoding="utf-8", newline="")
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written to: {error.strerror}", "correct `inbox`") from error
        self._journal.seek(0)
        self.waiting = [tuple(row) for row in csv.reader(self._journal) if len(row) == len(HEAD) + 1]

    def add(self, rows: list[Row], arrived: datetime) -> None:
        """Put rows into the journal; they are safe after the next `sync`."""
        marked = [(f"{arrived.astimezone(UTC):%Y-%m-%d}", *row) for row in rows]
        csv.writer(self._journal, lineterminator="\n").writerows(marked)
        self.waiting += marked

    def sync(self) -> None:
        """Everything in the journal is on disk. StorageError when it is full."""
        try:
            self._journal.flush()
            os.fsync(self._journal.fileno())
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written to: {error.strerror}", "make room") from error

    def flush(self, now: datetime) -> list[str]:
        """Write what waits, a file a day, and empty the journal; the paths. StorageError leaves the journal."""
        by_day: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for day, row in zip(self._days(), self.waiting, strict=True):
            by_day[day].append(row[1:])
        paths = []
        for day, rows in sorted(by_day.items()):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
            fs, path = open_url(f"{self.folder.replace('{day}', day)}/{now:%Y%m%dT%H%M%S.%f}.csv")
            replace_file(fs, path, text.getvalue().encode())
            paths.append(path)
        self.waiting.clear()
        self._journal.truncate(0)
        return paths

    def close(self) -> None:
        """Let go of the journal; what is in it waits for the next run."""
        self._journal.close()

    def _days(self) -> list[str]:
        """The UTC day of each row that waits; of its arrival where its time cannot be read."""
        if not self.waiting:
            return []
        times = parse_times(pd.Series([row[1] for row in self.waiting]), self.family.layout)
        return [row[0] if pd.isna(time) else f"{time:%Y-%m-%d}" for time, row in zip(times, self.waiting, strict=True)]
