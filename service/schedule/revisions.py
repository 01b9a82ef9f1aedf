"""Days that changed after their night: taken in again, and what depends on them done again."""

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
    """Job: take in again the days within the family's grace before `day` that changed, and what depends on them.

    From the first of them on, every day that was imputed is imputed again, and scored where it was scored: gaps are
    filled from earlier days, and windows reach back over midnight. What was done, with the days' revisions.
    """
    store = Store(settings.store)
    return run_job(store, "revise", day, family, lambda: _revise(settings, store, day, family))


def _revise(settings: Settings, store: Store, day: date, family: str) -> Done:
    spec = settings.family(family)
    late = late_days(store, spec, family, day) if spec.grace else []
    if not late:
        return Done(0, f"nothing came late for {family} in the {spec.grace} days before {day}")
    lines = [ingest(settings, changed, family) for changed in late]
    again = [late[0] + timedelta(days=number) for number in range((day - late[0]).days)]
    again = [d for d in again if d in late or store.written("grid", [d], family=family)]
    for d in again:
        _again(settings, d, family)
    days = ", ".join(map(str, again))
    done = f"revised {family}: {days} imputed again, and scored again where they were scored, as values came late"
    news = "; ".join(lines)
    return Done(len(again), f"{done}: {news}", news)


def _again(settings: Settings, day: date, family: str) -> None:
    """A day's jobs after its ingest, as far as its detector goes."""
    store, shards = Store(settings.store), range(settings.family(family).shards)
    for shard in shards:
        impute(settings, day, family, shard)
    if serving(store, family, day) is None:
        return
    for shard in shards:
        score_series(settings, day, family, shard)
    find_anomalies(settings, day, family)
    drift(settings, day, family)
