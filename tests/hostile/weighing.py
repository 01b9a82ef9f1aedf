"""What one input takes of time and memory, and what becomes of it."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sensors_data.errors import NightscoreError

SECONDS, MEGABYTES = 5.0, 500.0
HANG = 60
"""Seconds of wall clock after which an input is given up."""
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Watched:
    """Counts over all inputs of a kind."""

    what: str
    tried: int = 0
    taken: int = 0
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    worst_s: float = 0.0
    worst_mb: float = 0.0
    slow: int = 0
    large: int = 0

    @property
    def line(self) -> str:
        """The figures in a line."""
        return (
            f"fuzz {self.what}: {self.tried:,} inputs, {self.taken:,} taken, {self.refused:,} refused, "
            f"{sum(self.faults.values())} tracebacks, {self.slow} over {SECONDS:g} s (worst {self.worst_s:.2f}), "
            f"{self.large} over {MEGABYTES:g} MB (worst {self.worst_mb:.0f})"
        )

    @property
    def is_well(self) -> bool:
        """Whether nothing went wrong."""
        return not self.faults and not self.slow and not self.large


class HungError(Exception):
    """An input that did not end."""


def watch(what: str, inputs: Iterable[bytes], take: Callable[[bytes], object], keep: Path) -> Watched:
    """Take inputs one after the other; those that go wrong are kept in a folder."""
    seen = Watched(what)
    signal.signal(signal.SIGALRM, _hung)
    stray: list[Exception] = []
    sys.unraisablehook = lambda about: stray.append(about.exc_value)
    for data in inputs:
        _RESET.write_text("5")
        before, begun = memory("VmRSS"), time.process_time()
        signal.alarm(HANG)
        try:
            take(data)
            seen.taken += 1
        except NightscoreError:
            seen.refused += 1
        except Exception as error:
            _note(seen, error, data, keep)
        finally:
            signal.alarm(0)
        while stray:  # what Python prints as "Exception ignored" is a traceback to whoever sees it
            _note(seen, stray.pop(), data, keep)
        _measure(seen, time.process_time() - begun, memory("VmHWM") - before)
    sys.unraisablehook = sys.__unraisablehook__
    return seen


def _note(seen: Watched, error: Exception, data: bytes, keep: Path) -> None:
    frames = traceback.extract_tb(error.__traceback__) or [traceback.FrameSummary("nowhere", 0, "")]
    ours = [frame for frame in frames if "site-packages" not in frame.filename and "/tests/" not in frame.filename]
    last = ours[-1] if ours else frames[-1]
    kind = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {str(error)[:100]!r}"
    seen.faults[kind] += 1
    if kind not in seen.first:
        path = keep / f"{seen.what.replace(' ', '-')}-{len(seen.first)}"
        path.write_bytes(data)
        seen.first[kind] = f"{path}\n{''.join(traceback.format_tb(error.__traceback__)[-4:])}"


def _measure(seen: Watched, seconds: float, megabytes: float) -> None:
    seen.tried += 1
    seen.worst_s, seen.worst_mb = max(seen.worst_s, seconds), max(seen.worst_mb, megabytes)
    seen.slow += seconds > SECONDS
    seen.large += megabytes > MEGABYTES


def memory(field_name: str) -> float:
    """A field of this process's status, megabytes."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(field_name))
    return int(line.split()[1]) / 1024


def _hung(*_: object) -> None:
    raise HungError(f"not done after {HANG} s")
