"""The drift job: a family's newest days held against what its model learned from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.drift import LONGEST, SCORE, Distance, distances
from anomaly.series.drift_reference import pooled, stride_of
from anomaly.series.files import load_for
from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.series.grids.grid import Grid
from sensors_data.series.grids.grid_table import GRID
from sensors_data.series.incidents import incident_rows, read_incidents
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.wide_rows import rows_of

NOT_NORMAL = ("fault", "confirmed", "planned")
"""What is left out of a day. What was only found stays: a lasting change is both found and a drift."""


def drift(settings: Settings, day: date, family: str) -> str:
    """Job: how far a family's days up to `day` lie from what its model learned from, into `drift`; with advice.

    At most a week of days, none that the model learned from. LookupError when no model serves the day or it has no
    grid.
    """
    settings.family(family)
    store = Store(settings.store)
    return run_job(store, "drift", day, family, lambda: _measure(store, settings, day, family))


def _measure(store: Store, settings: Settings, day: date, family: str) -> Done:
    detector = load_for(store, family, day)
    first = max(detector.card.trained_through + timedelta(days=1), day - timedelta(days=LONGEST - 1))
    days = [first + timedelta(days=d) for d in range((day - first).days + 1)]
    if not store.written("grid", [day], family=family):
        raise NotThereError(
            f"no grid of {family} on {day} in {store.root}", f"run: nightscore impute --family {family}"
        )
    paths, scored = ({d: store.written(table, [d], family=family) for d in days} for table in ("grid", "scores"))
    incidents = read_incidents(store, family)
    values: dict[str, list[np.ndarray]] = {name: [] for name in detector.card.reference}
    for d in days:
        today = _day_values(store, detector, paths[d], incidents) | {SCORE: _day_scores(store, detector, scored[d])}
        for name, seen in values.items():
            seen.append(today[name])
    tests = 2 * len(values)
    drifts = {name: distances(detector.card.reference[name], seen, tests) for name, seen in values.items()}
    rows = drift_rows(detector.name, drifts)
    inputs = [path for d in days for path in (*paths[d], *scored[d])]
    hashed = settings_hash(settings.family(family))
    source = store.made_from(inputs, Provenance(job="drift", model=detector.name, settings=hashed))
    store.write("drift", rows, source, family=family, day=day)
    return Done(len(rows), f"measured drift of {family} {day} over {len(days)} days: {advice(rows, family, day)}")


def _day_values(store: Store, detector: Detector, paths: list[str], incidents: pd.DataFrame) -> dict[str, np.ndarray]:
    """A day's measured normal values of each modelled sensor, all assets together, in units of each asset's scale."""
    names = tuple(detector.card.modelled)
    seen: dict[str, dict[str, list[np.ndarray]]] = {name: {} for name in names}
    for part in store.tables_of("grid", paths, sensors=names, coded=True):
        rows = rows_of(GRID, [part], names)
        ends = np.searchsorted(rows.asset, np.arange(len(rows.assets) + 1))
        for place, asset in enumerate(rows.assets):
            its_rows = slice(ends[place], ends[place + 1])
            normal = _normal(rows.time[its_rows], incidents, asset)
            usable = rows.observed[its_rows] & normal[:, None] & np.isfinite(rows.values[its_rows])
            for column, sensor in enumerate(names):
                if usable[:, column].any():
                    seen[sensor].setdefault(asset, []).append(rows.values[its_rows, column][usable[:, column]])
    return {sensor: _sampled(detector, sensor, assets) for sensor, assets in seen.items()}


def _normal(times: np.ndarray, incidents: pd.DataFrame, asset: str) -> np.ndarray:
    """Which of an asset's rows lie in no incident that makes them another thing than normal, (T,)."""
    if incidents.empty:
        return np.ones(len(times), dtype=bool)
    none = np.empty((len(times), 0))
    return ~incident_rows(Grid(times, none, none.astype(bool), ()), incidents, asset, NOT_NORMAL)


def _sampled(detector: Detector, sensor: str, assets: dict[str, list[np.ndarray]]) -> np.ndarray:
    """A sensor's values in units of each asset's scale: those that `pooled` takes of all, sorted by asset."""
    column, stride = detector.card.sensors.index(sensor), stride_of(sum(len(v) for p in assets.values() for v in p))
    parts, before = [np.empty(0)], 0
    for asset in sorted(assets):
        scale, values = detector.scale_of(asset), np.concatenate(assets[asset])
        taken = values[-before % stride :: stride].astype(np.float64)
        parts.append((taken - scale.center[column]) / scale.spread[column])
        before += len(values)
    return np.concatenate(parts)


def _day_scores(store: Store, detector: Detector, paths: list[str]) -> np.ndarray:
    """A day's scores under this very model, planned work left out, in units that one threshold fits."""
    parts = [np.empty(0)]
    for rows in store.parts_of("scores", paths):
        rows = rows[(rows["model"] == detector.name) & ~rows["suppressed"]]
        coverage_factor = rows["threshold"].to_numpy() / detector.threshold.value
        parts.append(rows["score"].to_numpy() / coverage_factor)
    return pooled(parts)


def drift_rows(model: str, drifts: dict[str, dict[str, Distance]]) -> pd.DataFrame:
    """Rows of the `drift` table."""
    rows = [
        {
            "sensor": sensor,
            "measure": measure,
            "value": distance.value,
            "p_value": distance.p_value,
            "limit": distance.limit,
            "drifted": distance.drifted,
            "rows": distance.rows,
            "model": model,
        }
        for sensor, of_sensor in drifts.items()
        for measure, distance in of_sensor.items()
    ]
    return TABLES["drift"].frame(rows)


def advice(rows: pd.DataFrame, family: str, day: date) -> str:
    """What follows from a day's drift, in one sentence."""
    if rows.empty:
        return "nothing to hold it against, as the model learned from too few whole days or none came since"
    over = rows[rows["drifted"].astype(bool)]
    sensors = sorted(set(over["sensor"]) - {SCORE})
    if over.empty:
        return f"none in {count(len(set(rows['sensor']) - {SCORE}), 'sensor')} and the score; no need to retrain"
    worst = over.assign(times=over["value"] / over["limit"]).sort_values("times").iloc[-1]
    furthest = (
        f"{worst['sensor']} furthest, {worst['measure']} {worst['value']:.2f} over its limit {worst['limit']:.2f}"
    )
    retrain = f"nightscore train-series --family {family} --day {day + timedelta(days=1)}"
    if not sensors:
        why = "though no sensor did, so how they go together changed"
        return f"the score drifted ({furthest}) {why}; look, then {retrain}"
    names = ", ".join(sensors[:3]) + (f" and {len(sensors) - 3} more" if len(sensors) > 3 else "")
    return f"{names} drifted ({furthest}); if that is the new normal, retrain: {retrain}; if not, repair the sensor"
