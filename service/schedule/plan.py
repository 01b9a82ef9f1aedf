"""What a night of some assets takes, before there is one: families, shards, CPU, memory, disk and minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from pydantic import Field, field_validator

from sensors_data.errors import UnusableError
from sensors_data.section import Duration, Section
from service.schedule.costs import LOADS_TORCH, MB, START_MB, START_S, JobCost, S, costs_of

MOST_SHARDS = 1024
"""Of a family, as the settings and Airflow's own limit have it."""
SHORT_S = 60.0
"""A shard's tasks should not take less: what loads their process would outweigh them."""


class Fleet(Section):
    """What is planned for."""

    assets: int = Field(ge=1)
    sensors: int = Field(ge=1)
    step: Duration
    cores: int = Field(2, ge=1)
    memory_mb: int = Field(2000, ge=1)
    """What one task may take."""
    linear: bool = False
    """Whether the linear path serves alone in every family."""

    @field_validator("step")
    @classmethod
    def _divides_the_day(cls, step: timedelta) -> timedelta:
        if timedelta(days=1) % step:
            raise ValueError(f"a step of {step} does not divide the day; use one that does, like 1s, 1min, 5min, 1h")
        return step

    @property
    def rows_an_asset(self) -> int:
        """Rows of an asset's day."""
        return timedelta(days=1) // self.step

    @property
    def costs(self) -> tuple[JobCost, ...]:
        """What each job of the night costs."""
        return costs_of(self.linear)


@dataclass(frozen=True)
class JobPlan:
    """One job of the night."""

    name: str
    tasks: int
    cpu_s: float
    """Of all tasks, what loads their processes included."""
    peak_mb: float
    """Of one task."""
    minutes: float


@dataclass(frozen=True)
class Plan:
    """A night of a fleet."""

    families: int
    shards: int
    """Of each family."""
    jobs: tuple[JobPlan, ...]
    night_mb: float
    """Written to the store."""
    files: int
    """Written to the store."""

    @property
    def cpu_s(self) -> float:
        """CPU-seconds of the night."""
        return sum(job.cpu_s for job in self.jobs)

    @property
    def minutes(self) -> float:
        """Wall time of the night, job after job."""
        return sum(job.minutes for job in self.jobs)

    @property
    def peak_mb(self) -> float:
        """Memory of the largest task."""
        return max(job.peak_mb for job in self.jobs)


def plan(fleet: Fleet, speed: float = 1.0) -> Plan:
    """The night of a fleet on a machine that is `speed` times as fast as the one that was measured.

    A family is as large as its largest task's memory allows, a shard as small as loading its process pays for.
    UnusableError where not even one asset fits.
    """
    families = ceil(fleet.assets / _most_assets(fleet, [cost for cost in fleet.costs if not cost.sharded]))
    return plan_of(fleet, families, _shards(fleet, ceil(fleet.assets / families)), speed)


def plan_of(fleet: Fleet, families: int, shards: int, speed: float = 1.0) -> Plan:
    """The night of a fleet that is cut into so many families of so many shards, whatever room their tasks have."""
    jobs = tuple(_job(fleet, cost, families, shards, speed) for cost in fleet.costs)
    values = fleet.assets * fleet.rows_an_asset * fleet.sensors
    written = sum(cost.written_a_value for cost in fleet.costs) * values / MB
    return Plan(families, shards, jobs, written, families * (6 + 6 * shards))


def _most_assets(fleet: Fleet, costs: list[JobCost]) -> int:
    """How many assets the most demanding of some jobs has room for."""
    rows, sensors = fleet.rows_an_asset, fleet.sensors
    room = [(fleet.memory_mb - _peak_mb(cost, 0, sensors)) * MB for cost in costs]
    asset = [cost.bytes.of(rows, sensors, tasks=0) for cost in costs]
    most = min(free / each for free, each in zip(room, asset, strict=True))
    if most < 1:
        need = max(_peak_mb(cost, rows, sensors) for cost in costs)
        raise UnusableError(
            f"an asset of {rows * sensors:,} values a day does not fit {fleet.memory_mb:,} MB",
            f"give a task {need:,.0f} MB with --memory, or take a longer step",
        )
    return int(most)


def _shards(fleet: Fleet, assets: int) -> int:
    """The shards of a family: as many as memory asks for, and no fewer than cores where their work is worth it."""
    sharded = [cost for cost in fleet.costs if cost.sharded]
    least = ceil(assets / _most_assets(fleet, sharded))
    work = sum(cost.cpu_us.of(assets * fleet.rows_an_asset, fleet.sensors) for cost in sharded) / S
    return min(MOST_SHARDS, max(1, least, min(fleet.cores, int(work / SHORT_S))))


def _job(fleet: Fleet, cost: JobCost, families: int, shards: int, speed: float) -> JobPlan:
    tasks = families * (shards if cost.sharded else 1)
    rows = fleet.assets * fleet.rows_an_asset
    start = tasks * START_S[cost.name in LOADS_TORCH]
    cpu_s = (cost.cpu_us.of(rows, fleet.sensors, tasks) / S + start) / speed
    return JobPlan(
        cost.name, tasks, cpu_s, _peak_mb(cost, rows / tasks, fleet.sensors), cpu_s / min(tasks, fleet.cores) / 60
    )


def _peak_mb(cost: JobCost, rows: float, sensors: int) -> float:
    """Memory of a task of so many rows."""
    return START_MB[cost.name in LOADS_TORCH] + cost.bytes.of(rows, sensors) / MB
