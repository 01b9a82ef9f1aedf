"""Models of every family and camera: which serves since when, which were refused and why, their thresholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sensors_data.errors import NightscoreError
from sensors_data.model_files import ModelCatalogue, ModelFile
from service.views.state import Service
from service.views.words import number

WIDTH, HEIGHT = 280, 48
"""Pixels of the picture of thresholds."""


def model_groups(service: Service) -> list[dict[str, Any]]:
    """A group of rows for every family and camera that has models, the newest model first."""
    catalogue = ModelCatalogue(service.store)
    wanted = [("series", name, "family") for name in sorted(service.settings.families)]
    wanted += [("images", name, "camera") for name in sorted(service.settings.cameras)]
    return [_group(catalogue, kind, name, owner) for kind, name, owner in wanted]


def _group(catalogue: ModelCatalogue, kind: str, name: str, owner: str) -> dict[str, Any]:
    serving = catalogue.serving(kind, name, date.max)
    rows = [_row(catalogue, model, model == serving) for model in catalogue.models(kind, name)]
    drawn = [row["threshold"] for row in rows if row["threshold"] is not None]
    return {
        "kind": kind,
        "name": name,
        "owner": owner,
        "rows": rows[::-1],
        "points": _points(drawn),
        "drawn": len(drawn),
    }


def _row(catalogue: ModelCatalogue, model: ModelFile, serves: bool) -> dict[str, Any]:
    """A model's row; one whose card cannot be read says so instead."""
    row: dict[str, Any] = {"through": model.through, "from": model.through + timedelta(days=1), "threshold": None}
    row["state"] = "serves" if serves else "accepted" if model.accepted else "refused"
    try:
        card = catalogue.card(model)
    except NightscoreError as error:
        return row | {"told": "", "verdict": error.reason}
    threshold = card.get("threshold") or {}
    value = threshold.get("value")
    told = "" if value is None else f"{number(value)} nats ({number(threshold['low'])} to {number(threshold['high'])})"
    aside = f"not learned: {card['cleaning']}" if card.get("cleaning") else ""
    verdict = "; ".join(filter(None, (card.get("verdict"), aside)))
    return row | {"threshold": value, "told": told, "verdict": verdict}


def _points(values: list[float]) -> str:
    """Thresholds from the oldest model to the newest as the points of a line."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    places = (
        (WIDTH * n / (len(values) - 1), HEIGHT - 4 - (HEIGHT - 8) * (v - low) / span) for n, v in enumerate(values)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
