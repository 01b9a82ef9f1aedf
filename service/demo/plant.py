"""`nightscore demo`: a simulated plant from its inbox to the anomalies, set beside the faults that were injected."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd
from rich.table import Table

from sensors_data.errors import UnusableError
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import Settings, load
from sensors_data.simulation.camera import camera_settings
from sensors_data.simulation.plant import Plant, last_days, plant_settings, simulate_plant, write_plant
from sensors_data.store import Store
from sensors_data.tables.shares import shares_in_words
from service.console import console, say, show_table
from service.demo.camera import CAMERA, run_camera
from service.demo.camera import DAYS as CAMERA_DAYS
from service.demo.digits import digits_settings, run_digits
from service.figures.asset import asset_picture
from service.report import report
from service.schedule import nights

DAYS, FAULTY_DAYS = 30, 9


@dataclass(frozen=True)
class Outcome:
    """What was found of what was injected."""

    faults: pd.DataFrame  # the injected ones, with columns found, severity and sensors
    false_alarms: pd.DataFrame
    asset_weeks: float

    @property
    def recall(self) -> float:
        """Share of the injected faults that an anomaly touches."""
        return float(self.faults["found"].mean())

    @property
    def false_alarm_rate(self) -> float:
        """Anomalies that touch no fault, an asset-week."""
        return len(self.false_alarms) / self.asset_weeks


def run_demo(folder: Path, seed: int, jobs: int, store: str | None) -> Outcome:
    """Make the plant, run its nights, print and draw what came of it. What `folder` held of an earlier demo goes."""
    started = time.perf_counter()

    settings, plant = prepare(folder, seed, store)
    say(f"simulated {DAYS} days of {len(settings.families)} families in {folder / 'inbox'}, seed {seed}")
    for family in sorted(settings.families):
        days, scored = nights.backfill(settings, family, None, None, jobs, say)
        say(f"backfilled {family}: {len(days)} days, the last {len(scored)} of them scored")
    outcome = compare(settings, plant)
    _print_outcome(outcome)
    pictures = _draw(settings, plant, folder)
    run_camera(settings, folder, seed, last_days(DAYS, CAMERA_DAYS)[0], say)
    run_digits(settings, folder, last_days(DAYS, 2)[0], say)
    say(report(settings, last_days(DAYS, 1)[0]))
    say(f"{pictures} pictures in {folder / 'pictures'}, scores and metrics in {folder / 'store'}")
    say(f"{time.perf_counter() - started:.0f} s; look around: nightscore doctor --settings {folder / 'settings.toml'}")
    return outcome


def prepare(folder: Path, seed: int, store: str | None) -> tuple[Settings, Plant]:
    """The plant's files, settings and planned work in a fresh folder.

    ValueError when the folder holds something that no demo made.
    """
    marker = folder / "faults.csv"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise UnusableError(f"{folder} holds something else than a demo", "name another --folder")
    for made in ("inbox", "store", "pictures"):
        shutil.rmtree(folder / made, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    plant = simulate_plant(seed, DAYS, FAULTY_DAYS)
    write_plant(plant, folder, seed)
    text = f"{plant_settings()}\n{camera_settings(CAMERA)}{digits_settings()}"
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    settings = load(folder / "settings.toml")
    settings = settings.model_copy(update={"store": store or settings.store, "seed": seed})
    for work in plant.maintenance.to_dict("records"):
        add_incident(Store(settings.store), Incident.model_validate({**work, "kind": "planned"}))
    return settings, plant


def compare(settings: Settings, plant: Plant) -> Outcome:
    """The found anomalies beside the injected faults: a fault is found when an anomaly of its asset touches it."""
    store = Store(settings.store)
    days = last_days(DAYS, FAULTY_DAYS)
    anomalies = pd.concat([store.read_days("anomalies", days, family=family) for family in settings.families])
    anomalies = anomalies.drop_duplicates("anomaly_id", keep="last")
    anomalies = anomalies[~anomalies["suppressed"]]
    faults, used = [], set()
    for fault in plant.faults.to_dict("records"):
        touching = (
            (anomalies["asset"] == fault["asset"])
            & (anomalies["start"] < fault["end"])
            & (anomalies["end"] > fault["start"])
        )
        used |= set(anomalies.loc[touching, "anomaly_id"])
        worst = anomalies[touching].sort_values("peak_score").tail(1).to_dict("records")
        severity, sensors = (worst[0]["severity"], shares_in_words(worst[0]["sensors"])) if worst else ("", "")
        faults.append({**fault, "found": bool(worst), "severity": severity, "sensors": sensors})
    assets = sum(frame["asset"].nunique() for frame in plant.readings.values())
    return Outcome(pd.DataFrame(faults), anomalies[~anomalies["anomaly_id"].isin(used)], assets * FAULTY_DAYS / 7)


def _print_outcome(outcome: Outcome) -> None:
    table = Table(
        "asset", "injected", "sensor", "start", "found", "main sensors", title="injected faults and what was found"
    )
    for fault in outcome.faults.to_dict("records"):
        verdict = f"[green]{fault['severity']}[/green]" if fault["found"] else "[red]missed[/red]"
        start = f"{fault['start']:%m-%d %H:%M}"
        table.add_row(fault["asset"], fault["kind"], fault["sensor"] or "all", start, verdict, fault["sensors"])
    show_table(table)
    for alarm in outcome.false_alarms.to_dict("records"):
        line = f"false alarm: {alarm['asset']} {alarm['start']:%m-%d %H:%M} to {alarm['end']:%m-%d %H:%M}"
        console.print(f"{line}, {alarm['severity']}, {shares_in_words(alarm['sensors'])}")
    hits, every = int(outcome.faults["found"].sum()), len(outcome.faults)
    console.print(
        f"[bold]recall {outcome.recall:.0%} ({hits} of {every} faults), "
        f"{outcome.false_alarm_rate:.2f} false alarms an asset-week[/bold]"
    )


def _draw(settings: Settings, plant: Plant, folder: Path) -> int:
    """A picture of every fault's days; how many."""
    store, place = Store(settings.store), folder / "pictures"
    place.mkdir(exist_ok=True)
    faults = plant.faults.to_dict("records")
    for fault in faults:
        first, last = fault["start"].date(), (fault["end"] - timedelta(microseconds=1)).date()
        spec = settings.family(fault["family"])
        picture = asset_picture(store, spec, fault["family"], fault["asset"], first, last)
        (place / f"{fault['asset']}-{first}-{fault['kind'].replace(' ', '-')}.png").write_bytes(picture)
    return len(faults)
