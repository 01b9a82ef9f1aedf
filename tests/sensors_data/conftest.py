"""Small frames and settings that several test files start from."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.settings import Family, Settings
from sensors_data.store import Store

DAY = date(2026, 11, 21)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(str(tmp_path / "store"))


@pytest.fixture
def make_readings() -> Callable[..., pd.DataFrame]:
    """A maker of `readings` rows: assets x times, a column a sensor, values that tell them apart, sorted."""

    def make(assets: int = 3, rows: int = 20, sensors: tuple[str, ...] = ("flow", "speed")) -> pd.DataFrame:
        times = pd.date_range(DAY, periods=rows, freq="5min", tz="UTC", unit="us")
        index = pd.MultiIndex.from_product([times, [f"p{i}" for i in range(assets)]], names=["time", "asset"])
        frame = index.to_frame(index=False).sort_values(["asset", "time"], ignore_index=True)
        values = np.arange(len(frame) * len(sensors)).reshape(len(frame), -1) / 8
        return frame.astype({"asset": "str"}).assign(**{name: values[:, n] for n, name in enumerate(sorted(sensors))})

    return make


@pytest.fixture
def make_family(tmp_path: Path) -> Callable[..., Family]:
    """A maker of a family whose inbox is the test's own folder; keys as in settings.toml."""

    def make(**changes: object) -> Family:
        plain = {
            "inbox": str(tmp_path / "inbox"),
            "step": "5min",
            "sensors": {"flow": {"low": 0, "high": 100}, "speed": {}},
        }
        return Family.model_validate({**plain, **changes})

    return make


@pytest.fixture
def make_settings(tmp_path: Path, make_family: Callable[..., Family]) -> Callable[..., Settings]:
    """A maker of settings with one family `pump`, its store in the test's own folder."""

    def make(**changes: object) -> Settings:
        return Settings(store=str(tmp_path / "store"), families={"pump": make_family(**changes)})

    return make


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """A writer of inbox files: put(text or bytes, name)."""

    def write(content: str | bytes, name: str = "a.csv") -> Path:
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
