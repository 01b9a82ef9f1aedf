"""Models of every family and camera: which serves since when, which were refused and why, thresholds and power."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from anomaly.series.evidence.in_words import duration
from sensors_data.errors import NightscoreError, NotThereError, StoppedError, UnusableError
from sensors_data.model_files import ModelCatalogue, ModelFile
from sensors_data.runs import newest_runs
from service.pages.lines import evenly
from service.pages.power_rows import power_row
from service.schedule.train_now import Kind, day_of_training, job_of, trainable
from service.views.state import Service
from service.views.words import number


def model_groups(service: Service) -> list[dict[str, Any]]:
    """A group of rows for every family and camera that has models, the newest model first."""
    return groups_of(service, trainable(service.settings))


def groups_of(service: Service, wanted: list[tuple[Kind, str]]) -> list[dict[str, Any]]:
    """The groups of some families and cameras, each a kind and a name. NotThereError for an unknown one."""
    catalogue = ModelCatalogue(service.store)
    runs = {
        (kind, run["partition"]): run
        for kind in dict.fromkeys(kind for kind, _ in wanted)
        for run in newest_runs(service.store, job_of(kind).name, [name for known, name in wanted if known == kind])
    }
    return [
        _group(catalogue, kind, name)
        | _training(service, catalogue, kind, name, runs.get((kind, name)))
        | {"power": power_row(service, kind, name)}
        for kind, name in wanted
    ]


def _training(
    service: Service, catalogue: ModelCatalogue, kind: Kind, name: str, run: dict[str, Any] | None
) -> dict[str, Any]:
    """Whether it may be trained now, or why not, and what came of the newest training."""
    try:
        day, why_not = str(day_of_training(service.settings, kind, name)), ""
    except NotThereError as error:
        if name not in (*service.settings.families, *service.settings.cameras):
            raise
        day, why_not = "", str(error)
    except UnusableError as error:
        day, why_not = "", str(error)
    return {"day": day, "why_not": why_not, "last": None if run is None else _ended(catalogue, kind, name, run)}


def _ended(catalogue: ModelCatalogue, kind: Kind, name: str, run: dict[str, Any]) -> dict[str, Any]:
    """What came of a training, when, and why."""
    shown = {"finished": run["finished"], "day": run["day"], "took": duration(timedelta(seconds=round(run["seconds"])))}
    if run["state"] != "done":
        error, _, reason = str(run["reason"]).partition(": ")
        return shown | {"came": "stopped" if error == StoppedError.__name__ else "failed", "why": reason or error}
    try:
        card = catalogue.card(catalogue.trained_through(kind, name, run["day"] - timedelta(days=1)))
    except NightscoreError as error:  # removed since, or damaged
        return shown | {"came": "done", "why": error.reason}
    return shown | {"came": "accepted" if card.get("accepted") else "refused", "why": card.get("verdict", "")}


def _group(catalogue: ModelCatalogue, kind: Kind, name: str) -> dict[str, Any]:
    serving = catalogue.serving(kind, name, date.max)
    rows = [_row(catalogue, model, model == serving) for model in catalogue.models(kind, name)]
    drawn = [row["threshold"] for row in rows if row["threshold"] is not None]
    return {
        "kind": kind,
        "name": name,
        "owner": job_of(kind).owner,
        "rows": rows[::-1],
        "points": evenly(drawn),
        "drawn": len(drawn),
        "chosen": [str(row["through"]) for row in rows[-2:]],
    }


def _row(catalogue: ModelCatalogue, model: ModelFile, serves: bool) -> dict[str, Any]:
    """A model's row; one whose card cannot be read says so instead."""
    row: dict[str, Any] = {"through": model.through, "from": model.through + timedelta(days=1), "threshold": None}
    row["state"] = "serves" if serves else "accepted" if model.accepted else "refused"
    try:
        card = catalogue.card(model)
    except NightscoreError as error:
        return row | {"limit_text": "", "verdict": error.reason}
    threshold = card.get("threshold") or {}
    value = threshold.get("value")
    limit = "" if value is None else f"{number(value)} nats ({number(threshold['low'])} to {number(threshold['high'])})"
    aside = f"not learned: {card['cleaning']}" if card.get("cleaning") else ""
    verdict = "; ".join(filter(None, (card.get("verdict"), aside)))
    return row | {"threshold": value, "limit_text": limit, "verdict": verdict}
