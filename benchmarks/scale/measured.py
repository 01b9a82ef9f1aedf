"""Work in a process of its own, and what it cost: CPU-seconds, peak memory, calls to the store."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any, TypeVar

from benchmarks.scale.calls import counting_calls

KB_OF_RSS = 1024 if sys.platform != "darwin" else 1024**2
"""Units of the system's peak memory in a MB."""
T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """One measured piece of work."""

    cpu_s: float
    peak_mb: float
    written_mb: float = 0.0
    calls: int = 0
    """Calls to the store's file system."""


@dataclass(frozen=True)
class Begun:
    """Some work in a process of its own, which has everything imported, and where its outcome comes from."""

    process: ForkProcess
    outcome: Connection


def begin(work: Callable[[], object]) -> Begun:
    """Start some work in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def run() -> None:
        started = time.process_time()
        outcome, calls = counting_calls(work)
        spent = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_OF_RSS
        theirs.send((outcome, Cost(spent, peak, calls=calls)))

    process = context.Process(target=run)
    process.start()
    return Begun(process, ours)


def end(begun: Begun) -> tuple[Any, Cost]:
    """The outcome of work once it is done, and its cost. OSError when it failed."""
    begun.process.join()
    if begun.process.exitcode != 0 or not begun.outcome.poll():
        raise OSError(f"the measured process ended with {begun.process.exitcode}")
    outcome, cost = begun.outcome.recv()
    return outcome, cost


def apart(work: Callable[[], T]) -> tuple[T, Cost]:
    """The outcome of some work and its cost, in a process of its own. OSError when it fails."""
    return end(begin(work))


def typical(work: Callable[[], object], times: int) -> Cost:
    """The cost of some work: of so many runs the middle one by CPU-seconds."""
    return sorted((apart(work)[1] for _ in range(times)), key=lambda cost: cost.cpu_s)[times // 2]
