"""How fast this machine is beside the one that the costs were measured on: a small ingest and grid, timed."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Family, Settings
from service.schedule.costs import SAMPLE_S

ASSETS, SENSORS, FAMILY, DAY = 60, 6, "sample", date(2026, 3, 10)
STEP = timedelta(minutes=1)
RUNS = 4


def speed_here() -> float:
    """The speed: 2 where the sample takes half of the CPU time that it took on the machine of the costs."""
    return SAMPLE_S / sample_s()


def sample_s() -> float:
    """CPU-seconds that ingest and impute of the sample take here once they are loaded."""
    with TemporaryDirectory() as folder:
        settings = _sample(Path(folder))
        spent = []
        for _ in range(RUNS):  # the first time loads libraries
            started = time.process_time()
            ingest(settings, DAY, FAMILY)
            impute(settings, DAY, FAMILY)
            spent.append(time.process_time() - started)
    return min(spent)


def _sample(folder: Path) -> Settings:
    """Settings of a family with a day in its inbox."""
    rng = np.random.default_rng(0)
    lines = ["time,asset," + ",".join(f"s{number}" for number in range(SENSORS))]
    for row in range(timedelta(days=1) // STEP):
        clock = f"{DAY}T{row // 60:02}:{row % 60:02}:00Z"
        values = rng.normal(20, 1, (ASSETS, SENSORS)).round(3)
        lines += [f"{clock},a{asset:03},{','.join(map(str, cells))}" for asset, cells in enumerate(values.tolist())]
    (folder / f"{DAY}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sensors = {f"s{number}": {"low": -1000, "high": 1000} for number in range(SENSORS)}
    keys = {"inbox": str(folder / "{day}.csv"), "step": STEP, "layout": {"asset": "asset"}, "sensors": sensors}
    return Settings(store=str(folder / "store"), families={FAMILY: Family.model_validate(keys)})
