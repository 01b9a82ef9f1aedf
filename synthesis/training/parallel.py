"""A training by several processes of this machine; process 0 is the one that asks for it."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import torch
from torch import multiprocessing

from sensors_data.errors import UnusableError
from sensors_data.nets.checkpoint import Checkpoint
from synthesis.training.loop import train_along
from synthesis.training.run import TrainingRun
from synthesis.training.workers import Workers, alone, joined, most_devices

PATIENCE = 30
"""Seconds that the other processes have to end by themselves."""


@contextmanager
def workers_of(devices: int, run: TrainingRun, checkpoint: Checkpoint | None = None) -> Iterator[Workers]:
    """The processes that share a training, this one as process 0; the others run until it has no more to do.

    UnusableError when there are not as many devices, or the batch does not divide among them; ChildProcessError when
    another process ended.
    """
    if devices == 1:
        yield alone()
        return
    _check(devices, run)
    context, threads = multiprocessing.get_context("spawn"), torch.get_num_threads()
    threads_each, ready = max(1, threads // devices), context.Semaphore(0)
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        common = (devices, meeting, threads_each, *_for_the_others(run, checkpoint))
        others = [
            context.Process(target=_train_along, args=(ready, rank, *common), daemon=True) for rank in range(1, devices)
        ]
        torch.set_num_threads(threads_each)
        try:
            for process in others:
                process.start()
            for _ in others:
                while not ready.acquire(timeout=1):
                    _check_alive(others)
            with joined(0, devices, meeting) as workers:
                yield workers
            for process in others:
                process.join(PATIENCE)
        except RuntimeError:  # what a collective raises when another process no longer answers
            for process in others:
                process.join(PATIENCE)
            _check_alive(others)
            raise
        finally:
            torch.set_num_threads(threads)
            for process in others:
                process.kill()
                process.join()


def _check_alive(others: Sequence[BaseProcess]) -> None:
    """ChildProcessError when one of the other processes failed or was killed."""
    codes = [str(process.exitcode) for process in others if process.exitcode]
    if codes:
        raise ChildProcessError(f"a process that trained along has gone, exit status {', '.join(codes)}")


def _check(devices: int, run: TrainingRun) -> None:
    """UnusableError when a training cannot be shared among so many devices."""
    if devices > most_devices():
        kind = "GPUs" if torch.cuda.is_available() else "cores"
        raise UnusableError(
            f"devices is {devices}, but this machine has {most_devices()} {kind}", "set it to that or less"
        )
    batch = min(run.recipe.training.batch, len(run.examples.images))
    if batch % devices or batch < 2 * devices:
        raise UnusableError(
            f"a batch of {batch} images does not divide among {devices} devices", "change batch or devices"
        )


def _for_the_others(run: TrainingRun, checkpoint: Checkpoint | None) -> tuple[TrainingRun, bytes | None, str]:
    """What is sent to another process: the run without held-out images, and the checkpoint as bytes and key."""
    smaller = replace(run, examples=replace(run.examples, held_out=run.examples.held_out[:0]))
    return (smaller, None, "") if checkpoint is None else (smaller, checkpoint.read(), checkpoint.key)


def _train_along(
    ready: Semaphore,
    rank: int,
    devices: int,
    meeting: Path,
    threads: int,
    run: TrainingRun,
    state: bytes | None,
    key: str,
) -> None:
    """What each of the other processes runs; it first says that it is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches process 0, which ends the others
    ready.release()
    torch.set_num_threads(threads)
    with joined(rank, devices, meeting) as workers:
        train_along(run, Checkpoint(lambda: state, lambda data: None, key), workers)
