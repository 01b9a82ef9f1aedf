"""What each nightly job of a family costs, as `python -m benchmarks.scale` measured it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JobCost:
    """The cost of a job. A row is one time of one asset, a value one sensor of it."""

    name: str
    us_a_row: float
    """CPU-microseconds a row, beside those of its values."""
    us_a_value: float
    bytes_a_value: float
    """Memory that a task takes beside its base, by the values that it reads."""
    written_a_value: float = 0.0
    """Bytes in the store."""
    sharded: bool = False

    def cpu_s(self, rows: float, sensors: int) -> float:
        """CPU-seconds of some rows."""
        return 1e-6 * rows * (self.us_a_row + sensors * self.us_a_value)


BASE_MB = {False: 270, True: 430}
"""Memory of a task that has loaded what it needs, by whether it loads torch."""
START_S = {False: 1.0, True: 2.9}
"""CPU-seconds that a task's process takes to load it."""
LOADS_TORCH = ("score-series", "find-anomalies", "drift", "export-metrics")

SCORE = JobCost("score-series", 10.0, 2.4, 250, 29.0, sharded=True)
"""With the LSTMs."""
SCORE_LINEAR = JobCost("score-series", 2.5, 1.5, 250, 29.0, sharded=True)
"""Where the linear path serves alone."""
INGEST_AND_IMPUTE = (JobCost("ingest", 0.47, 0.11, 165, 1.7), JobCost("impute", 0.20, 0.05, 140, 1.7, sharded=True))
WITH_SCORES = (
    JobCost("find-anomalies", 0.8, 0.03, 150),
    JobCost("drift", 0.35, 0.02, 150),
    JobCost("export-metrics", 0.55, 0.01, 80),
)
"""Of benchmarks.scale, a step of a minute. Ingest and impute: --assets 300 --sensors 6, and --assets 1000 --sensors 1;
the others: --assets 1112 --sensors 6 --shards 2, and --assets 1000 --sensors 1; with the LSTMs: of 100 assets."""


def costs_of(linear: bool) -> tuple[JobCost, ...]:
    """The jobs of a night in their order, of families whose linear path serves alone or of others."""
    return (*INGEST_AND_IMPUTE, SCORE_LINEAR if linear else SCORE, *WITH_SCORES)
