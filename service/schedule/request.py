"""What a scheduled run is asked for: its day, families and cameras, checked by name before anything is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.settings import Settings

WORDS = ("day", "family", "camera")
"""What a run by hand may say; whatever it leaves out is the schedule's day, all families and all cameras."""


@dataclass(frozen=True)
class RunRequest:
    """The partitions of one run."""

    day: date
    families: tuple[str, ...]
    cameras: tuple[str, ...]


def run_request(settings: Settings, words: Mapping[str, object], day: date, today: date) -> RunRequest:
    """The partitions that `words` ask for, `day` where they name none; one family or camera leaves out all others.

    ValueError for a word or a day that is none, or a day that has not begun; LookupError for a name that the settings
    do not have.
    """
    stated = {word: value for word, value in words.items() if value is not None}
    if unknown := sorted(set(stated) - set(WORDS)):
        raise UnusableError(f"a run has no option {str(unknown)[:200]}", f"known options: {', '.join(WORDS)}")
    for word, value in stated.items():
        if not isinstance(value, str) or len(value) > 64:
            raise UnusableError(f"{word} must be a text of at most 64 characters, found {str(value)[:40]!r}")
    of_day = day_from(str(stated["day"])) if "day" in stated else day
    if of_day > today:
        raise UnusableError(f"{of_day} has not begun yet (the run is of {today})", "name a day that is over")
    families, cameras = tuple(settings.families), tuple(settings.cameras)
    if "family" in stated or "camera" in stated:
        families = (_known(stated["family"], settings.families, "family"),) if "family" in stated else ()
        cameras = (_known(stated["camera"], settings.cameras, "camera"),) if "camera" in stated else ()
    return RunRequest(of_day, families, cameras)


def _known(name: object, there: Mapping[str, object], what: str) -> str:
    if name not in there:
        known = ", ".join(sorted(there)) or "none"
        raise NotThereError(f"the settings have no {what} {str(name)!r} (known: {known})")
    return str(name)


def day_from(text: str) -> date:
    """A day from text. ValueError says how to write one."""
    try:
        if not re.fullmatch(r"(19[7-9]|2[01]\d)[0-9]-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnusableError(f"{text[:40]!r} is no day of 1970 to 2199", "write it like 2026-11-21") from error
