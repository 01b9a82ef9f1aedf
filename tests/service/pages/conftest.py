"""The service over a plant that somebody lived in: a machine of it had an anomaly."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.simulation.plant import START
from sensors_data.store import Store

POWER = [{"sensor": "power", "share": 1.0}]
FAULT = START + timedelta(days=7)


@pytest.fixture(scope="module")
def lived_in(plant, tmp_path_factory):
    """The plant's settings with a store of its own, in which oven-1 had an anomaly."""
    store = tmp_path_factory.mktemp("pages") / "store"
    shutil.copytree(plant.store, store)
    settings = plant.model_copy(update={"store": str(store)})
    start = pd.Timestamp(FAULT, tz="UTC") + timedelta(hours=5)
    row = {"anomaly_id": "0" * 16, "asset": "oven-1", "start": start, "end": start + timedelta(hours=4), "rows": 24}
    row |= {
        "peak_time": start + timedelta(hours=1),
        "peak_score": 2.0,
        "severity": "warning",
        "sensors": POWER,
    }
    frame = pd.DataFrame([{**row, "suppressed": False, "model": "oven@2026-03-06"}])
    Store(settings.store).write("anomalies", frame, Provenance(job="test"), family="oven", day=FAULT)
    return settings


@pytest.fixture(scope="module")
def served(serving, lived_in) -> Iterator[str]:
    """The service's address."""
    with serving(lived_in) as address:
        yield address
