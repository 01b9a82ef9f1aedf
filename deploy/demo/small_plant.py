"""Two ovens and a handful of nights: small enough to be learned in seconds, with one fault where it is wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sensors_data.settings import Settings, load
from sensors_data.simulation.plant import START, plant_settings, simulate_plant, write_plant
from service.schedule import nights

ASSETS = ("oven-1", "oven-3")
LEARNED = 14
"""Days before the first night that is scored."""
NIGHTS = [START + timedelta(days=LEARNED + number) for number in range(3)]
FAULTY, FAULTY_ASSET, FAULTY_SENSOR = NIGHTS[1], "oven-3", "temperature"
DETECTOR = """
[families.oven.detector]
lengths = [1.0]
recurrent = false
max_windows = 400
"""
"""The linear path alone, which learns at once."""


def write(folder: Path, pushgateway: str, seed: int = 5) -> Settings:
    """The plant's files and settings in `folder`; on the day FAULTY an oven reads 100 degrees too much for hours."""
    plant = simulate_plant(seed, LEARNED + len(NIGHTS) + 10, 9)
    ovens = plant.readings["oven"]
    chosen = ovens["asset"].isin(ASSETS) & (ovens["time"].dt.date <= NIGHTS[-1])
    ovens = ovens[chosen].copy()
    hot = ovens["time"].between(f"{FAULTY}T09:00Z", f"{FAULTY}T15:00Z") & (ovens["asset"] == FAULTY_ASSET)
    ovens.loc[hot, FAULTY_SENSOR] += 100
    write_plant(replace(plant, readings={"oven": ovens}), folder, seed)
    head, _, oven = plant_settings().partition("[families.oven]")
    oven = oven.replace("first_after = 21", f"first_after = {LEARNED}")
    text = f'{head.splitlines()[0]}\npushgateway = "{pushgateway}"\n[families.oven]{oven}{DETECTOR}'
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load(folder / "settings.toml")


def take_in_history(settings: Settings) -> None:
    """The days before the first night, ingested and imputed; too few for a training yet."""
    nights.backfill(settings, "oven", None, NIGHTS[0] - timedelta(days=1), 1, lambda _: None)


def one_night(settings: Settings, day: date) -> list[str]:
    """One night of the ovens, start to end, its metrics pushed; what its jobs said."""
    lines: list[str] = []
    nights.night(settings, day, ["oven"], lines.append)
    return lines
