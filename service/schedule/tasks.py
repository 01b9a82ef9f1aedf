"""Jobs of partitions as tasks, which run one by one in this process or in parallel in several."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import torch
from rich.progress import Progress, TaskID

from sensors_data.errors import NightscoreError, StorageError
from sensors_data.settings import Settings


@dataclass(frozen=True)
class Task:
    """One job of one partition."""

    job: Callable[..., str]
    day: date
    family: str
    shard: int | None = None

    def run(self, settings: Settings) -> str:
        """Run the job on one thread; its message."""
        torch.set_num_threads(1)
        where = (self.day, self.family) if self.shard is None else (self.day, self.family, self.shard)
        return self.job(settings, *where)

    def attempt(self, settings: Settings) -> NightscoreError | None:
        """Run the job; its error if the data or settings prevent it, None if it succeeded."""
        try:
            self.run(settings)
        except NightscoreError as error:
            return error
        return None


Runner = Callable[[Progress, TaskID, str, Settings, list[Task]], list[NightscoreError | None]]


@contextmanager
def pool(jobs: int) -> Iterator[Runner]:
    """A runner of tasks on `jobs` processes (1: this one), which advances a bar and returns each task's error or None.

    StorageError when one of the processes was killed.
    """

    def in_turn(
        progress: Progress, bar: TaskID, what: str, settings: Settings, tasks: list[Task]
    ) -> list[NightscoreError | None]:
        return _run_all(progress, bar, what, (task.attempt(settings) for task in tasks), tasks)

    if jobs == 1:
        yield in_turn
        return
    quiet = logging.getLogger("nightscore").level
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(quiet,)) as workers:

        def side_by_side(
            progress: Progress, bar: TaskID, what: str, settings: Settings, tasks: list[Task]
        ) -> list[NightscoreError | None]:
            return _run_all(progress, bar, what, workers.map(Task.attempt, tasks, [settings] * len(tasks)), tasks)

        try:
            yield side_by_side
        except BrokenProcessPool as error:
            raise StorageError(
                f"one of {jobs} processes was killed, perhaps because memory ran out", "lower --jobs"
            ) from error


def _start_worker(level: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the process that hands out the work
    torch.set_num_threads(1)
    logging.getLogger("nightscore").setLevel(level)


def _run_all(
    progress: Progress, bar: TaskID, what: str, outcomes: Iterable[NightscoreError | None], tasks: list[Task]
) -> list[NightscoreError | None]:
    progress.update(bar, description=what, total=len(tasks), completed=0)
    finished = []
    for outcome in outcomes:
        finished.append(outcome)
        progress.advance(bar)
    return finished
