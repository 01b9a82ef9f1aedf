"""Power over time in words and as a line: which share of planted faults the nightly self-test found."""

from __future__ import annotations

import hashlib
from typing import Any

from anomaly.monitoring.power import NIGHTS, NightPower, power_of_nights, self_test_files
from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from service.pages.lines import points
from service.schedule.train_now import Kind
from service.views.state import Service, stamp_of

PLANTED = {"series": "planted faults", "images": "plainly painted defects"}


def powers_of(service: Service, kind: Kind, name: str) -> list[NightPower]:
    """The power of a family's or camera's newest nights, remembered until one of their files is replaced."""
    nights = self_test_files(service.store, kind, name)
    stamps = (f"{path} {stamp_of(service.store, path)}" for paths in nights for path in paths)
    stamp = hashlib.sha256("\n".join(stamps).encode()).hexdigest()
    return service.nights.get(f"power of {kind} {name}", stamp, lambda: power_of_nights(service.store, kind, nights))


def power_row(service: Service, kind: Kind, name: str) -> dict[str, Any]:
    """The points of the line, a sentence on it, and the newest night's shares by kind."""
    try:
        nights = powers_of(service, kind, name)
    except NightscoreError as error:
        return {"points": "", "sentence": f"self-tests cannot be read: {error.reason}", "kinds": ""}
    if not nights:
        return {"points": "", "sentence": _none(service, kind, name), "kinds": ""}
    newest, lowest = nights[-1], min(nights, key=lambda night: night.share)
    span = (newest.day - nights[0].day).days or 1
    places = [(night.day - nights[0].day).days / span for night in nights]
    sentence = (
        f"{PLANTED[kind]} that the self-test found: {percent(newest.share)} in the newest night {newest.day}, "
        f"lowest {percent(lowest.share)} on {lowest.day}; {count(len(nights), 'night')} of the last {NIGHTS}"
    )
    kinds = ", ".join(f"{fault} {percent(share)}" for fault, share in newest.kinds.items())
    return {"points": points(places, [night.share for night in nights]), "sentence": sentence, "kinds": kinds}


def _none(service: Service, kind: Kind, name: str) -> str:
    if self_test_files(service.store, kind, name):
        return f"the self-tests of the last {NIGHTS} nights had no {PLANTED[kind]}"
    return "no self-test yet: nightly runs it"


def mean_power(nights: list[NightPower]) -> str:
    """The mean over the nights that one model served, in words."""
    if not nights:
        return f"no self-test under it in the last {NIGHTS} nights"
    mean = sum(night.share for night in nights) / len(nights)
    return f"{percent(mean)} found, the mean of {count(len(nights), 'night')}"


def percent(share: float) -> str:
    """A share of 0 to 1, as `82 %`."""
    return f"{100 * share:.0f} %"
