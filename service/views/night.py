"""What the store holds of a night, family by family and camera by camera: the matter of the morning report."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from anomaly.images import files as image_detector_files
from anomaly.images.detector import ImageCard
from anomaly.series import files as detector_files
from anomaly.series.card import Card
from anomaly.series.night.anomalies import SEVERITIES
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.model_files import ModelFile
from sensors_data.series.grids.grid_table import filling
from sensors_data.series.incidents import ASSIGNED, read_incidents
from sensors_data.series.revised import days_being_revised, in_words
from sensors_data.settings import Settings
from sensors_data.store import Store

Row = dict[Hashable, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class FamilyNight:
    """One family's night; `findings` are its anomalies, worst first, planned work apart, each with its `age`."""

    name: str
    scored: int
    """Rows of `scores`."""
    assets: int
    findings: pd.DataFrame
    planned: pd.DataFrame
    ended: pd.DataFrame
    """Anomalies of the scored night before that this one no longer has."""
    missing_share: float
    imputed_share: float
    rejects: pd.Series  # rows by reason, most frequent first
    drift: pd.DataFrame
    card: Card | None
    """Of the detector that serves the day."""
    fault: str
    """Why that card cannot be read."""
    revised: str
    """That the night's tables are of two revisions, in words; empty where they are of one."""


@dataclass(frozen=True)
class CameraNight:
    """One camera's night: its images, worst first, and what a generator drew for it."""

    name: str
    images: int
    scores: pd.DataFrame
    rejects: pd.Series
    drawn: pd.DataFrame  # rows of `synthetic_images`
    refused: int
    """Drawn images that the gate refused."""
    quality: pd.DataFrame
    training: Row | None
    """The last row of the newest generator's training before the day, with its `model`."""
    card: ImageCard | None
    fault: str


@dataclass(frozen=True)
class Night:
    """A day of the whole plant."""

    day: date
    families: tuple[FamilyNight, ...]
    cameras: tuple[CameraNight, ...]
    failed: pd.DataFrame  # rows of `runs`

    @property
    def ended(self) -> pd.DataFrame:
        """All families' anomalies that ended since the night before, worst first, with a column `family`."""
        parts = [night.ended.assign(family=night.name) for night in self.families if len(night.ended)]
        return worst_first(pd.concat(parts)) if parts else pd.DataFrame({"severity": [], "asset": []})

    @property
    def findings(self) -> pd.DataFrame:
        """All families' anomalies, worst first, with a column `family`."""
        parts = [night.findings.assign(family=night.name) for night in self.families if len(night.findings)]
        return worst_first(pd.concat(parts)) if parts else pd.DataFrame({"severity": [], "asset": []})


def read_night(settings: Settings, day: date) -> Night:
    """The night of a day. LookupError when no job of it ever ran."""
    store = Store(settings.store)
    runs = store.read_days("runs", [day])
    runs = runs[runs["job"] != "report"]
    if runs.empty:
        raise NotThereError(f"no job of {day} has run in {store.root}", f"run: nightscore nightly --day {day}")
    return Night(
        day,
        tuple(_family(store, name, day) for name in sorted(settings.families)),
        tuple(_camera(store, name, day) for name in sorted(settings.cameras)),
        runs[runs["state"] == "failed"],
    )


def _family(store: Store, family: str, day: date) -> FamilyNight:
    scores, grid = (store.written(table, [day], family=family) for table in ("scores", "grid"))
    filled = filling(store, grid)
    anomalies = store.read_days("anomalies", [day], family=family)
    before = _before(store, family, day)
    known = anomalies["anomaly_id"].isin(before["anomaly_id"])
    anomalies = anomalies.assign(
        said=opinions_on(store, family, anomalies), age=known.map({True: "continuing", False: "new"})
    )
    planned = anomalies["suppressed"]
    card, fault = card_or_fault(store, detector_files.read_card, detector_files.serving(store, family, day))
    return FamilyNight(
        name=family,
        scored=sum(store.provenance(path).rows for path in scores),
        assets=len(store.assets_in(scores)),
        findings=worst_first(anomalies[~planned]),
        planned=anomalies[planned],
        ended=worst_first(before[~before["suppressed"] & ~before["anomaly_id"].isin(anomalies["anomaly_id"])]),
        missing_share=(filled.values - filled.known) / filled.values if filled.values else 1.0,
        imputed_share=filled.imputed / filled.values if filled.values else 0.0,
        rejects=_reasons(store.read_days("rejects", [day], family=family)),
        drift=store.read_days("drift", [day], family=family),
        card=card,
        fault=fault,
        revised=in_words(days_being_revised(store, family, [day]), family),
    )


def _before(store: Store, family: str, day: date) -> pd.DataFrame:
    """The anomalies of the newest scored night before a day."""
    earlier = [scored for scored in store.days("scores", family=family) if scored < day]
    return store.read_days("anomalies", earlier[-1:], family=family)


def card_or_fault(store: Store, read: Callable[[Store, ModelFile], T], model: ModelFile | None) -> tuple[T | None, str]:
    """A model's card, or why it cannot be read: a model of another format keeps nobody from the night."""
    if model is None:
        return None, ""
    try:
        return read(store, model), ""
    except NightscoreError as error:
        return None, str(error)


def worst_first(anomalies: pd.DataFrame) -> pd.DataFrame:
    """Anomalies by severity, then by their peak, the worst first."""
    rank = anomalies["severity"].map({severity: place for place, severity in enumerate(SEVERITIES)})
    order = anomalies.assign(rank=rank).sort_values(["rank", "peak_score"], ascending=False, kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


def opinions_on(store: Store, family: str, anomalies: pd.DataFrame) -> list[str]:
    """What a person said of each anomaly, as `dismissed by night shift: sensor was cleaned`; empty where nobody did."""
    incidents = read_incidents(store, family)
    incidents = incidents[incidents["kind"].isin(("dismissed", "confirmed", ASSIGNED))]
    opinions = []
    for row in anomalies.to_dict("records"):
        same = incidents["asset"].isna() | (incidents["asset"] == row["asset"])
        touching = incidents[same & (incidents["start"] < row["end"]) & (incidents["end"] > row["start"])]
        opinions.append("; ".join(_sentence(incident) for incident in touching.to_dict("records")))
    return opinions


def _sentence(incident: Row) -> str:
    by = f" by {incident['author']}" if incident["author"] else ""
    return f"{incident['kind']}{by}" + (f": {incident['note']}" if incident["note"] else "")


def _reasons(rejects: pd.DataFrame) -> pd.Series:
    """Rows that could not be used, by reason; what was used after all (sorted into place) is left out."""
    unused = rejects[~rejects["used"].astype(bool)] if "used" in rejects else rejects
    return unused["reason"].value_counts()


def _camera(store: Store, camera: str, day: date) -> CameraNight:
    scores = store.read_days("image_scores", [day], camera=camera)
    card, fault = card_or_fault(store, image_detector_files.read_card, image_detector_files.serving(store, camera, day))
    return CameraNight(
        name=camera,
        images=len(store.read_days("images", [day], camera=camera)),
        scores=scores.sort_values("score", ascending=False, kind="stable", ignore_index=True),
        rejects=_reasons(store.read_days("image_rejects", [day], camera=camera)),
        drawn=store.read_days("synthetic_images", [day], camera=camera),
        refused=len(store.read_days("rejected_synthetic_images", [day], camera=camera)),
        quality=store.read_days("quality", [day], camera=camera),
        training=_generator_training(store, camera, day),
        card=card,
        fault=fault,
    )


def _generator_training(store: Store, camera: str, day: date) -> Row | None:
    """Where the newest training of a generator before the day stands."""
    models = [p["model"] for p in store.partitions("generator_training", camera=camera) if p["model"][:10] < str(day)]
    if not models:
        return None
    rows = store.read("generator_training", camera=camera, model=max(models))
    return rows.sort_values("epoch").iloc[-1].to_dict() | {"model": max(models)} if len(rows) else None
