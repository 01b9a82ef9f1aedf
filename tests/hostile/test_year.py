"""A year of nights of a small plant with retention: files, bytes, memory and seconds a night stay level."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
from attacked_plant import DAYS, FAMILY, FIRST, write_day, write_plant
from victims import ended, faults, victim
from weighing import memory

from sensors_data.retention import Retention
from sensors_data.settings import Settings
from sensors_data.upkeep.cleaning import clean
from service.report import report
from service.schedule import nights

KEPT = 30
"""Days of everything."""
TABLES = (
    *("readings", "rejects", "grid", "scores", "sensor_scores", "anomalies", "completeness", "drift"),
    *("asset_days", "self_tests", "runs", "reports"),
)


def live(settings: Settings, folder: Path, count: int, told: Path) -> None:
    """So many nights one after the other in this process; a line of figures for each."""
    rng = np.random.default_rng(7)
    with told.open("w") as out:
        for number in range(count):
            day = FIRST + timedelta(days=number)
            inbox = write_day(folder, day, rng, is_faulty=number % 9 == 0)
            begun, processor = time.perf_counter(), time.process_time()
            nights.night(settings, day, [FAMILY], lambda _: None)
            report(settings, day)
            clean(settings, day)
            figures = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - processor}
            files = [path for path in Path(settings.store).rglob("*") if path.is_file()]
            figures |= {"files": len(files), "bytes": sum(path.stat().st_size for path in files), "mb": memory("VmRSS")}
            figures |= {"open": len(os.listdir("/proc/self/fd"))}  # noqa: PTH208
            out.write(json.dumps(figures) + "\n")
            out.flush()
            if number > KEPT:
                inbox.with_name(f"oven-{day - timedelta(days=KEPT)}.csv").unlink(missing_ok=True)


def test_a_year_of_nights_stays_level(tmp_path, sized, tell):
    nights_count = max(2 * KEPT + 5, sized(365)) if sized(365) > DAYS else 5
    plant = write_plant(tmp_path, days=1, cameras=False)
    retention = Retention(tables=dict.fromkeys(TABLES, KEPT), models=KEPT, rejected_models=7)
    settings = plant.model_copy(update={"retention": retention})
    told = tmp_path / "figures"
    assert ended(victim(lambda: live(settings, tmp_path, nights_count, told))) == 0
    rows = [json.loads(line) for line in told.read_text().splitlines()]
    assert len(rows) == nights_count
    level = {}
    for name in ("files", "bytes", "mb", "cpu", "seconds", "open"):
        series = [row[name] for row in rows[KEPT + 8 :] or rows]
        half = len(series) // 2
        level[name] = float(np.median(series[:half] or series)), float(np.median(series[half:]))
    words = ", ".join(f"{name} {first:,.2f} then {last:,.2f}" for name, (first, last) in level.items())
    tell(f"year: {nights_count} nights, medians of the first and the second half after day {KEPT + 8}: {words}")
    assert faults(settings) == []
    if nights_count > 2 * KEPT:
        for name in ("files", "bytes", "mb", "open"):
            assert level[name][1] <= 1.1 * level[name][0], name
        assert level["cpu"][1] <= 1.3 * level["cpu"][0]
