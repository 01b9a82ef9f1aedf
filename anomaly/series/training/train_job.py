"""The training job: a family's detector from the days before a day, accepted or rejected."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.card import DetectorConfig
from anomaly.series.detector import Detector
from anomaly.series.evidence.steady import lasting_from
from anomaly.series.files import KIND, day_before, read_card, read_detector, save, serving
from anomaly.series.kinds import parse_config
from anomaly.series.limits.control import nights_since
from anomaly.series.limits.unseen import unseen_scores
from anomaly.series.span import ABNORMAL, TrainingPlan, training_spans
from anomaly.series.training.due import alarms_every_night
from anomaly.series.training.routine_search import find_routines, unexplained
from anomaly.series.training.sample import Sample, sample_grids, sample_of, sample_paths, span_days, with_fleet
from anomaly.series.training.train import train_detector
from anomaly.vae.training import Epoch
from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.lease_holder import Holder, hold_lease
from sensors_data.model_files import ModelCatalogue, unfinished
from sensors_data.nets.checkpoint import Checkpoint, stored_checkpoint
from sensors_data.nets.training import Progress
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.series.calendars.days import family_days
from sensors_data.series.grids.grid import Grid, as_us
from sensors_data.series.grids.grid_table import read_grids
from sensors_data.series.incidents import NO_VERDICTS, read_incidents
from sensors_data.settings import Family, Settings
from sensors_data.store import Store

CALENDAR_AHEAD = timedelta(days=366)
"""Days of a calendar that a model knows beyond its training."""


def detector_config(settings: Settings, family: str) -> DetectorConfig:
    """The detector section of a family's settings, with its sensors of context. ValueError names the wrong key."""
    spec = settings.family(family)
    context = [name for name, sensor in spec.sensors.items() if sensor.kind == "context"]
    named = spec.detector.get("context", ()) if context else ()
    keys = {**spec.detector, "context": tuple(dict.fromkeys((*named, *context)))} if context else spec.detector
    return parse_config(keys, f"[families.{family}.detector]")


def train_series(settings: Settings, day: date, family: str, progress: Callable[[str], Progress] | None = None) -> str:
    """Job: learn a family's detector from the days before `day`, accept or reject it; what came of it.

    A training that was killed goes on where it was; another one of the family is waited for. LookupError when there is
    no grid, ValueError when there are too few normal rows, StoppedError when somebody stopped it.
    """
    store = Store(settings.store)
    with hold_lease(store, KIND, family, day) as holder:
        reported = holder.telling(progress)
        return run_job(
            store, "train-series", day, family, lambda: _train(store, settings, day, family, reported, holder)
        )


def _train(
    store: Store, settings: Settings, day: date, family: str, progress: Callable[[str], Progress], holder: Holder
) -> Done:
    spec, config = settings.family(family), detector_config(settings, family)
    known, anomalies = read_incidents(store, family), anomalies_not_to_learn(store, spec, family, day)
    incidents = pd.concat([known, anomalies])
    sample = sample_of(store, spec, family, day, incidents)
    grids, commissioned = training_grids(store, spec, family, day, sample.assets if sample else None)
    if not grids:
        raise NotThereError(
            f"no grid of {family} in the {spec.training.days} days before {day}", "run: nightscore impute"
        )
    routines = find_routines(training_spans(grids, known, config.held_out), spec.step.total_seconds())
    learned = pd.concat([known, unexplained(anomalies, routines, grids)])
    spans = training_spans(grids, learned, config.held_out)
    calendar = family_days(spec, day - timedelta(days=spec.training.days), day + CALENDAR_AHEAD)
    inputs = _inputs(store, spec, family, day, incidents, sample, calendar)
    key = f"{settings_hash(spec, config)} {settings.seed} {day} {inputs}"
    plan = TrainingPlan(family, spec.step.total_seconds(), day_before(day), config, settings.seed, calendar=calendar)

    def checkpoint(name: str) -> Checkpoint:
        return stored_checkpoint(store, unfinished(KIND, family, name), key)

    before = serving(store, family, day_before(day))
    incumbent = read_detector(store, before) if before else None
    abnormal = pd.concat([incidents, reported_anomalies(store, spec, family, day)])
    unseen = unseen_scores(store, spec, family, day, abnormal[abnormal["kind"].isin(ABNORMAL)])
    nights = nights_since(store, family, incumbent, day) if incumbent else []
    detector, history = train_detector(plan, spans, incumbent, progress, checkpoint, unseen, nights, routines)
    detector = _stamped(detector, settings_hash(spec), inputs, commissioned)
    if sample:
        detector = with_fleet(store, spec, detector, sample)
    holder.go_on()
    path = save(store, detector)
    _keep_history(store, family, day, history)
    for name in history:
        store.remove(unfinished(KIND, family, name))
    return Done(detector.card.rows, _training_line(detector, day, path))


def training_grids(
    store: Store, spec: Family, family: str, day: date, sample: list[str] | None = None
) -> tuple[dict[str, Grid], dict[str, np.datetime64]]:
    """What a detector of `day` may learn from: earlier days, and the commissioning that reaches into the day itself;
    of a `sample` of the assets where there is one.

    Of an asset that lived for one day only its commissioning is known to be normal; it may end a day later. The second
    part says until when each asset that is commissioned on `day` is.
    """
    if sample is not None:
        return sample_grids(store, spec, family, day, sample), {}
    days, shards = spec.training.days, list(range(spec.shards))
    grids = read_grids(store, spec, family, day - timedelta(days=days), days, shards)
    if spec.training.commissioning is None:
        return grids, {}
    first = np.timedelta64(spec.training.commissioning, "us")
    begun = {asset: grid.times[0] for asset, grid in grids.items() if grid.times[0] >= as_us(day) - _back(days - 1)}
    young = {asset: start for asset, start in begun.items() if start + first > as_us(day)}
    back = (as_us(day) - min(young.values(), default=as_us(day))) // _back(1) + bool(young)
    late = read_grids(store, spec, family, day - timedelta(days=int(back)), int(back) + 1, shards)
    late = {asset: grid for asset, grid in late.items() if asset in young or asset not in grids}
    for asset, grid in (grids | late).items():
        if asset in late or len(np.unique(grid.times.astype("datetime64[D]"))) == 1:
            grids[asset] = grid.between(grid.times[0], grid.times[0] + first)
    return grids, {asset: grid.times[0] + first for asset, grid in late.items()}


def _back(days: int) -> np.timedelta64:
    return np.timedelta64(timedelta(days=days), "us")


def anomalies_not_to_learn(store: Store, spec: Family, family: str, day: date) -> pd.DataFrame:
    """The reported anomalies in the training span of `day` as incidents, so that they are not learned as normal.

    Each is cut off after `training.learn_after`: what lasts longer is the new normal.
    """
    anomalies = reported_anomalies(store, spec, family, day)
    learned = anomalies["start"] + pd.Timedelta(spec.training.learn_after)
    return anomalies.assign(end=anomalies["end"].where(anomalies["end"] < learned, learned))


def reported_anomalies(store: Store, spec: Family, family: str, day: date) -> pd.DataFrame:
    """The anomalies in the training span of `day` as incidents, extended by their rows over the threshold.

    Dismissed ones are left out, and so are those of severity info unless they last: they may well be normal.
    """
    days = [day - timedelta(days=back) for back in range(spec.training.days, 0, -1)]
    anomalies = store.read_days("anomalies", days, family=family)
    anomalies["run_start"] = anomalies["run_start"].fillna(anomalies["detected"])
    lasting = anomalies["cleared"] - anomalies["run_start"] >= lasting_from(spec.step)
    anomalies = anomalies[((anomalies["severity"] != "info") | lasting) & ~anomalies["suppressed"]]
    dismissed = read_incidents(store, family)
    dismissed = dismissed[dismissed["kind"] == "dismissed"]
    for start, end, asset in zip(dismissed["start"], dismissed["end"], dismissed["asset"], strict=True):
        same = anomalies["asset"] == asset if isinstance(asset, str) else True
        anomalies = anomalies[~((anomalies["start"] < end) & (anomalies["end"] > start) & same)]
    first, last = anomalies[["start", "run_start"]].min(axis=1), anomalies[["end", "cleared"]].max(axis=1)
    told = anomalies.assign(told_start=anomalies["start"], told_end=anomalies["end"])
    return told.assign(start=first, end=last)[["asset", "start", "end", "told_start", "told_end"]].assign(kind="found")


def _inputs(
    store: Store,
    spec: Family,
    family: str,
    day: date,
    incidents: pd.DataFrame,
    sample: Sample | None,
    calendar: tuple[date, ...],
) -> str:
    """A hash of what a detector of `day` is learned from: grids, what of them is not normal, days of a calendar."""
    if sample is None:
        days = [*span_days(spec, day), *([day] if spec.training.commissioning else [])]
        each = [(d, shard) for d in days for shard in range(spec.shards)]
        paths = [path for d, shard in each for path in store.written("grid", [d], family=family, shard=shard)]
    else:
        paths = sample_paths(store, spec, family, day, sample.assets)
    grids = store.digest(paths)
    verdicts = incidents[~incidents["kind"].isin(NO_VERDICTS)]
    known = verdicts[["asset", "start", "end", "kind"]].to_csv(index=False)
    holidays = "".join(f"\n{one}" for one in calendar)
    return hashlib.sha256(f"{grids}\n{known}{holidays}".encode()).hexdigest()[:16]


def _stamped(detector: Detector, settings: str, inputs: str, commissioned: dict[str, np.datetime64]) -> Detector:
    until = {asset: pd.Timestamp(moment, tz="UTC").to_pydatetime() for asset, moment in commissioned.items()}
    card = detector.card.model_copy(update={"settings": settings, "inputs": inputs, "commissioned": until})
    return replace(detector, card=card)


def _training_line(detector: Detector, day: date, path: str) -> str:
    card = detector.card
    verdict = "accepted" if card.accepted else "rejected"
    many = count(len(card.assets), "asset")
    assets = f"{len(card.assets)} of {card.fleet:,} assets" if card.fleet else many
    aside = f"not learned: {card.cleaning}, " if card.cleaning else ""
    return (
        f"trained {card.family} for {day}: {count(card.rows, 'normal row')} of {assets}, {card.summary}, {aside}"
        f"threshold {detector.threshold.value:.3f} nats, {verdict} ({card.verdict}), {path}"
    )


def _keep_history(store: Store, family: str, day: date, history: dict[str, list[Epoch]]) -> None:
    rows = [{"network": name, **epoch.model_dump()} for name, epochs in history.items() for epoch in epochs]
    if rows:
        frame = pd.DataFrame(rows)
        store.write("training", frame, Provenance(job="train-series"), kind=KIND, name=family, model=day_before(day))


def training_due(settings: Settings, day: date, family: str) -> bool:
    """Whether a night of `day` has to train first: no detector, too long since the last try, a young
    one that reports the same every night, or assets to commission.

    The first training waits until `first_after` earlier days have a grid.
    """
    store, spec = Store(settings.store), settings.family(family)
    model = serving(store, family, day)
    if model is None and spec.training.commissioning is None:
        return sum(known < day for known in store.days("grid", family=family)) >= spec.training.first_after
    if model is None:
        return True
    newest = ModelCatalogue(store).trained_before(KIND, family, day)[-1]
    if (day - newest.through).days > spec.training.every or alarms_every_night(store, spec, family, day, newest):
        return True
    if spec.training.commissioning is None:
        return False
    return not assets_of(store, family, day) <= set(read_card(store, model).assets)


def waits_for_readings(settings: Settings, day: date, family: str) -> str:
    """Why a family's first training has to wait, in a sentence; empty where it need not or there was one already."""
    if serving(Store(settings.store), family, day) is not None or training_due(settings, day, family):
        return ""
    wait = settings.family(family).training.first_after
    return f"not trained {family} for {day}: the first detector waits for {wait} days of readings"


def assets_of(store: Store, family: str, day: date) -> set[str]:
    """The assets that a day's grid holds."""
    return store.assets_in(store.written("grid", [day], family=family))
