"""Days whose input changed after their night: ingested again, and all days that depend on them processed again."""

from __future__ import annotations

from datetime import date, timedelta

from anomaly.series.files import serving
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from sensors_data.runs import Done, run_job
from sensors_data.series.jobs import impute, ingest
from sensors_data.series.late import late_days
from sensors_data.settings import Settings
from sensors_data.store import Store


def revise(settings: Settings, day: date, family: str) -> str:
    """Job: ingest again the changed days within the family's grace period before `day`, and redo what depends on them.

    From the first of them on, every day that was imputed is imputed again, and scored where it was scored: gaps are
    filled from earlier days, and windows reach back over midnight. Returns what was done, with the days' revisions.
    """
    store = Store(settings.store)
    return run_job(store, "revise", day, family, lambda: _revise(settings, store, day, family))


def _revise(settings: Settings, store: Store, day: date, family: str) -> Done:
    spec = settings.family(family)
    late = late_days(store, spec, family, day) if spec.grace else []
    if not late:
        return Done(0, f"nothing came late for {family} in the {spec.grace} days before {day}")
    lines = [ingest(settings, changed, family) for changed in late]
    affected = [late[0] + timedelta(days=number) for number in range((day - late[0]).days)]
    affected = [d for d in affected if d in late or store.written("grid", [d], family=family)]
    for d in affected:
        _process_again(settings, d, family)
    days = ", ".join(map(str, affected))
    done = f"revised {family}: {days} imputed again, and scored again where they were scored, as values came late"
    news = "; ".join(lines)
    return Done(len(affected), f"{done}: {news}", news)


def _process_again(settings: Settings, day: date, family: str) -> None:
    """A day's jobs after its ingest; without a detector that serves, its imputing alone."""
    store, shards = Store(settings.store), range(settings.family(family).shards)
    for shard in shards:
        impute(settings, day, family, shard)
    if serving(store, family, day) is None:
        return
    for shard in shards:
        score_series(settings, day, family, shard)
    find_anomalies(settings, day, family)
    drift(settings, day, family)
