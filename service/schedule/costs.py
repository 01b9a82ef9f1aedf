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


BASE_MB = {False: 330, True: 550}
"""Memory of a task that has loaded what it needs, by whether it loads torch."""
START_S = {False: 0.9, True: 3.5}
"""CPU-seconds that a task's process takes to load it."""
LOADS_TORCH = ("score-series", "find-anomalies", "drift", "export-metrics")

COSTS = (
    JobCost("ingest", 0.25, 0.30, 75, 2.6),
    JobCost("impute", 0.05, 0.25, 110, 2.6, sharded=True),
    JobCost("score-series", 15.0, 8.0, 260, 24.0, sharded=True),
    JobCost("find-anomalies", 0.2, 0.6, 150),
    JobCost("drift", 0.5, 1.0, 150),
    JobCost("export-metrics", 0.1, 0.5, 80),
)
"""Of benchmarks.scale with --assets 30,100 --sensors 6 and --assets 100,300 --sensors 1, a step of a minute."""
