"""The benchmark of plants: what is said of hand-made faults, and one small plant through the product."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.nights.plants import of_budget, of_plants
from benchmarks.nights.plants_run import judged, run_plant
from sensors_data.simulation.kinds import HOURLY

START = pd.Timestamp("2026-03-23T12:00Z")
STEP = timedelta(minutes=5)
FAULT = {"asset": "pump-1", "kind": "spike", "sensor": "flow", "start": START, "end": START + 10 * STEP}


def told(*rows: tuple[int, int, str], asset: str = "pump-1") -> pd.DataFrame:
    """Anomalies from and to so many rows after the fault's start, each with its first sensor."""
    spans = [(START + a * STEP, START + b * STEP, [{"sensor": sensor, "share": 1.0}]) for a, b, sensor in rows]
    return pd.DataFrame(spans, columns=["start", "end", "sensors"]).assign(asset=asset)


def test_the_anomaly_that_overlaps_most_speaks_for_a_fault():
    fault = judged(FAULT, told((-1, 1, "speed"), (2, 12, "flow")), STEP)
    assert (fault["found"], fault["first_right"]) == (1.0, 1.0)
    assert fault["overlap"] == pytest.approx(8 / 12)
    assert (fault["onset_rows"], fault["onset_minutes"], fault["length_ratio"]) == (2, 10.0, 1.0)


def test_a_fault_that_only_another_asset_was_alarmed_for_is_missed():
    assert judged(FAULT, told((0, 10, "flow"), asset="pump-2"), STEP)["found"] == 0.0


def test_a_fault_of_no_sensor_has_no_first_one():
    assert np.isnan(judged({**FAULT, "sensor": ""}, told((0, 10, "flow")), STEP)["first_right"])


def test_tables_are_means_over_faults_and_sums_over_families():
    faults = [judged(FAULT, told((0, 10, "flow")), STEP), judged(FAULT, told((20, 30, "flow")), STEP)]
    table = of_plants(pd.DataFrame(faults).assign(plant="factory")).set_index("kind")
    assert list(table.index) == ["all", "spike"]
    assert (table.loc["spike", "found"], table.loc["all", "overlap"]) == (0.5, 1.0)
    family = {"plant": "factory", "family": "pump", "budget": 0.25, "faulty_weeks": 3.0, "false_alarms": 1}
    rows = pd.DataFrame([family | {"normal_weeks": 8, "normal_alarms": n} for n in (1, 4)])
    assert of_budget(rows)["found_over_stated"].item() == pytest.approx(5 / (16 * 0.25))


def test_a_small_plant_goes_through_its_nights():
    kind = replace(HOURLY, families={"site": (HOURLY.families["site"][0], 2)})
    run = run_plant(kind, 0, 1, 0.25, False)
    assert set(run.faults["asset"]) == {"site-1", "site-2"}
    assert run.faults["found"].mean() > 0.5
    assert run.families["normal_weeks"].item() == 2
    assert run.families["normal_alarms"].item() <= 2
