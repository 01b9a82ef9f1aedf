"""A training by several processes of this machine; the first of them is the one that asks for it."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import torch
from torch import multiprocessing

from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import Checkpoint
from synthesis.training.loop import train_along
from synthesis.training.recipe import Recipe
from synthesis.training.snapshots import Examples
from synthesis.training.workers import Workers, alone, joined, most_devices

PATIENCE = 30
"""Seconds that the others are given to end by themselves."""
FAREWELL = 30
"""Seconds until one that has failed is gone for good."""


@dataclass(frozen=True)
class Task:
    """What every process must know to do its part."""

    recipe: Recipe
    examples: Examples
    snapshots: int
    seed: int
    checkpoint: Checkpoint | None = None
    """To go on from."""


@contextmanager
def workers_of(devices: int, task: Task) -> Iterator[Workers]:
    """The processes that share a training, this one the first; the others run until it has no more to do.

    ValueError when there are not as many devices, or the batch does not divide among them; ChildProcessError when one
    of the others has gone.
    """
    if devices == 1:
        yield alone()
        return
    _check(devices, task)
    context, threads = multiprocessing.get_context("spawn"), torch.get_num_threads()
    share, ready = max(1, threads // devices), context.Semaphore(0)
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        told = (devices, meeting, share, *_for_the_others(task))
        others = [
            context.Process(target=_train_along, args=(ready, rank, *told), daemon=True) for rank in range(1, devices)
        ]
        torch.set_num_threads(share)
        try:
            for process in others:
                process.start()
            for _ in others:
                while not ready.acquire(timeout=1):
                    _all_there(others)
            with joined(0, devices, meeting) as workers:
                yield workers
            for process in others:
                process.join(PATIENCE)
        except RuntimeError:  # what a process says whose neighbour no longer answers
            for process in others:
                process.join(FAREWELL)
            _all_there(others)
            raise
        finally:
            torch.set_num_threads(threads)
            for process in others:
                process.kill()
                process.join()


def _all_there(others: Sequence[BaseProcess]) -> None:
    """ChildProcessError when one of the other processes has failed or was killed."""
    gone = [str(process.exitcode) for process in others if process.exitcode]
    if gone:
        raise ChildProcessError(f"a process that trained along has gone, exit status {', '.join(gone)}")


def _check(devices: int, task: Task) -> None:
    if devices > most_devices():
        what = "GPUs" if torch.cuda.is_available() else "cores"
        raise UnusableError(
            f"devices is {devices}, but this machine has {most_devices()} {what}", "set it to that or less"
        )
    batch = min(task.recipe.training.batch, len(task.examples.images))
    if batch % devices or batch < 2 * devices:
        raise UnusableError(
            f"a batch of {batch} images does not divide among {devices} devices", "change batch or devices"
        )


def _for_the_others(task: Task) -> tuple[Task, bytes | None, str]:
    """What can be sent to another process: the task without what only the first needs, the checkpoint as bytes."""
    kept = task.checkpoint
    examples = replace(task.examples, held_out=task.examples.held_out[:0])
    plain = replace(task, examples=examples, checkpoint=None)
    return (plain, None, "") if kept is None else (plain, kept.read(), kept.key)


def _train_along(
    ready: Semaphore, rank: int, devices: int, meeting: Path, threads: int, task: Task, state: bytes | None, key: str
) -> None:
    """What each of the other processes runs, as soon as it has told that it is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the first process, which ends the others
    ready.release()
    torch.set_num_threads(threads)
    kept = Checkpoint(lambda: state, lambda data: None, key)
    with joined(rank, devices, meeting) as workers:
        train_along(task.recipe, task.examples, task.snapshots, task.seed, kept, workers)
