"""An uploaded file, understood as `init` does it, with what a person corrects of that."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sensors_data.counting import count
from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.series.files.file_source import SUFFIXES, find_files, forget_files, read_table
from sensors_data.series.intake.readings import read_frame
from sensors_data.series.understanding.discover import Discovery, discover
from sensors_data.series.understanding.measures import Role
from sensors_data.series.understanding.settings_text import duration_words, settings_toml
from sensors_data.series.understanding.wishes import Wishes
from sensors_data.settings import Family, Layout, parse
from service.api.bodies import check_parquet

MOST_BYTES = 256 * 2**20
"""A file that is larger once it is unpacked is not tried."""
MOST_VALUES = 600_000
_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


@dataclass(frozen=True)
class Corrections:
    """What a person says of a file; what is empty is as it was found."""

    time: tuple[str, ...] = ()
    style: str = ""
    zone: str = ""
    decimal: str = ""
    sheet: str = ""
    asset: tuple[str, ...] = ()
    ignored: tuple[str, ...] | None = None
    step: str = ""
    nearest: bool | None = None
    hold: str = ""
    held: tuple[str, ...] = ()


def look(path: Path, corrections: Corrections) -> Discovery:
    """What a file holds, as corrected. UnreadableError when it cannot be read, UnusableError for what cannot be."""
    check_upload(path)
    parse(Layout, {"timezone": corrections.zone or "UTC"}, "the zone")
    wishes = Wishes(
        time=corrections.time,
        style=corrections.style or None,
        zone=corrections.zone or None,
        decimal=corrections.decimal or None,
        sheet=corrections.sheet or None,
        asset=corrections.asset,
    )
    try:
        discovery = discover(path, wishes)
    finally:
        forget_files()
    family = corrected(discovery.family, corrections)
    roles = replace(discovery.understood.roles, roles=_roles(discovery, family))
    return replace(discovery, family=family, understood=replace(discovery.understood, roles=roles))


def corrected(family: Family, corrections: Corrections) -> Family:
    """A family with the corrections in it. UnusableError when nothing is left to measure, or a duration is none."""
    ignored = family.layout.ignore if corrections.ignored is None else corrections.ignored
    read_after_all = [name for name in family.layout.ignore if name not in ignored]
    sensors = {name: sensor.model_dump() for name, sensor in family.sensors.items() if name not in ignored}
    sensors |= {name: {} for name in read_after_all}
    if not sensors:
        raise UnusableError("no sensor is left", "leave fewer columns out")
    for name in corrections.held if corrections.hold else ():
        if name in sensors:
            sensors[name]["hold"] = corrections.hold
    table = family.model_dump() | {"sensors": sensors}
    if family.layout.kind == "wide":
        table["layout"]["ignore"] = ignored
    if corrections.step:
        table["step"] = corrections.step
    if corrections.nearest is not None:
        table["nearest"] = corrections.nearest
    return parse(Family, table, "what was corrected")


def _roles(discovery: Discovery, family: Family) -> tuple[Role, ...]:
    """The columns' roles, those that a person changed as they are now."""
    before, now = set(discovery.family.layout.ignore), set(family.layout.ignore)
    changed = dict.fromkeys(now - before, "ignored") | dict.fromkeys(before - now, "sensor")
    roles = discovery.understood.roles.roles
    return tuple(Role(r.column, changed[r.column], "you said so") if r.column in changed else r for r in roles)


@dataclass(frozen=True)
class Usable:
    """The readings of an uploaded file, and what a family would miss of it, in words; empty where nothing."""

    readings: pd.DataFrame
    missing: str


def readings_in(path: Path, family: Family) -> Usable:
    """The readings of an uploaded file by a family's settings. UnusableError when none can be used, or too many."""
    check_upload(path)
    parts, refused = [], []
    for file in find_files(str(path)):
        frame, bad = read_table(file, family.layout)
        readings, rejects = read_frame(frame, bad, family, path.name)
        parts.append(readings)
        refused.append(rejects)
    readings, rejects = pd.concat(parts, ignore_index=True), pd.concat(refused, ignore_index=True)
    if len(readings) > MOST_VALUES:
        reason = f"the file has {len(readings):,} values; at most {MOST_VALUES:,} are tried here"
        raise UnusableError(reason, "cut it, or backfill")
    if readings.empty:
        first = f"first: {rejects['reason'].iloc[0]}" if len(rejects) else "the file has no row"
        raise UnusableError(f"none of its {len(rejects):,} values can be used", first)
    return Usable(readings, _missing(readings, rejects, family))


def _missing(readings: pd.DataFrame, rejects: pd.DataFrame, family: Family) -> str:
    """The sensors without a reading, and the values that could not be used, by reason."""
    seen = set(readings["sensor"].unique())
    absent = [name for name in family.sensors if name not in seen]
    parts = [f"no reading of {', '.join(absent[:8])}"] if absent else []
    unused = rejects.loc[~rejects["used"].astype(bool), "reason"]
    if len(unused):
        reasons = [f"{reason} ({many:,})" for reason, many in unused.value_counts().head(3).items()]
        parts.append(f"{count(len(unused), 'value')} could not be used: {', '.join(reasons)}")
    return "; ".join(parts)


def check_upload(path: Path) -> None:
    """UnusableError for a file of another kind, or one that is packed to hold too much."""
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise UnusableError(f"{path.name} is no table of readings", f"upload one of {', '.join(SUFFIXES)}")
    if name.endswith(".parquet"):
        check_parquet(path.read_bytes())
    elif (size := _unpacked_size(path)) > MOST_BYTES:
        raise UnusableError(f"{path.name} unpacks to {size:,} bytes or more", "cut it, or backfill")


def _unpacked_size(path: Path) -> int:
    """How many bytes a file holds once it is unpacked, counted up to a little more than is tried."""
    with path.open("rb") as file:
        head = file.read(6)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    opener = next((opener for mark, opener in _PACKED.items() if head.startswith(mark)), None)
    if opener is None:
        return path.stat().st_size
    size = 0
    try:
        with opener(path, "rb") as packed:
            while size <= MOST_BYTES and (data := packed.read(2**20)):
                size += len(data)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise UnreadableError(f"{path.name} is cut off or damaged", "copy it again") from error
    return size


def settings_of(discovery: Discovery, name: str, file: str, known: tuple[str, ...]) -> str:
    """The part of settings.toml for a file that was understood, to be put into `inbox/` beside it.

    UnusableError when there is such a family.
    """
    if name in known:
        raise UnusableError(f"there is a family '{name}' already", "give it another name")
    family = discovery.family.model_copy(update={"inbox": f"inbox/{file}"})
    return settings_toml(replace(discovery, family=family), name)


def as_found(discovery: Discovery) -> Corrections:
    """What was found, as corrections that change nothing."""
    layout = discovery.family.layout
    held = {name: sensor.hold for name, sensor in discovery.family.sensors.items() if sensor.hold}
    return Corrections(
        time=layout.time,
        style=layout.time_format or "",
        zone=layout.timezone,
        decimal=layout.decimal,
        sheet=layout.sheet,
        asset=layout.asset or (),
        ignored=tuple(layout.ignore),
        step=duration_words(discovery.family.step),
        nearest=discovery.family.nearest,
        hold=duration_words(next(iter(held.values()))) if held else "",
        held=tuple(held),
    )


def with_changes(before: Corrections, discovery: Discovery, now: Corrections) -> Corrections:
    """The corrections `before`, and beside them what `now` says other than what was `found`."""
    plain = as_found(discovery)
    changes = {f.name: getattr(now, f.name) for f in fields(now) if getattr(now, f.name) != getattr(plain, f.name)}
    if {"hold", "held"} & set(changes):
        changes |= {"hold": now.hold, "held": now.held}
    return replace(before, **changes)
