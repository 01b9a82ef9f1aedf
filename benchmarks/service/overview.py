"""How quick the overview is with many machines: rows in sight, a filter, memory, in Chromium.

python -m benchmarks.service.overview [--machines 1000] [--nights 90]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright

from benchmarks.service.load import Server, start
from sensors_data.provenance import Provenance
from sensors_data.store import Store

FIRST = date(2026, 1, 5)
STEPS = 24
SENSORS = ("speed", "flow", "pressure")
SETTINGS = """store = "store"
[families.pump]
inbox = "inbox/{day}.csv"
step = "1h"
[families.pump.layout]
asset = "asset"
[families.pump.sensors]
""" + "".join(f"{name} = {{}}\n" for name in SENSORS)
FILTERS = ("[name=severity]", "critical"), ("[name=sort]", "name"), ("[name=severity]", ""), ("[name=sort]", "worst")


def make_store(folder: Path, machines: int, nights: int) -> Path:
    """Scores of every machine and night, and three anomalies in a hundred of them; the settings file."""
    rng, store = np.random.default_rng(0), Store(str(folder / "store"))
    names = [f"pump-{n:04d}" for n in range(machines)]
    source = Provenance(job="benchmark")
    for number in range(nights):
        day = FIRST + timedelta(days=number)
        times = pd.date_range(day, periods=STEPS, freq="1h", tz="UTC")
        rows = pd.DataFrame({"asset": np.repeat(names, STEPS), "time": np.tile(times, machines)})
        rows = rows.assign(score=rng.gamma(2, 0.1, len(rows)), threshold=1.0, p_value=0.5, observed_share=1.0)
        rows = rows.assign(
            is_anomaly=False, suppressed=False, top_sensor="speed", model="pump@2026-01-04", evidence=0.0
        )
        store.write("scores", rows, source, family="pump", day=day, shard=0)
        store.write("anomalies", _anomalies(rng, names, number, times), source, family="pump", day=day)
    path = folder / "settings.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def _anomalies(rng: np.random.Generator, names: list[str], number: int, times: pd.DatetimeIndex) -> pd.DataFrame:
    """The anomalies of a night."""
    places = np.flatnonzero(rng.random(len(names)) < 0.03)
    starts = times[rng.integers(0, STEPS - 6, len(places))]
    return pd.DataFrame(
        {
            "anomaly_id": [f"{number:08x}{place:08x}" for place in places],
            "asset": [names[place] for place in places],
            "start": starts,
            "end": starts + pd.to_timedelta(rng.integers(1, 6, len(places)), unit="h"),
            "rows": 3,
            "peak_time": starts,
            "peak_score": 1 + rng.pareto(1.6, len(places)),
            "severity": rng.choice(["info", "warning", "critical"], len(places)),
            "sensors": [[{"sensor": str(rng.choice(SENSORS)), "share": 1.0}] for _ in places],
            "suppressed": False,
            "model": "pump@2026-01-04",
        }
    )


def opened(page: Page, address: str) -> float:
    """Seconds until the lane's rows are in sight."""
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".lane .body .row .cell")
    return time.perf_counter() - begun


def filtered(page: Page, selector: str, value: str) -> float:
    """Milliseconds of the page's own work until a choice is drawn."""
    script = """([selector, value]) => new Promise((done) => {
        const field = document.querySelector(selector), begun = performance.now();
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    })"""
    return float(page.evaluate(script, [selector, value]))


def measure(server: Server, nights: int) -> None:
    """Print the table."""
    last = FIRST + timedelta(days=nights - 1)
    address = f"{server.address}/pages/?from={FIRST}&to={last}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        before = server.cpu()
        first = opened(page, address)
        spent = server.cpu() - before
        later = sorted(opened(page, address) for _ in range(5))
        counts = page.inner_text("#counts") if page.locator("#counts").count() else ""
        choices = sorted(filtered(page, *choice) for choice in FILTERS * 3)
        heap = float(page.evaluate("performance.memory.usedJSHeapSize")) / 2**20
        browser.close()
    print(f"| | |\n|---|---|\n| shown | {counts} |")
    print(f"| rows in sight, first call after a start | {first:.1f} s, {spent:.1f} CPU-s of the service |")
    print(f"| rows in sight, five more calls | {later[0]:.1f} to {later[-1]:.1f} s |")
    print(f"| a filter or another order | {choices[0]:.0f} to {choices[-1]:.0f} ms |")
    print(f"| script memory, memory of the service | {heap:.0f} MB, {server.memory():.0f} MB |")


def main() -> None:
    """Make the store, start the service, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=1000)
    parser.add_argument("--nights", type=int, default=90)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overview-") as folder:
        server = start(make_store(Path(folder), arguments.machines, arguments.nights))
        try:
            measure(server, arguments.nights)
        finally:
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    main()
