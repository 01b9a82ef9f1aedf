"""One plant's day, and the partition that its CSV gives: what every other source has to give too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sensors_data.series.jobs import ingest
from sensors_data.settings import Settings
from sensors_data.store import Store

DAY = date(2026, 2, 14)


@dataclass(frozen=True)
class Plant:
    """A day's rows (time, asset, sensor, value) and a way to take it in from any source."""

    rows: pd.DataFrame
    expected: bytes
    take_in: Callable[..., bytes]


@pytest.fixture
def plant(tmp_path) -> Plant:
    """Two machines with two sensors every five minutes; an hour of one and one value of the other are missing."""
    rng = np.random.default_rng(1)
    times = pd.date_range(DAY, periods=288, freq="5min", tz="UTC", unit="us")
    rows = pd.DataFrame(
        {"time": time, "asset": asset, "sensor": sensor, "value": round(float(rng.normal(20, 3)), 3)}
        for asset in ("pump-1", "pump-2")
        for sensor in ("flow", "speed")
        for time in times
    )
    gap = (rows["asset"] == "pump-1") & rows["time"].dt.hour.eq(7)
    one = (rows["asset"] == "pump-2") & (rows["sensor"] == "flow") & rows["time"].eq(times[100])
    rows = rows[~gap & ~one].reset_index(drop=True)

    def take_in(**changes: Any) -> bytes:
        family = {"step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}, "speed": {}}}
        settings = Settings.model_validate({"store": str(tmp_path / "store"), "families": {"pump": family | changes}})
        ingest(settings, DAY, "pump")
        store = Store(settings.store)
        return store.read_bytes(store.path("readings", family="pump", day=DAY))

    (tmp_path / "csv").mkdir()
    text = rows.assign(time=rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(index=False)
    (tmp_path / "csv" / f"plant-{DAY}.csv").write_text(text)
    return Plant(rows, take_in(inbox=str(tmp_path / "csv" / "plant-{day}.csv")), take_in)
