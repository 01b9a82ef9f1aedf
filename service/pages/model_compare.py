"""Two models of a family or camera side by side: what each learned, its limit, its verdict and its power."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from anomaly.images import files as image_files
from anomaly.images.detector import ImageCard
from anomaly.series import files as series_files
from anomaly.series.card import Card
from anomaly.thresholds import Threshold
from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from sensors_data.model_files import ModelCatalogue, ModelFile
from service.pages.machine_view import WrongAddressError
from service.pages.power_rows import mean_power, powers_of
from service.schedule.train_now import Kind, trainable
from service.views.state import Service
from service.views.words import number

NAMES = 12
"""Sensors that are named in a line, at most."""
PARTS = ("one", "other")
"""What the address calls the two days."""
Line = str | tuple[str, ...]
"""What a model says in a line: words, or names of sensors."""
MISSING = "not stated"
"""What stands where one model says nothing of a line that the other has."""


def compared(service: Service, query: dict[str, str]) -> dict[str, Any]:
    """Two models that an address names, line by line; of what it leaves out, the newest two.

    WrongAddressError for a kind, name or day that is not there, with what is.
    """
    kind, name = _whose(service, query)
    catalogue = ModelCatalogue(service.store)
    models = {str(model.through): model for model in catalogue.models(kind, name)}
    if len(models) < 2:
        reason = f"{name} has {count(len(models), 'model')}, and two are compared"
        raise WrongAddressError(reason, "train again later; the models stand here", {"Models": "/pages/models"})
    newest = list(models)[-2:]
    chosen = [_day(query.get(part, usual), kind, name, models) for part, usual in zip(PARTS, newest, strict=True)]
    powers = powers_of(service, kind, name)
    serving = catalogue.serving(kind, name, date.max)
    columns: list[dict[str, Line]] = []
    for day in chosen:
        facts = _facts(service, models[day])
        served = [night for night in powers if night.model == f"{name}@{day}"]
        state = "serves" if models[day] == serving else "accepted" if models[day].accepted else "refused"
        columns.append({"state": state} | facts | {"power": mean_power(served)})
    heads = list(dict.fromkeys(head for column in columns for head in column))
    pairs = [(head, *(column.get(head, MISSING) for column in columns)) for head in heads]
    rows = [(head, one != other, [_words(one, other), _words(other, one)]) for head, one, other in pairs]
    return {"kind": kind, "name": name, "days": list(models)[::-1], "chosen": chosen, "rows": rows}


def _whose(service: Service, query: dict[str, str]) -> tuple[Kind, str]:
    """Whose models an address names."""
    known = trainable(service.settings)
    kind, name = query.get("kind", ""), query.get("name", "")
    for pair in known:
        if pair == (kind, name):
            return pair
    catalogue = ModelCatalogue(service.store)
    offers = {f"{name} ({kind})": _address(kind, name) for kind, name in known if len(catalogue.models(kind, name)) > 1}
    remedy = "choose one of these" if offers else "nothing has two models yet"
    raise WrongAddressError(f"there is no '{name[:80]}' of kind '{kind[:20]}'", remedy, offers)


def _day(day: str, kind: Kind, name: str, models: dict[str, ModelFile]) -> str:
    """A day through which there is a model."""
    if day in models:
        return day
    newest = list(models)[-1]
    offers = {f"{through} and {newest}": _address(kind, name, through, newest) for through in list(models)[-2::-1]}
    reason = f"{name} has no model that learned through '{day[:20]}'"
    raise WrongAddressError(reason, "choose two of those it has", dict(list(offers.items())[:NAMES]))


def _address(kind: str, name: str, *days: str) -> str:
    return f"/pages/models/compare?{urlencode({'kind': kind, 'name': name, **dict(zip(PARTS, days, strict=False))})}"


def _facts(service: Service, model: ModelFile) -> dict[str, Line]:
    """What a model's card says, line by line; of one that cannot be read, why not."""
    try:
        if model.kind == "images":
            return _of_images(image_files.read_card(service.store, model))
        return _of_series(series_files.read_card(service.store, model))
    except NightscoreError as error:
        return {"verdict": error.reason}


def _of_series(card: Card) -> dict[str, Line]:
    held_out = "none held out" if card.in_sample else f"{card.held_out_rows:,} of them held out first"
    return {
        "learned from": str(card.trained_from),
        "normal rows": f"{card.rows:,}, {held_out}",
        "assets": count(card.fleet or len(card.assets), "asset"),
        "sensors in": card.modelled,
        "sensors out": tuple(sensor for sensor in card.sensors if sensor not in card.modelled),
        "detector": card.summary,
        "rhythm": card.profile or "none",
        "threshold": _limit(card.threshold),
        "budget": f"{number(card.config.alarms_per_asset_week)} false alarms an asset and week",
        "threshold from": card.threshold_from or MISSING,
        "verdict": card.verdict,
        "set aside": card.cleaning or "nothing",
        "holidays": str(card.holidays),
    }


def _of_images(card: ImageCard) -> dict[str, Line]:
    drawn = f", {card.synthetic:,} of them drawn" if card.synthetic else ""
    channels, height, width = card.image
    false_alarms = "" if card.false_alarms is None else " to ".join(f"{100 * end:.2g}" for end in card.false_alarms)
    return {
        "normal images": f"{card.images:,}{drawn}, {card.held_out:,} held out",
        "image": f"{width} x {height}, {count(channels, 'channel')}",
        "features": card.config.features.kind,
        "threshold": _limit(card.threshold),
        "budget": f"{number(100 * card.config.false_alarm_rate)} % of normal images",
        "false alarms": f"{false_alarms} % of normal images" if false_alarms else MISSING,
        "verdict": card.verdict,
    }


def _limit(threshold: Threshold | None) -> str:
    if threshold is None:
        return MISSING
    return f"{number(threshold.value)} nats ({number(threshold.low)} to {number(threshold.high)})"


def _words(line: Line, other: Line) -> str:
    """A line in words; of sensors their number and some names, first those that the other model has not."""
    if isinstance(line, str):
        return line
    names = sorted(line, key=lambda sensor: sensor in other)
    more = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
    return f"{len(names)}: {', '.join(names[:NAMES])}{more}" if names else "none"
