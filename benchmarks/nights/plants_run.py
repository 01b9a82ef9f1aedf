"""A simulated plant through the product's own nights, and what was reported of each fault that was injected."""

from __future__ import annotations

import tempfile
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.nights.figures import best_overlap
from benchmarks.nights.run import one_night
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import Family, Settings
from sensors_data.simulation.kinds import PlantKind
from sensors_data.simulation.plant import Plant, last_days, simulate_plant
from sensors_data.store import Store

TRAINED, FAULTY = 21, 9
"""Days before the first training, and days at the end that hold the faults."""
MEASURED = 0.5
"""A fault counts where this share of what it changed was measured."""


@dataclass(frozen=True)
class Run:
    """What became of a plant."""

    faults: pd.DataFrame
    """A row a fault: family, asset, kind, sensor, start, end, found and, of found ones, overlap, onset_rows,
    onset_minutes (absolute errors), length_ratio (reported over true) and first_right (0 or 1, NaN without a sensor).
    Those that lie in a gap of the readings by more than half are left out: nobody measured them."""
    families: pd.DataFrame
    """A row a family: asset-weeks and alarms of normal nights, and false alarms and asset-weeks of the faulty days."""


def run_plant(kind: PlantKind, seed: int, weeks: int, budget: float, recurrent: bool) -> Run:
    """The nights of a plant with `weeks` of normal ones between the first training and the faults."""
    days = TRAINED + 7 * weeks + FAULTY
    plant, step = simulate_plant(seed, days, FAULTY, kind), timedelta(days=1) / kind.day_rows
    faults, families = [], []
    for family, (sensors, assets) in kind.families.items():
        anomalies = _anomalies(plant, family, plant_spec(sensors, step, budget, recurrent), seed, days)
        own = plant.faults[plant.faults["family"] == family]
        faults += [judged(fault, anomalies, step) for fault in own.to_dict("records") if _is_measured(fault, plant)]
        faulty_from = pd.Timestamp(last_days(days, FAULTY)[0], tz="UTC")
        early = anomalies["start"] < faulty_from
        normal, later = anomalies[early], anomalies[~early]
        false = [not len(_touched(own, alarm)) for alarm in later.to_dict("records")]
        families.append(
            {
                "family": family,
                "normal_weeks": assets * weeks,
                "normal_alarms": len(normal),
                "faulty_weeks": assets * FAULTY / 7,
                "false_alarms": sum(false),
            }
        )
    return Run(pd.DataFrame(faults), pd.DataFrame(families))


def plant_spec(sensors: tuple[str, ...], step: timedelta, budget: float, recurrent: bool) -> Family:
    """The family's settings: the demo's."""
    return Family.model_validate(
        {
            "inbox": "none",
            "step": step,
            "sensors": {name: {"low": -100.0} for name in sensors},
            "training": {"days": 28, "first_after": TRAINED},
            "detector": {"alarms_per_asset_week": budget, "recurrent": recurrent},
        }
    )


def _anomalies(plant: Plant, family: str, spec: Family, seed: int, days: int) -> pd.DataFrame:
    """The anomalies of a family's nights as last reported, each id once, without those in planned work."""
    with tempfile.TemporaryDirectory(prefix="plants-") as folder:
        settings = Settings(store=str(Path(folder)), seed=seed, families={family: spec})
        for work in plant.maintenance[plant.maintenance["family"] == family].to_dict("records"):
            add_incident(Store(settings.store), Incident.model_validate({**work, "kind": "planned"}))
        by_day = dict(list(plant.readings[family].groupby(plant.readings[family]["time"].dt.date)))
        nights = [one_night(settings, family, by_day[day], day) for day in last_days(days, days)]
    anomalies = pd.concat(nights).drop_duplicates("anomaly_id", keep="last")
    return anomalies[~anomalies["suppressed"].astype(bool)]


def _is_measured(fault: dict[Hashable, Any], plant: Plant) -> bool:
    """Whether half of what a fault changed was measured."""
    rows = plant.readings[fault["family"]]
    inside = (rows["time"] >= fault["start"]) & (rows["time"] < fault["end"]) & (rows["asset"] == fault["asset"])
    sensors = [fault["sensor"]] if fault["sensor"] else list(rows.columns.drop(["time", "asset"]))
    return bool(rows.loc[inside, sensors].notna().to_numpy().mean() >= MEASURED)


def _touched(intervals: pd.DataFrame, one: dict[Hashable, Any]) -> pd.DataFrame:
    """Those of some intervals that touch one of the same asset."""
    near = (intervals["start"] < one["end"]) & (intervals["end"] > one["start"])
    touched: pd.DataFrame = intervals[near & (intervals["asset"] == one["asset"])]
    return touched


def judged(fault: dict[Hashable, Any], anomalies: pd.DataFrame, step: timedelta) -> dict[Hashable, Any]:
    """A fault with what the anomaly that overlaps it most says of it."""
    touching = _touched(anomalies, fault)
    if touching.empty:
        return {**fault, "found": 0.0}

    def row(moment: pd.Timestamp) -> int:
        rows: int = round((moment - fault["start"]) / step)
        return rows

    length = row(fault["end"])
    reported_rows = [(row(a), row(b)) for a, b in zip(touching["start"], touching["end"], strict=True)]
    overlaps = [best_overlap(0, length, [rows]) for rows in reported_rows]
    best = int(np.argmax([overlap[0] if overlap else 0.0 for overlap in overlaps]))
    anomaly, nearest = touching.iloc[best], overlaps[best]
    if nearest is None:
        return {**fault, "found": 1.0}
    named = [str(part["sensor"]) for part in anomaly["sensors"]]
    return {
        **fault,
        "found": 1.0,
        "overlap": nearest[0],
        "onset_rows": abs(nearest[1]),
        "onset_minutes": abs(nearest[1]) * step.total_seconds() / 60,
        "length_ratio": (row(anomaly["end"]) - row(anomaly["start"])) / length,
        "first_right": float(named[:1] == [fault["sensor"]]) if fault["sensor"] else np.nan,
    }
