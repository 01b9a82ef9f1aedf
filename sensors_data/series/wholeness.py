"""Whether a day may be taken for whole: its end is long enough ago, its files rest, its marker is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from sensors_data.series.files.file_source import find_files
from sensors_data.series.files.remote import is_there
from sensors_data.series.sources.day_bounds import midnight
from sensors_data.settings import Family

AN_HOUR = timedelta(hours=1)


def why_not_whole(spec: Family, day: date, now: datetime) -> str:
    """Why a family's day is still on its way, in words; empty where it may be taken for whole."""
    over = midnight(day + timedelta(days=1))
    if spec.watermark and now < over + spec.watermark:
        return f"the day {day} is taken for whole from {over + spec.watermark:%Y-%m-%d %H:%M} UTC on (watermark)"
    marker = spec.done.replace("{day}", str(day))
    if marker and not is_there(marker):
        return f"the marker {marker} is not there yet (done)"
    if spec.settle and spec.inbox:
        for path in _files(spec, day):
            rested = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if rested < spec.settle:
                return f"{path.name} changed {max(0, round(rested.total_seconds()))} s ago and may still grow (settle)"
    return ""


def _files(spec: Family, day: date) -> list[Path]:
    """The files of a day; none where there are none, which reading says better."""
    try:
        return find_files(spec.inbox, day)
    except LookupError:
        return []


def part_there(span: tuple[pd.Timestamp, pd.Timestamp], day: date, step: timedelta) -> str:
    """Which part of a day its first and last reading cover, in words; empty for all of it, give or take an hour."""
    start = pd.Timestamp(day, tz="UTC")
    end, slack = start + timedelta(days=1), max(AN_HOUR, 2 * step)
    first, last = span
    if first - start <= slack and end - last <= slack:
        return ""
    return f"a part of the day alone, {first:%H:%M} to {last:%H:%M}"
