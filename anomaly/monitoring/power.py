"""Power: the share of planted faults and painted defects that the nightly self-test found, night by night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from anomaly.images.planted import PLAIN
from sensors_data.store import Store

NIGHTS = 90
"""Nights that are looked back over."""
SHARDS = 4
"""Shards of a night that are read: eight assets, each with every kind of fault."""
_TESTS = {"series": ("self_tests", "family"), "images": ("image_self_tests", "camera")}


@dataclass(frozen=True)
class NightPower:
    """What one night's self-test found under the model that served it."""

    day: date
    model: str
    found: int
    planted: int
    kinds: dict[str, float]
    """The share found of each kind; of the newest night alone."""

    @property
    def share(self) -> float:
        """The share found of all, 0 to 1."""
        return self.found / self.planted


def share_by_kind(trials: pd.DataFrame) -> dict[str, float]:
    """Of each kind of fault the share that was found, 0 to 1."""
    return {str(kind): float(rows["found"].astype(bool).mean()) for kind, rows in trials.groupby("kind", sort=True)}


def plain(defects: pd.DataFrame) -> pd.DataFrame:
    """The painted defects that a good detector finds: those of a visibility of PLAIN at least."""
    return defects[defects["visibility"] >= PLAIN]


def self_test_files(store: Store, kind: str, name: str) -> list[list[str]]:
    """The self-test's files of each of the NIGHTS until the newest one, SHARDS at most a night."""
    table, owner = _TESTS[kind]
    days = store.days(table, **{owner: name})
    recent = [day for day in days if day > days[-1] - timedelta(days=NIGHTS)]
    return [store.written(table, [day], **{owner: name})[:SHARDS] for day in recent]


def power_of_nights(store: Store, kind: str, nights: list[list[str]]) -> list[NightPower]:
    """What the self-test found in each night, the oldest first; nights without a planted fault are left out.

    `nights` are files as `self_test_files` names them. DamagedError or UnusableError where one cannot be read.
    """
    columns = ["kind", "found", "model", *(["visibility"] if kind == "images" else [])]
    values: dict[str, list[object]] = {name: [] for name in ("day", *columns)}
    for file in store.opened(path for paths in nights for path in paths):
        rows = file.read(columns)
        values["day"] += [date.fromisoformat(file.path.partition("day=")[2][:10])] * rows.num_rows
        for name in columns:
            values[name] += rows[name].to_pylist()
    trials = pd.DataFrame(values)
    return _by_night(plain(trials) if kind == "images" else trials)


def _by_night(trials: pd.DataFrame) -> list[NightPower]:
    if trials.empty:
        return []
    of_day = trials.groupby("day", sort=True)
    nights = of_day.agg(model=("model", "first"), found=("found", "sum"), planted=("found", "size"))
    kinds = {nights.index[-1]: share_by_kind(of_day.get_group(nights.index[-1]))}
    rows = zip(nights.index, nights["model"], nights["found"], nights["planted"], strict=True)
    return [NightPower(day, str(model), int(f), int(n), kinds.get(day, {})) for day, model, f, n in rows]
