"""A small plant whose last night is yesterday's: so that a schedule finds the readings it looks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.camera_job import ingest_images
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import Settings, load
from sensors_data.simulation.camera import camera_settings, write_camera
from sensors_data.simulation.plant import START, plant_settings, simulate_plant, write_plant

FAULTY = 9
NIGHTS = 4
"""The last days, left for Airflow; on the first of them faults begin."""
SHARDS = 2
OVEN = """
[families.oven.detector]
lengths = [1.0]
max_windows = 800
hidden = 16
draws = 4
[families.oven.detector.fit]
epochs = 3
"""
PRESS = """painted = 15
[cameras.press.detector]
steps = 100
folds = 1
[cameras.press.generator]
images = 1000
snapshots = 2
classifier_images = 2000
"""


def write(folder: Path, today: date, seed: int = 0) -> list[date]:
    """A family `oven` and a camera `press` in `folder`, with their settings; the days that their inbox holds.

    They begin on a Monday, as the plant's week does, and end yesterday.
    """
    days = 16 + (today - START - timedelta(days=16)).days % 7
    first = today - timedelta(days=days)
    plant = simulate_plant(seed, days - NIGHTS + FAULTY, FAULTY)
    shift, ovens = first - START, plant.readings["oven"]
    ovens = ovens[ovens["time"].dt.date < START + timedelta(days=days)]
    faults = plant.faults.assign(start=plant.faults["start"] + shift, end=plant.faults["end"] + shift)
    moved = replace(plant, readings={"oven": ovens.assign(time=ovens["time"] + shift)}, faults=faults)
    write_plant(moved, folder, seed)
    write_camera(folder / "inbox" / "press", seed, first, days)
    head, _, oven = plant_settings().partition("[families.oven]")
    oven = oven.replace('step = "5min"', f'step = "5min"\nshards = {SHARDS}').replace("= 21", "= 10")
    text = f"{head.splitlines()[0]}\n[families.oven]{oven}{OVEN}\n{camera_settings('press')}{PRESS}"
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return [first + timedelta(days=d) for d in range(days)]


def take_in(settings: Settings, days: list[date]) -> None:
    """The history: readings and images of `days`, as nights without a detector would have left them."""
    for day in days:
        ingest(settings, day, "oven")
        for shard in range(SHARDS):
            impute(settings, day, "oven", shard)
        ingest_images(settings, day, "press")


def prepared(folder: Path, today: date) -> tuple[Path, list[date]]:
    """The settings of a plant in `folder` and its last days, left for Airflow; the days before are taken in."""
    days = write(folder, today)
    take_in(load(folder / "settings.toml"), days[:-NIGHTS])
    return folder / "settings.toml", days[-NIGHTS:]


def write_wide(folder: Path, today: date, assets: int, shards: int, days: int, seed: int = 0) -> list[date]:
    """A family `oven` of many assets in many shards, alike but not the same; its days, the last of them yesterday."""
    rng = np.random.default_rng(seed)
    plant = simulate_plant(seed, days + FAULTY, FAULTY)
    ovens, first = plant.readings["oven"], today - timedelta(days=days)
    ovens = ovens[ovens["time"].dt.date < START + timedelta(days=days)]
    parts = []
    for number in range(assets):
        rows = ovens[ovens["asset"] == f"oven-{number % 3 + 1}"]
        values = rows.drop(columns=["time", "asset"])
        changed = values * rng.uniform(0.9, 1.1) + rng.normal(0, 0.02, values.shape) * values.std().to_numpy()
        parts.append(changed.round(4).assign(time=rows["time"] + (first - START), asset=f"oven-{number + 1:02d}"))
    columns = ["time", "asset", *ovens.columns.drop(["time", "asset"])]
    readings = pd.concat(parts)[columns].sort_values(["time", "asset"], ignore_index=True)
    write_plant(replace(plant, readings={"oven": readings}), folder, seed)
    head, _, oven = plant_settings().partition("[families.oven]")
    oven = oven.replace('step = "5min"', f'step = "10min"\nshards = {shards}').replace("= 21", "= 10")
    (folder / "settings.toml").write_text(f"{head.splitlines()[0]}\n[families.oven]{oven}{OVEN}", encoding="utf-8")
    return days_before(today, days)


def days_before(day: date, count: int) -> list[date]:
    """The `count` days before a day."""
    return [day - timedelta(days=back) for back in range(count, 0, -1)]
