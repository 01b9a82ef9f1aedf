"""What each nightly job of a family costs, as `python -m benchmarks.scale.costs` fitted it to small plants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """What something takes of a task, a row (one time of one asset) and a value (one sensor of it)."""

    task: float
    row: float
    value: float

    def of(self, rows: float, sensors: int, tasks: float = 1) -> float:
        """What some rows take in so many tasks."""
        return self.task * tasks + rows * (self.row + sensors * self.value)


@dataclass(frozen=True)
class JobCost:
    """The cost of a job, what starts its process apart."""

    name: str
    cpu_us: Share
    """CPU-microseconds."""
    bytes: Share
    """Memory of a task beside what its process holds before."""
    written_a_value: float = 0.0
    """Bytes in the store."""
    sharded: bool = False


START_MB = {False: 120, True: 300}
"""Memory of a task that has loaded what it needs, by whether it loads torch."""
START_S = {False: 0.95, True: 3.0}
"""CPU-seconds that a task's process takes to load it."""
LOADS_TORCH = ("score-series", "drift", "export-metrics")
SAMPLE_S = 0.043
"""CPU-seconds that the sample of `speed` took on the machine of the costs. Set anew wherever the costs are fitted."""

MB, S = 1e6, 1e6
SCORE_BYTES = Share(104 * MB, 72, 201)
SCORE = JobCost("score-series", Share(0.27 * S, 4.92, 1.48), SCORE_BYTES, 29.0, sharded=True)
"""With the LSTMs."""
SCORE_LINEAR = JobCost("score-series", Share(0.0, 1.67, 1.16), SCORE_BYTES, 29.0, sharded=True)
"""Where the linear path serves alone."""
INGEST_AND_IMPUTE = (
    JobCost("ingest", Share(0.05 * S, 0.16, 0.070), Share(66 * MB, 76, 36), 1.8),
    JobCost("impute", Share(0.02 * S, 0.08, 0.035), Share(36 * MB, 83, 26), 1.8, sharded=True),
)
WITH_SCORES = (
    JobCost("find-anomalies", Share(0.01 * S, 0.62, 0.013), Share(74 * MB, 175, 24)),
    JobCost("drift", Share(0.03 * S, 0.32, 0.0), Share(81 * MB, 72, 7)),
    JobCost("export-metrics", Share(0.15 * S, 0.21, 0.009), Share(75 * MB, 76, 0)),
)
"""Of plants of 100 and 300 assets with one and six sensors, a step of a minute. Of `find-anomalies` the bytes a
row are a tenth more than was fitted, as 1,000 assets took more."""


def costs_of(linear: bool) -> tuple[JobCost, ...]:
    """The jobs of a night in their order, of families whose linear path serves alone or of others."""
    return (*INGEST_AND_IMPUTE, SCORE_LINEAR if linear else SCORE, *WITH_SCORES)
