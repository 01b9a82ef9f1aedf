"""A hand-made plant that the jobs' tests share: pumps whose flow and speed follow one rhythm, in a store's grid."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store

STEPS = 96
"""Rows in a day of a quarter of an hour each."""
LINEAR = {"shortest": 16, "longest": 16, "tokens": 8, "draws": 1, "lengths": [1.0], "recurrent": False}
"""The smallest LSTM-VAE detector: its linear path alone."""


@pytest.fixture(scope="session")
def pump_settings() -> Callable[..., Settings]:
    """Settings of one family `pump` with sensors flow and speed, its store in `folder`."""

    def settings(folder: object, detector: dict[str, object] | None = None) -> Settings:
        pump = {"inbox": "x", "step": "15min", "sensors": {"flow": {}, "speed": {}}, "detector": detector or LINEAR}
        return Settings.model_validate({"store": str(folder), "families": {"pump": pump}})

    return settings


@pytest.fixture(scope="session")
def pump_days() -> Callable[..., None]:
    """Write days of the pumps' grid; `flow_shift` is added to flow, by asset and day, in the rows [48, 56)."""

    def write(
        settings: Settings,
        days: list[date],
        assets: tuple[str, ...] = ("p1",),
        flow_shift: dict[tuple[str, date], float] | None = None,
        seed: int = 0,
    ) -> None:
        store, rng = Store(settings.store), np.random.default_rng(seed)
        for number, day in enumerate(days):
            swing = np.sin(np.arange(STEPS * number, STEPS * (number + 1)) / 2.5)
            parts = []
            for asset in assets:
                flow = 10 + swing + rng.normal(0, 0.05, STEPS)
                flow[48:56] += (flow_shift or {}).get((asset, day), 0.0)
                speed = 50 - 5 * swing + rng.normal(0, 0.2, STEPS)
                parts.append(grid_rows(day, asset, flow=flow, speed=speed))
            store.write("grid", pd.concat(parts), Provenance(job="test"), family="pump", day=day, shard=0)

    return write


def grid_rows(day: date, asset: str, **values: np.ndarray) -> pd.DataFrame:
    """Rows of the `grid` table of one asset's day, all measured."""
    times = pd.date_range(day, periods=STEPS, freq="15min", tz="UTC", unit="us")
    rows = pd.DataFrame({"time": times, **values}).melt("time", var_name="sensor")
    return rows.assign(asset=asset, observed=True)
