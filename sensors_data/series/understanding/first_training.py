"""The step of a family's clock, and when it first trains, by how long and how often its assets were measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from sensors_data.series.understanding.presence import likely_times
from sensors_data.settings import Training

_STEPS = [timedelta(seconds=s) for s in range(1, 86_401) if 86_400 % s == 0]
ROWS_WANTED, SLOW_ROWS_WANTED = 64, 240
"""Measured rows that a first training wants: 48 normal ones, and some that may not be; more where a day has few rows,
as no window there is shorter than 64 rows and a quarter of them is held out."""


def usual_step(readings: pd.DataFrame) -> timedelta:
    """The usual distance of two readings of one sensor, or the next longer one that divides the day.

    Where readings are sparse on a regular clock, the clock's own step.
    """
    ordered = readings.drop_duplicates(["asset", "sensor", "time"]).sort_values(["asset", "sensor", "time"])
    apart = ordered.groupby(["asset", "sensor"])["time"].diff().dt.total_seconds().dropna()
    usual = float(apart.median()) if len(apart) else 60.0
    if len(apart) and (apart >= 1).all() and (apart == apart.round()).all():
        common = float(np.gcd.reduce(apart.to_numpy().astype(np.int64)))
        usual = common if (apart == common).mean() > 0.05 else usual
    return next(step for step in _STEPS if step.total_seconds() >= min(0.98 * usual, 86_400))


@dataclass(frozen=True)
class Lengths:
    """How long and how often assets were measured."""

    life: np.ndarray  # (assets,) seconds from an asset's first reading to its last
    days: float
    """From the first reading of all to the last."""
    rows_a_day: float
    """Rows of all assets."""

    @property
    def short(self) -> bool:
        """Whether assets live for too few days to learn from one and score the next."""
        return bool(self.days < 3 or np.median(self.life) < 3 * 86_400)

    def budget(self) -> dict[str, float]:
        """One false alarm in ten runs: a weekly budget cannot be estimated from minutes of readings."""
        week = 7 * 86_400
        return {"alarms_per_asset_week": max(0.25, float(f"{0.1 * week / max(float(np.median(self.life)), 1.0):.2g}"))}


def lengths_of(readings: pd.DataFrame, step: timedelta) -> Lengths:
    """Of readings whose times are likely."""
    likely = readings[likely_times(readings["time"])]
    days = (likely["time"].max() - likely["time"].min()) / pd.Timedelta(days=1)
    times = likely.groupby("asset")["time"]
    life = np.array([span.total_seconds() for span in times.max() - times.min()])
    rows = len(likely.drop_duplicates(["asset", "time"]))
    return Lengths(life, days, rows / (days + step / timedelta(days=1)))


def first_training(lengths: Lengths, step: timedelta) -> tuple[Training, bool]:
    """When to train first, on how many days, and whether there is enough for it.

    After a fifth of the days, or when there are rows enough; where an asset has no second day, on its first third.
    """
    life, days, rows_a_day = lengths.life, lengths.days, lengths.rows_a_day
    if not lengths.short:
        wanted = min(3650, int(np.ceil((ROWS_WANTED if rows_a_day >= 12 else SLOW_ROWS_WANTED) / rows_a_day)))
        first = int(np.clip(max(round(days / 5), wanted), 2, max(14, wanted)))
        span = 28 if wanted <= 14 else min(3650, max(28, 4 * wanted))
        return Training(days=span, first_after=first), first < days
    first_part = 0.35 * float(life[life > 0].min()) if (life > 0).any() else 60.0
    enough = bool(first_part * len(life) >= 48 * step.total_seconds())
    return Training(first_after=1, commissioning=timedelta(seconds=max(1, int(first_part)))), enough
