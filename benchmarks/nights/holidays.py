"""Simulated plants that rest on holidays, through the product's nights, with and without their calendar.

python -m benchmarks.nights.holidays [--plants single:counter,hourly:site,factory:pump] [--seeds 0,1,2] [--working]

Eight weeks of training have six holidays, the four weeks of nights after it two. Nothing is wrong: every anomaly is a
false alarm. With --working the plant works on its holidays, so that its calendar should change nothing.
"""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from anomaly.series.files import read_card, serving
from benchmarks.nights.plants_run import plant_spec
from benchmarks.nights.run import one_night
from sensors_data.settings import Settings
from sensors_data.simulation.kinds import KINDS, PlantKind
from sensors_data.simulation.plant import START, last_days
from sensors_data.store import Store

TRAINED, DAYS = 56, 84
HOLIDAYS = (4, 11, 21, 31, 38, 50, 64, 78)
"""Days from the first, a Monday, on: all on weekdays, six of them before the nights."""


def plant_of(kind: PlantKind, family: str, seed: int, rests: bool) -> pd.DataFrame:
    """Readings of a family in normal operation, (time, asset, a column a sensor); its holidays are like Sundays."""
    sensors, assets = kind.families[family]
    rng, rows = np.random.default_rng(seed), DAYS * kind.day_rows
    clock = np.arange(rows) * 24.0 / kind.day_rows
    day = (clock // 24).astype(int)
    shown = np.where(rests & np.isin(day, HOLIDAYS), clock + 24.0 * (6 - day % 7), clock)
    times = pd.DatetimeIndex(
        np.datetime64(START, "us") + np.arange(rows) * np.timedelta64(86_400 // kind.day_rows, "s"), tz="UTC"
    )
    frames = []
    for asset in range(assets):
        frame = pd.DataFrame(kind.shapes[family](rng, shown, clock).round(4), columns=list(sensors))
        frames.append(frame.assign(time=times, asset=f"{family}-{asset + 1}"))
    return pd.concat(frames, ignore_index=True)


def run(kind: PlantKind, family: str, seed: int, rests: bool, has_calendar: bool) -> dict[str, object]:
    """False alarms on the two holidays and on the other days of the last four weeks, and what the last card says."""
    readings = plant_of(kind, family, seed, rests)
    by_day = dict(list(readings.groupby(readings["time"].dt.date)))
    days = last_days(DAYS, DAYS)
    sensors = kind.families[family][0]
    with tempfile.TemporaryDirectory(prefix="holidays-") as folder:
        spec = plant_spec(sensors, timedelta(days=1) / kind.day_rows, 0.25, recurrent=False)
        training = spec.training.model_copy(update={"days": TRAINED, "first_after": TRAINED})
        calendar = Path(folder, "holidays.ics")
        events = "".join(f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:{days[n]:%Y%m%d}\nEND:VEVENT\n" for n in HOLIDAYS)
        calendar.write_text(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n", encoding="utf-8")
        about = {"training": training, "calendar": str(calendar) if has_calendar else ""}
        settings = Settings(store=folder, seed=seed, families={family: spec.model_copy(update=about)})
        nights = pd.concat([one_night(settings, family, by_day[day], day) for day in days])
        model = serving(Store(settings.store), family, days[-1])
        assert model is not None  # noqa: S101
        card = read_card(Store(settings.store), model)
    alarms = nights.drop_duplicates("anomaly_id", keep="last")
    free = {days[n] for n in HOLIDAYS if n >= TRAINED}
    on_holidays = alarms["start"].dt.date.isin(free) | alarms["detected"].dt.date.isin(free)
    return {
        "on_holidays": int(on_holidays.sum()),
        "other": int((~on_holidays).sum()),
        "threshold": None if card.threshold is None else round(card.threshold.value, 3),
        "rhythm": card.profile,
        "card": str(card.holidays),
    }


def main(
    plants: Annotated[str, typer.Option(help="Plant and family, separated by commas.")] = "single:counter,hourly:site",
    seeds: Annotated[str, typer.Option(help="Whole numbers, separated by commas.")] = "0,1,2",
    working: Annotated[bool, typer.Option("--working", help="The plant works on its holidays.")] = False,
) -> None:
    """Run every plant and seed without and with the calendar, and print what came of each."""
    for plant in plants.split(","):
        name, family = plant.split(":")
        for seed in map(int, seeds.split(",")):
            for has_calendar in (False, True):
                outcome = run(KINDS[name], family, seed, not working, has_calendar)
                print(plant, seed, "with" if has_calendar else "without", outcome, flush=True)


if __name__ == "__main__":
    typer.run(main)
