"""What a person sees on the terminal: sentences, tables, progress bars, log lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

EpochProgress = Callable[[int, int, str], None]
"""Takes the epochs done, the most there can be, and a note."""

EVERY = 15.0
"""Seconds between two lines of progress."""
WIDEST = 1000
"""Characters of a table's line in a file or a pipe, at most."""
console = Console(highlight=False)
"""For what was asked for: lists, tables, verdicts."""
errors = Console(stderr=True, highlight=False)
"""For how far a job is where nobody looks on: standard error."""
aside = Console(highlight=False)
"""For what is said on the way: what a job did, how far it is. --quiet silences it."""


def say(line: str) -> None:
    """Print what was done, one line; nothing under --quiet."""
    aside.print(line, markup=False, soft_wrap=True)


def show(*lines: str) -> None:
    """Print what was asked for, line by line."""
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def add_cells(table: Table, *cells: object) -> None:
    """Add a row of plain text: brackets in a name, as of `speed [1/min]`, are no markup."""
    table.add_row(*(escape(str(cell)) for cell in cells))


def show_table(table: Table) -> None:
    """Print a table: as wide as it needs in a file or a pipe, as wide as the screen on a terminal."""
    if console.is_terminal:
        console.print(table)
    else:
        Console(highlight=False, width=WIDEST).print(table)


def show_json(rows: Sequence[object]) -> None:
    """Print rows as JSON; times and days as text."""
    show(json.dumps(rows, indent=1, default=str))


class ProgressLines(Progress):
    """What a bar would show as lines on standard error, one every EVERY seconds at most: for files and pipes."""

    def __init__(self, get_time: Callable[[], float] | None = None) -> None:
        super().__init__(disable=True, get_time=get_time)
        self._told = self.get_time()

    def update(self, task_id: TaskID, **fields: Any) -> None:
        """Take in how far a task is."""
        super().update(task_id, **fields)
        self._tell(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Take in another step of a task."""
        super().advance(task_id, advance)
        self._tell(task_id)

    def _tell(self, task_id: TaskID) -> None:
        now = self.get_time()
        if now < self._told + EVERY:
            return
        self._told = now
        task = self._tasks[task_id]
        left = task.time_remaining
        rest = f", about {timedelta(seconds=int(left))} left" if left else ""
        note = f", {task.fields['note']}" if task.fields.get("note") else ""
        many = f"{task.completed:g} of {task.total:g}" if task.total else f"{task.completed:g}"
        errors.print(f"{task.description}: {many}{rest}{note}", markup=False, soft_wrap=True)


def progress_bar() -> Progress:
    """A progress bar with the time that is left, which goes at the end; lines of it where there is no terminal."""
    if not aside.is_terminal and not aside.quiet:
        return ProgressLines()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        transient=True,
        disable=aside.quiet,
        console=aside,
    )


@contextmanager
def training_progress() -> Iterator[Callable[[str], EpochProgress]]:
    """Bars for trainings, one for each name that is begun; they go when the block ends."""
    with progress_bar() as progress, training_progress_in(progress) as begin:
        yield begin


@contextmanager
def training_progress_in(progress: Progress) -> Iterator[Callable[[str], EpochProgress]]:
    """The same within a display that runs already."""
    bars = []

    def begin(name: str) -> EpochProgress:
        bar = progress.add_task(f"train {name}", note="")
        bars.append(bar)

        def tell(epoch: int, most: int, note: str) -> None:
            progress.update(bar, completed=epoch, total=most, note=note)

        return tell

    try:
        yield begin
    finally:
        for bar in bars:
            progress.remove_task(bar)
