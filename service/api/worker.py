"""Large bodies are scored in a separate process with limits, so that they cannot bring down the service."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pyarrow as pa
import torch

from sensors_data.errors import NightscoreError
from service.api.problems import Problem, RefusedError, refused

P = ParamSpec("P")
T = TypeVar("T")
LIGHT = 2**20
"""Largest body, bytes, that is scored in the service itself, unless it is compressed."""
TOO_MUCH = "scoring it takes more memory than one request may"
REMEDY = "send fewer days or machines at a time"


@dataclass
class Worker:
    """A process that runs one job at a time; it is started on demand, and again after it was ended."""

    memory: int = 3 * 2**30
    """Bytes that it may take beyond what it needs to start."""
    seconds: float = 120.0
    """Time for one thing."""
    _pool: ProcessPoolExecutor | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, work: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
        """What `work` gives, done in the process. RefusedError when it takes too much memory or time."""
        with self._lock:
            pool = self._started()
            try:
                outcome: T | Problem | NightscoreError = pool.submit(_guarded, work, args, words).result(self.seconds)
            except TooSlow:
                self.end()
                raise refused(413, f"it was not scored within {self.seconds:g} seconds", remedy=REMEDY) from None
            except BrokenProcessPool:
                self.end()
                raise refused(413, TOO_MUCH, remedy=REMEDY) from None
        if isinstance(outcome, Problem):
            raise RefusedError(outcome)
        if isinstance(outcome, NightscoreError):
            raise outcome
        return outcome

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, _limit_self, (self.memory,))
        return self._pool

    def end(self) -> None:
        """Kill the process."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


def _limit_self(memory: int) -> None:
    """What the process does first: one thread, no Ctrl-C, and no more memory than it may take."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stack
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _guarded(work: Callable[..., Any], args: tuple[Any, ...], words: dict[str, Any]) -> Any:
    """What `work` gives, or the refusal that it ended with, which then travels as a value."""
    try:
        return work(*args, **words)
    except RefusedError as error:
        return error.problem
    except NightscoreError as error:
        return error
    except (MemoryError, pa.ArrowMemoryError):
        return refused(413, TOO_MUCH, remedy=REMEDY).problem
    except RuntimeError as error:
        if "allocate" not in str(error):
            raise
        return refused(413, TOO_MUCH, remedy=REMEDY).problem
