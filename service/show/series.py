"""Which asset and day to draw, and where the picture goes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from sensors_data.errors import NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.series.revised import days_being_revised, in_words
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.asset import asset_picture
from service.show.worst import worst_anomaly


def show_asset(
    settings: Settings, families: list[str], asset: str | None, day: date | None, days: int, out: Path | None
) -> str:
    """Draw an asset's days into a PNG; a sentence that names it. LookupError when nothing fits what was asked."""
    store = Store(settings.store)
    family, asset, day = _wanted(store, families, asset, day)
    picture = asset_picture(store, settings.family(family), family, asset, day - timedelta(days=days - 1), day)
    target = out or Path(f"{_file_name(asset)}-{day}.png")
    fs, path = open_url(str(target.resolve()))
    replace_file(fs, path, picture)
    drawn = f"drew {asset} of {family}, {days} day{'s' if days > 1 else ''} to {day}: {target}"
    span = [day - timedelta(days=back) for back in range(days)]
    revised = in_words(days_being_revised(store, family, span), family)
    return f"{drawn}; {revised}" if revised else drawn


def _wanted(store: Store, families: list[str], asset: str | None, day: date | None) -> tuple[str, str, date]:
    """Family, asset and day; what was not given is that of the highest peak, or of the newest scores."""
    family, newest = _newest(store, families, asset, day)
    if asset is not None and day is not None:
        return family, asset, day
    if worst := worst_anomaly(store, families, day, asset):
        return str(worst["family"]), str(worst["asset"]), day or worst["peak_time"].date()
    return family, asset or str(store.read_days("scores", [newest], family=family)["asset"].iloc[0]), newest


def _newest(store: Store, families: list[str], asset: str | None, day: date | None) -> tuple[str, date]:
    """The first family that has scored the asset (any asset) on the day (any day), and the newest such day."""
    for family in families:
        for scored in reversed(store.days("scores", family=family)):
            if day is not None and scored != day:
                continue
            known = store.read_days("scores", [scored], family=family)["asset"]
            if len(known) and (asset is None or (known == asset).any()):
                return family, scored
    wanted = [f"asset '{asset}'" if asset else "", f"on {day}" if day else "", f"in {', '.join(families)}"]
    raise NotThereError(
        f"nothing scored {' '.join(filter(None, wanted))}",
        "run: nightscore backfill; nightscore doctor says what is missing",
    )


def _file_name(asset: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", asset).strip("-") or "asset"
