"""Doubts about names: those of sensors and machines that look like values, units, states or each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sensors_data.series.files.cell_kinds import kind_of
from sensors_data.series.understanding.assets_in_names import assets_in_names
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence, named
from sensors_data.series.values.units import UNITS

_STATUS = WORDS["states"] | WORDS["good"] | WORDS["bad"] | frozenset(("null", "nan", "none", "n/a", "na"))
_HEADER = "mend skip_lines, header_rows or name_rows in the layout, or clean the lines above the rows"
_FORM = "mend time and time_format (--time, --format)"
_LONG = "mend sensor, value and asset in the layout"
_MANY, _SPANS = 50, 20
"""Sensors of which no more are plausible at any rate; the spans of a file in which a sensor is looked for."""


def doubts_of_names(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about the names of sensors and machines."""
    yield from _of_sensors(seen)
    yield from _of_machines(seen)
    yield from _machines_in_names(list(seen.family.sensors))
    yield from _machines_as_sensors(seen)
    yield from _days_across(list(seen.family.sensors))
    yield from _scattered(seen)
    yield from _all_alike(seen)
    yield from _nameless(seen)


def _of_sensors(seen: Evidence) -> Iterator[Doubt]:
    """Names of sensors that are values, units or words for states."""
    names, remedy = list(seen.family.sensors), _HEADER if seen.wide else _LONG
    if seen.family.layout.kind == "day":
        return
    if dates := [name for name in names if kind_of(name) == "t"]:
        yield Doubt(f"sensors are called like times, {named(dates)}: {remedy}", True)
    numbers = [name for name in names if _is_decimal(name)]
    if numbers or (seen.wide and (numbers := _no_channels(names))):
        yield Doubt(f"sensors are called like values, {named(numbers)}: {remedy}", True)
    units = [name for name in names if len(_bare(name)) > 1 and _bare(name) in UNITS]
    if len(units) > max(1, 0.5 * len(names)) or len({_bare(name) for name in units}) < len(units):
        yield Doubt(f"sensors are called like units, {named(units)}: {remedy}", True)
    words = [name for name in names if name.casefold() in _STATUS and len(name) > 1]
    if len(words) >= max(2, 0.5 * len(names)):
        yield Doubt(f"sensors are called like states, {named(words)}: {remedy}", True)
    holding = [name for name, values in seen.sensors.items() if len(values) > 1 and _holds_value(name, values)]
    if not seen.wide and len(holding) >= max(3, 0.5 * len(names)):
        yield Doubt(f"sensors are called like their own values, {named(holding)}: {remedy}", True)
    if torn := [name for name in names if re.search(r'"|\t|^[({,]|^\[(?![^\]]+\]\s*\w)|^\W*$', name)]:
        yield Doubt(
            f"names of sensors hold marks of another form, {named(torn)}: is the separator right? {remedy}", True
        )


def _holds_value(name: str, values: np.ndarray) -> bool:
    """Whether a name ends in the one number that all its values are, as in `temp: 21.5`."""
    match = re.search(r"-?\d+(?:[.,]\d+)?$", name)
    return match is not None and bool((values == float(match[0].replace(",", "."))).all())


def _no_channels(names: list[str]) -> list[str]:
    """The names that are whole numbers, where they do not count channels."""
    numbers = [int(name) for name in names if re.fullmatch(r"\d{1,15}", name)]
    apart = sorted(b - a for a, b in zip(sorted(numbers), sorted(numbers)[1:], strict=False))
    counted = len(numbers) > 1 and apart[len(apart) // 2] == apart[0] > 0
    return [] if counted else [name for name in names if re.fullmatch(r"\d{1,15}", name)]


def _is_decimal(name: str) -> bool:
    """Whether a name is a number with a fraction, or one below zero."""
    return bool(re.fullmatch(r"-\d+|[-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?", name))


def _bare(name: str) -> str:
    """A name without brackets around it and the number that tells it from another of the same name."""
    return re.sub(r"\.\d+$", "", name).strip("[]() ")


def _of_machines(seen: Evidence) -> Iterator[Doubt]:
    """Names of machines that are values, times, units, states or quantities; machines that are as many as rows."""
    layout = seen.family.layout
    names = [str(name) for name in seen.values["asset"].unique()]
    if not layout.asset and not (layout.asset_from_file or layout.asset_from_folder):
        return
    source = f"column {', '.join(layout.asset)}" if layout.asset else "the names of files"
    where = f"machines are told by {source}"
    remedy = "mend asset in the layout, or --asset" if layout.asset else "take asset_from_file out if it is one machine"
    kinds = {
        "times": [name for name in names if _is_time(name)],
        "values": [name for name in names if _is_decimal(name)],
        "units": [name for name in names if len(name) > 1 and name in UNITS and not name.isupper()],
        "states": [name for name in names if name.casefold() in _STATUS and len(name) > 1],
        "quantities": [name for name in names if _is_quantity(name)],
    }
    if layout.asset and seen.columns[layout.asset[-1]].named(WORDS["asset"]):
        kinds.pop("quantities")
    for kind, like in kinds.items():
        if len(like) > 0.5 * len(names):
            yield Doubt(f"{where}, and look like {kind}, {named(like)}: {remedy}", True)
    if _hours_as_machines(seen, names):
        yield Doubt(
            f"{where}, and are {len(names)} with one time a day, {named(names)}: are they its hours? {_FORM}", True
        )
    yield from _odd_ones(seen, remedy)
    times = seen.values.drop_duplicates(["asset", "time"]).groupby("asset").size()
    if len(times) >= 5 and times.median() <= 3:
        yield Doubt(f"{where}, and are {len(times):,}, most with {times.median():.0f} times: {remedy}", True)


def _odd_ones(seen: Evidence, remedy: str) -> Iterator[Doubt]:
    """Machines without a name, and those of hardly a row beside others of many: a total, or a line about the rows."""
    rows = seen.values["asset"].astype(str).value_counts()
    if blank := [name for name in rows.index if not name.strip()]:
        yield Doubt(f"{rows[blank[0]]:,} values are of a machine without a name: {remedy}", True)
    few = rows[rows <= 0.01 * rows.median()]
    if len(few) and rows.median() >= 200:
        shown = f"{named([str(name) for name in few.index])} has {few.iloc[0]} values, others {rows.median():,.0f}"
        yield Doubt(f"machine {shown}: is it a total or a line about the rows? {remedy}", True)


def _hours_as_machines(seen: Evidence, names: list[str]) -> bool:
    """Whether machines are as many as the parts of a day, and each has one time a day: hours taken for machines."""
    if len(names) not in (24, 25, 48, 96):
        return False
    rows = seen.values.drop_duplicates(["asset", "time"])
    alone = rows.groupby("asset")["time"].apply(lambda times: bool((times.dt.date.value_counts() == 1).all()))
    return bool(alone.all()) and len(rows) > len(names)


def _is_time(name: str) -> bool:
    """Whether a name is a date, a month or a clock."""
    digits = re.fullmatch(r"(?:19|20)\d\d[-_]?(?:0[1-9]|1[0-2])(?:[-_]?[0-3]\d)?", name)
    return digits is not None or (kind_of(name) == "t" and not name.isdigit())


def _is_quantity(name: str) -> bool:
    """Whether a name's first or last word is that of something measured."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return bool(words) and bool({words[0], words[-1]} & (WORDS["quantities"] - {"import", "export", "generation"}))


def _machines_in_names(names: list[str]) -> Iterator[Doubt]:
    """Sensors whose names repeat the same quantities below a few things: machines side by side."""
    seen = assets_in_names(names)
    if seen is not None:
        one, other = sorted(seen.assets)[:2]
        what = ", ".join(sorted(seen.quantities)[:3])
        yield Doubt(
            f"the sensors' names repeat {what} for '{one}' and '{other}': machines side by side are read as one; "
            f"to part them write asset_from_sensor = '{seen.pattern}' in the layout"
        )


def _machines_as_sensors(seen: Evidence) -> Iterator[Doubt]:
    """Sensors that are called like machines: by addresses, hosts or numbers of things, some for one quantity."""
    names = list(seen.family.sensors)
    hosts = [name for name in names if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[\w.-]+:\d{2,5}", name)]
    things = [name for name in names if re.fullmatch(r"\d{5,}", name)]
    ids = [name for name in names if re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", name)]
    for like, what in ((hosts, "addresses of machines"), (things, "numbers of things"), (ids, "ids")):
        if not seen.wide and len(like) > 0.5 * len(names):
            question = "are they machines (--asset), or named elsewhere?"
            yield Doubt(f"sensors are called like {what}, {named(like)}: {question}", like is not things)
            return
    pairs = [re.fullmatch(r"(\S*\d\S*)[ /|]+([^\W\d_]\S+)", name) for name in names]
    of_each = Counter(match[2] for match in pairs if match)
    several = [name for name, count in of_each.items() if count > 1 and not _is_plain(name)]
    if several and len({match[1] for match in pairs if match}) > 1 and sum(map(bool, pairs)) > 0.5 * len(names):
        yield Doubt(f"sensors repeat '{several[0]}' behind names of things, {named(names)}: are these machines?", True)


def _scattered(seen: Evidence) -> Iterator[Doubt]:
    """Many sensors that nearly all hold one value each, or are seldom there: measured values taken for names."""
    rows = seen.values.groupby("sensor", sort=False, observed=True)
    if seen.family.layout.kind != "long" or len(seen.family.sensors) <= _MANY:
        return
    span = pd.qcut(seen.values["time"].rank(method="dense"), _SPANS, labels=False, duplicates="drop")
    seldom = span.groupby(seen.values["sensor"], sort=False, observed=True).nunique() < 0.5 * span.nunique()
    if ((rows["value"].nunique() <= 1) | seldom).mean() >= 0.9:
        names = named(list(map(str, seen.family.sensors)))
        yield Doubt(
            f"nearly all of {len(seen.family.sensors):,} sensors, {names}, hold one value or are seldom there: are "
            f"their names measured values? {_LONG}",
            True,
        )


def _is_plain(name: str) -> bool:
    """Whether a word is a unit or says no more than value."""
    return name.strip("()[]") in UNITS or name.casefold() in WORDS["value"]


def _days_across(names: list[str]) -> Iterator[Doubt]:
    """Columns that count the days of a month, each read as a sensor."""
    counted: dict[str, set[int]] = {}
    for name in names:
        if match := re.fullmatch(r"(\D*?)[ _-]?0?(\d{1,2})", name):
            counted.setdefault(match[1], set()).add(int(match[2]))
    for stem, numbers in counted.items():
        if set(range(1, 29)) <= numbers <= set(range(1, 32)):
            yield Doubt(f"'{stem}1' to '{stem}31' look like the days of a month: turn them into a row a day", True)


def _all_alike(seen: Evidence) -> Iterator[Doubt]:
    """Sensors of a wide file whose names all end alike: one quantity of several machines or places."""
    names = list(seen.family.sensors)
    ends = {match[0] for name in names if (match := re.search(r"[-_./ |][^\W\d_][^ ]{2,}$", name))}
    end = ends.pop() if len(ends) == 1 else ""
    word = end.strip("-_./ |").casefold()
    alike = seen.wide and len(names) > 2 and end and all(name.endswith(end) for name in names)
    if alike and word not in WORDS["kinds of sum"] | WORDS["value"]:
        things = named(names)
        yield Doubt(f"all sensors are called ...{end}: if {things} are machines of one sensor, export a row a machine")


def _nameless(seen: Evidence) -> Iterator[Doubt]:
    """Columns without names though a line of as many words stands above the rows."""
    dialect = seen.understood.dialect
    bare = [name for name in seen.family.sensors if re.fullmatch(r"column_\d+", name)]
    if not seen.wide or dialect is None or not bare:
        return
    lines = [line for line in dialect.preamble if len(_words(line)) >= max(2, len(bare))]
    if lines or len(bare) < len(seen.family.sensors):
        some = f"a line above them: '{lines[-1][:60]}'; " if lines else ""
        yield Doubt(f"{len(bare)} sensors have no name, {named(bare)}; {some}{_HEADER}, or write names", True)


def _words(line: str) -> list[str]:
    """The cells of a line that are words, and no keys of what stands behind them."""
    cells = [cell.strip() for cell in re.split(r"[;,\t|]| {2,}", line)]
    return [cell for cell in cells if kind_of(cell) == "w" and re.search(r"[^\W\d_]", cell) and not cell.endswith(":")]
