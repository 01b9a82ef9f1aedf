"""Nights in a row: which jobs of which partitions make a night or a backfill, and in what order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from rich.progress import Progress, TaskID

from anomaly.monitoring.jobs import export_metrics
from anomaly.series.files import serving
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series, training_due
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.series.jobs import impute, ingest
from sensors_data.series.sources.kinds import days_in
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.console import progress_bar, training_progress_in
from service.schedule.budget import budget_of, record_left_out
from service.schedule.revisions import revise
from service.schedule.tasks import Runner, Task, pool

log = logging.getLogger("nightscore")


def night(settings: Settings, day: date, families: list[str], say: Callable[[str], None]) -> None:
    """One night of every family: ingest, impute, train where due, score, find anomalies, measure drift, export metrics.

    A family that fails does not keep the others from their night, and its metrics are exported too; the last error is
    raised at the end. A family for which the budget has no room is left out, recorded and counted as failed.
    """
    budget = budget_of(settings, day, settings.night.ordered(families))
    if settings.night.budget is not None:
        say(budget.announcement())
    failed: Exception | None = None
    for family in budget.families():
        for part in (_family_night, _export):
            failed = _tried(part, settings, day, family, say) or failed
    failed = record_left_out(settings, day, budget, say) or failed
    for family in budget.left_out:
        failed = _tried(_export, settings, day, family, say) or failed
    if failed is not None:
        raise failed


Part = Callable[[Settings, date, str, Callable[[str], None]], None]


def _tried(part: Part, settings: Settings, day: date, family: str, say: Callable[[str], None]) -> Exception | None:
    """Run a part of a family's night; its error, None if it succeeded."""
    try:
        part(settings, day, family, say)
    except Exception as error:
        if not isinstance(error, NightscoreError):
            log.exception("internal error of nightscore in the night of %s %s", family, day)
        say(f"failed {family} {day}: {error}")
        return error
    return None


def _family_night(settings: Settings, day: date, family: str, say: Callable[[str], None]) -> None:
    shards = range(settings.family(family).shards)
    if settings.family(family).grace:
        say(revise(settings, day, family))
    say(ingest(settings, day, family))
    for shard in shards:
        say(impute(settings, day, family, shard))
    if training_due(settings, day, family):
        with progress_bar() as progress:
            _train(settings, day, family, progress, say)
    if serving(Store(settings.store), family, day) is None:
        say(f"not scored {family} {day}: no detector was accepted yet; for why: nightscore doctor --family {family}")
        return
    for shard in shards:
        say(score_series(settings, day, family, shard))
    say(find_anomalies(settings, day, family))
    say(drift(settings, day, family))


def _export(settings: Settings, day: date, family: str, say: Callable[[str], None]) -> None:
    say(export_metrics(settings, day, family))


def backfill(
    settings: Settings, family: str, first: date | None, last: date | None, jobs: int, say: Callable[[str], None]
) -> tuple[list[date], list[date]]:
    """Every night of a family's inbox in [first, last], in parallel where nights do not depend on each other.

    Returns the days that were ingested and those that were scored. Files are byte for byte those of single nights.
    """
    spec = settings.family(family)
    days = [d for d in days_in(spec) if (first is None or d >= first) and (last is None or d <= last)]
    if not days:
        place = "inbox" if spec.inbox else "source"
        raise NotThereError(
            f"the {place} of {family} has no readings from {first or 'its start'} to {last or 'its end'}"
        )
    scored, to_score = list[date](), list[date]()
    with pool(jobs) as run, progress_bar() as progress:
        steps = _Steps(settings, family, run, progress, progress.add_task("", note=""))
        days = _ingested(days, steps.ingest(days), say)
        steps.impute(days)
        for day in days:
            if training_due(settings, day, family):
                scored += steps.score(to_score)  # a training leaves out the anomalies that were found before it
                to_score = []
                _train(settings, day, family, progress, say)
            if serving(Store(settings.store), family, day):
                to_score.append(day)
        scored += steps.score(to_score)
    if scored:
        say(export_metrics(settings, scored[-1], family))
    return days, scored


@dataclass(frozen=True)
class _Steps:
    """The steps of a backfill, each for many days at once, in the processes of a pool."""

    settings: Settings
    family: str
    run: Runner
    progress: Progress
    bar: TaskID

    def ingest(self, days: list[date]) -> list[NightscoreError | None]:
        """Ingest the days; for each its error, None if it succeeded."""
        return self._run("ingest", self._of_family(ingest, days))

    def impute(self, days: list[date]) -> None:
        """Impute every shard of the days."""
        self._run_all("impute", self._by_shard(impute, days))

    def score(self, days: list[date]) -> list[date]:
        """Score the days, find their anomalies and measure their drift; the days."""
        self._run_all("score", self._by_shard(score_series, days))
        with pool(1) as one_by_one:  # what goes on from the night before has its id
            replace(self, run=one_by_one)._run_all("find anomalies", self._of_family(find_anomalies, days))
        self._run_all("measure drift", self._of_family(drift, days))
        return days

    def _of_family(self, job: Callable[..., str], days: list[date]) -> list[Task]:
        return [Task(job, day, self.family) for day in days]

    def _by_shard(self, job: Callable[..., str], days: list[date]) -> list[Task]:
        return [Task(job, day, self.family, s) for day in days for s in range(self.settings.family(self.family).shards)]

    def _run_all(self, step: str, tasks: list[Task]) -> None:
        """Run tasks that must all succeed; the first error is raised."""
        for error in filter(None, self._run(step, tasks)):
            raise error

    def _run(self, step: str, tasks: list[Task]) -> list[NightscoreError | None]:
        return self.run(self.progress, self.bar, f"{self.family}: {step}", self.settings, tasks)


def _ingested(days: list[date], refused: list[NightscoreError | None], say: Callable[[str], None]) -> list[date]:
    """The days with usable readings; the others are printed. The first error is raised if no day is left."""
    for day, error in zip(days, refused, strict=True):
        if error is not None:
            say(f"not ingested {day}: {error}")
    usable = [day for day, error in zip(days, refused, strict=True) if error is None]
    if not usable and refused[0] is not None:
        raise refused[0]
    return usable


def _train(settings: Settings, day: date, family: str, progress: Progress, say: Callable[[str], None]) -> None:
    """Train for a night; if that fails, the reason is printed and the previous detector stays in use."""
    try:
        with training_progress_in(progress) as epochs:
            say(train_series(settings, day, family, epochs))
    except NightscoreError as error:
        say(f"not trained {family} for {day}: {error}")
