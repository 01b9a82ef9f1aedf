"""An anomaly by the first digits of its id, and its picture."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.findings import finding_picture, rows_around
from service.show.worst import worst_anomaly
from service.views.story import Story
from service.views.words import Row


def anomaly_that_begins(store: Store, families: list[str], text: str) -> tuple[str, str]:
    """The family and id of the one anomaly whose id begins with `text`, the newest nights looked at first.

    NotThereError where there is none, UnusableError where there are several in the nights of the first that fits.
    """
    for family in families:
        for day in reversed(store.days("anomalies", family=family)):
            ids = store.read("anomalies", family=family, day=day)["anomaly_id"]
            fitting = sorted({str(name) for name in ids if text and name.startswith(text)})
            if len(fitting) > 1:
                reason = f"{len(fitting)} anomalies of {family} on {day} begin with '{text[:16]}'"
                raise UnusableError(f"{reason} ({', '.join(fitting[:3])})", "give more characters of the id")
            if fitting:
                return family, fitting[0]
    raise NotThereError(f"there is no anomaly '{text[:80]}'", "list them with: nightscore anomalies")


def the_worst(store: Store, families: list[str]) -> tuple[str, str]:
    """The family and id of the worst anomaly. NotThereError where nothing was found."""
    if (worst := worst_anomaly(store, families)) is None:
        raise NotThereError(f"nothing was found in {', '.join(families)}", "see: nightscore doctor")
    return str(worst["family"]), str(worst["anomaly_id"])


def picture(store: Store, settings: Settings, family: str, story: Story) -> bytes:
    """A PNG of the anomaly and the hours around it."""
    anomaly = cast(Row, story.anomaly)
    last = (anomaly["end"] - timedelta(microseconds=1)).date()
    day = [day for day in store.days("scores", family=family) if day <= last + timedelta(days=1)][-1]
    return finding_picture(settings.family(family), day, anomaly, rows_around(store, family, day, [anomaly]), "png")
