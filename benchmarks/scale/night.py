"""The jobs of the measured night, and what each of them writes."""

from __future__ import annotations

from collections.abc import Callable

from anomaly.monitoring.jobs import export_metrics
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from benchmarks.scale.plant import DAY, FAMILY
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.report import report

JOBS = ("ingest", "impute", "score-series", "find-anomalies", "drift", "export-metrics", "write-report")
TABLES = {
    "ingest": ("readings", "rejects"),
    "impute": ("grid",),
    "score-series": ("scores", "sensor_scores"),
    "find-anomalies": ("anomalies",),
    "drift": ("drift",),
}
"""What a job writes, so that its bytes can be counted."""


def night_of(settings: Settings) -> dict[str, Callable[[], object]]:
    """A night's jobs by name, each of all shards."""
    shards = range(settings.family(FAMILY).shards)
    return {
        "ingest": lambda: ingest(settings, DAY, FAMILY),
        "impute": lambda: [impute(settings, DAY, FAMILY, shard) for shard in shards],
        "score-series": lambda: [score_series(settings, DAY, FAMILY, shard) for shard in shards],
        "find-anomalies": lambda: find_anomalies(settings, DAY, FAMILY),
        "drift": lambda: drift(settings, DAY, FAMILY),
        "export-metrics": lambda: export_metrics(settings, DAY, FAMILY),
        "write-report": lambda: report(settings, DAY),
    }


def written_mb(settings: Settings, job: str) -> float:
    """Size of what a job wrote of the measured day, MB."""
    store = Store(settings.store)
    paths = [p for table in TABLES.get(job, ()) for p in store.files(f"{table}/family={FAMILY}/day={DAY}")]
    return sum(len(store.read_bytes(path)) for path in paths) / 1e6
