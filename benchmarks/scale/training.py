"""What the training of a large fleet costs: CPU-seconds and peak memory, the grids' simulation apart.

python -m benchmarks.scale.training --assets 10000 --sensors 6 --days 3
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np

from anomaly.series.training.train_job import train_series
from benchmarks.outputs import wide_console
from benchmarks.scale.measured import apart
from benchmarks.scale.plant import DAY, FAMILY, write_grid
from sensors_data.settings import Family, Settings
from sensors_data.store import Store

A_SHARD = 156
"""Assets of a shard."""


def settings_of(folder: Path, assets: int, sensors: int, step: str, days: int) -> Settings:
    """A fleet whose detector learns from so many days, with the settings that a family has when none are stated."""
    plain = {
        "inbox": str(folder / f"{FAMILY}-{{day}}.csv"),
        "step": step,
        "shards": -(-assets // A_SHARD),
        "layout": {"asset": "asset"},
        "sensors": {f"s{number}": {} for number in range(sensors)},
        "training": {"days": days},
    }
    return Settings(store=str(folder / "store"), families={FAMILY: Family.model_validate(plain)})


def write_grids(settings: Settings, assets: int) -> None:
    """The grids of all assets on each day of the training span."""
    spec, rng = settings.family(FAMILY), np.random.default_rng(0)
    names = np.array(sorted(f"a{number:06d}" for number in range(assets)))
    for back in range(spec.training.days, 0, -1):
        write_grid(Store(settings.store), spec, DAY - timedelta(days=back), names, rng)


def main() -> None:
    """Train a detector of a simulated fleet in a process of its own, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--sensors", type=int, default=6)
    parser.add_argument("--step", default="1min")
    parser.add_argument("--days", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), arguments.assets, arguments.sensors, arguments.step, arguments.days)
        apart(lambda: write_grids(settings, arguments.assets))
        line, cost = apart(lambda: train_series(settings, DAY, FAMILY))
    wide_console().print(line)
    wide_console().print(f"{cost.cpu_s:.0f} CPU-s, {cost.peak_mb:,.0f} MB, {cost.calls:,} calls to the store")


if __name__ == "__main__":
    main()
