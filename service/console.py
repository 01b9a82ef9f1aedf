"""What a person sees on the terminal: sentences, tables and progress bars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

EpochProgress = Callable[[int, int, str], None]
"""Takes the epochs done, the most there can be, and a note."""

console = Console(highlight=False)


def say(line: str) -> None:
    """Print one line for a person."""
    console.print(line, markup=False, soft_wrap=True)


def progress_bar() -> Progress:
    """A progress bar with the time that is left; nothing of it stays on the screen, nor gets into a file."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        transient=True,
        disable=not console.is_terminal,
        console=console,
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
