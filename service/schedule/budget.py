"""A night's time budget: how long each family is expected to take, which start, and the record of those left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from anomaly.series.training.train_job import training_due
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.jobs import JOBS
from sensors_data.runs import keep_failure, newest_runs
from sensors_data.settings import Settings
from sensors_data.store import Store

LOOK_BACK = 7
"""How many days back to look for a family's last night."""
NIGHTLY = [job.name for job in JOBS.values() if job.rhythm == "nightly" and job.owner == "family"]


@dataclass
class Budget:
    """The seconds that a night may take, and which families fit in."""

    seconds: float
    expected: dict[str, float]
    """Seconds by family, the most important first; 0 for a family without an earlier night."""
    clock: Callable[[], float] = time.monotonic
    left_out: list[str] = field(default_factory=list)
    """The families that were not started."""

    def announcement(self) -> str:
        """A sentence, before the night starts: which families are expected to fit in and which are not."""
        fitting: list[str] = []
        late: list[str] = []
        taken = 0.0
        for family, seconds in self.expected.items():
            fits = taken + seconds <= self.seconds
            (fitting if fits else late).append(f"{family} {_minutes(seconds)}")
            taken += seconds * fits
        sentence = (
            f"budget of the night {_minutes(self.seconds)}: by their last nights {', '.join(fitting) or 'none'} fit"
        )
        return f"{sentence}; left out unless there is time: {', '.join(late)}" if late else sentence

    def families(self) -> Iterator[str]:
        """The families to start, one after another: each that is expected to end within the time that is then left."""
        begun = self.clock()
        for family, seconds in self.expected.items():
            if self.clock() - begun + seconds <= self.seconds:
                yield family
            else:
                self.left_out.append(family)


def budget_of(settings: Settings, day: date, families: list[str]) -> Budget:
    """The budget of a night, with each family's expected duration: that of its last night, and of a training where due.

    Without a budget in the settings, all families fit in and the last nights are not read.
    """
    store, allowed = Store(settings.store), settings.night.budget
    expected = dict.fromkeys(families, 0.0)
    if allowed is None:
        return Budget(float("inf"), expected)
    unknown = set(families)
    for before in reversed([d for d in store.days("runs") if day - timedelta(days=LOOK_BACK) <= d < day]):
        rows = store.read_days("runs", [before])
        rows = rows[rows["job"].isin(NIGHTLY) & (rows["state"] == "done") & rows["family"].isin(unknown)]
        for family, seconds in rows.groupby("family")["seconds"].sum().items():
            expected[str(family)] = float(seconds)
            unknown.discard(str(family))
    for family in families:
        with suppress(NightscoreError):  # the family's own night reports it
            if training_due(settings, day, family):
                expected[family] += sum(row["seconds"] for row in newest_runs(store, "train-series", [family]))
    return Budget(allowed.total_seconds(), expected)


def record_left_out(settings: Settings, day: date, budget: Budget, say: Callable[[str], None]) -> NotThereError | None:
    """Record a failed run of each family that was left out, for metrics, report and `doctor`; the error to raise."""
    store = Store(settings.store)
    for family in budget.left_out:
        reason = _left_out(budget, family)
        if day not in store.days("readings", family=family):
            keep_failure(store, "ingest", day, family, f"NotThereError: {reason}", datetime.now(UTC))
        say(f"{reason}, which took {_minutes(budget.expected[family])} last")
    if not budget.left_out:
        return None
    again = "; ".join(f"nightscore nightly --family {family} --day {day}" for family in budget.left_out)
    what = f"{', '.join(budget.left_out)} of {day} left out by the budget of {_minutes(budget.seconds)}"
    return NotThereError(what, f"when there is time, run: {again}")


def no_room(settings: Settings, day: date, family: str, begun: datetime) -> str:
    """Why a family's night is not started now, in a run that began at `begun`; empty where the budget has room."""
    budget = budget_of(settings, day, [family])
    passed = (datetime.now(UTC) - begun).total_seconds()
    return "" if passed + budget.expected[family] <= budget.seconds else _left_out(budget, family)


def _left_out(budget: Budget, family: str) -> str:
    return f"left out: the night's budget of {_minutes(budget.seconds)} had no room for {family}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
