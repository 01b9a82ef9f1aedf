"""What every section of settings, cards and tables shares: strict keys, names and durations."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""A family's or camera's name: it becomes a folder."""

LABEL = r"[^\x00-\x1f\x7f]{1,128}"
Label = Annotated[str, StringConstraints(pattern=rf"^{LABEL}$")]
"""A sensor's or asset's name as the user writes it: printable, at most 128 characters."""


_UNITS = {"s": 1, "min": 60, "h": 3600, "D": 86_400}


def _duration(value: object) -> timedelta:
    """A positive duration from text such as `5min`, `1h`, `7D`, or from seconds."""
    try:
        if isinstance(value, timedelta):
            duration = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            duration = timedelta(seconds=value)
        elif plain := re.fullmatch(r"(\d{1,6}) ?(s|min|h|D)", str(value), re.ASCII):
            duration = int(plain[1]) * timedelta(seconds=_UNITS[plain[2]])
        else:
            duration = _written_out(str(value))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{value}' is not a duration; write it like 5min, 1h, 30s or 7D") from error
    if duration <= timedelta(0):
        raise ValueError(f"a duration must be positive, found {value}")
    return duration


def _written_out(text: str) -> timedelta:
    """A duration in any other form that pandas reads, as `00:05:00` or `1.5h`. ValueError when it is none."""
    import pandas as pd  # half a second that schedules need not spend to know a family's name

    parsed = pd.Timedelta(text)
    if pd.isna(parsed):
        raise ValueError(text)
    return parsed.to_pytimedelta()


Duration = Annotated[timedelta, BeforeValidator(_duration)]

S = TypeVar("S", bound="Section")


class Section(BaseModel):
    """Base of everything that is read from or written to disk: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")
