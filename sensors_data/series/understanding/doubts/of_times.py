"""Doubts about times: that stand still, go back, leap by months, or lie where no log's lie."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from sensors_data.calendar_words import CROATIAN, CROATIAN_ALONE, MONTHS, plain_word
from sensors_data.series.files.day_columns import clocks_of
from sensors_data.series.understanding.doubts.evidence import Doubt, Evidence, named
from sensors_data.series.understanding.run_starts import UNDATED

REPEATED, BACK, SHUFFLED = 0.01, 0.02, 0.35
"""Shares of values that stand twice for one time, and of times that go back, that make a reading doubtful.

Where more go back the rows are in no order at all."""
_OF_A_DAY = re.compile(
    r"[a-z]{1,2}|hr|hour|hours|hora|heure|ora|ore|stunde|std|uur|uhr|timme|time|tid|godz(?:ina)?|hod(?:ina)?|час|óra|saat"
    r"|(?:settlement[ _]?)?period|per|periodo|période|interval|intervalo|int|slot|value|val|wert|valor|kwh|kw|mw|mwh"
    r"|half[ _-]?hour|quarter|viertelstunde|qtr|punto|pt|point|点|时段"
)
"""What stands before the number of a part of the day."""
_HOURS = re.compile(
    r"h|hr|he|hour|hours|hour ending|hora|heure|ora|ore|stunde|std|uur|timme|time|godz(?:ina)?|hod(?:ina)?|час|óra|saat"
)
"""What stands before the number of an hour."""
_FORM = "mend time and time_format in the layout (--time, --format)"


def doubts_of_times(seen: Evidence) -> Iterator[Doubt]:
    """Doubts about the times of values."""
    yield from _either_way(seen)
    yield from _of_two_months(seen)
    yield from _repeated(seen)
    yield from _backward(seen)
    yield from _leaping(seen)
    yield from _far(seen)
    yield from _sparse(seen)
    yield from _numbered(seen)
    yield from _hours_across(seen)


def _either_way(seen: Evidence) -> Iterator[Doubt]:
    """Dates that two orders of day and month read, which no file settles: no day is after the twelfth."""
    styles = seen.understood.time.rivals
    if len(styles) < 2 or seen.family.layout.time_format != styles[0]:
        return
    swapped = re.sub("[dmy]", "", styles[0]) == re.sub("[dmy]", "", styles[1]) and "%y" not in styles[1][:2]
    days = np.unique(seen.values["time"].to_numpy("datetime64[D]"))
    settled = (days.astype("datetime64[M]") + np.timedelta64(12, "D") <= days).any()
    settled |= len(days) > 2 and (np.diff(days) == np.timedelta64(1, "D")).all()  # others would lie months apart
    if not (swapped and (settled or styles[0].startswith("%d."))):
        yield Doubt(f"the times may be {styles[0]} or {styles[1]}, and {styles[0]} is taken: {_FORM}", True)


def _of_two_months(seen: Evidence) -> Iterator[Doubt]:
    """Words that name one month in Croatian and the next one in Polish or Czech, with no other word that settles it."""
    column = seen.columns.get(seen.family.layout.time[0])
    if "%b" not in (seen.family.layout.time_format or "") or column is None:
        return
    texts = pd.Series(column.distinct, dtype="str")
    words = {plain_word(word) for word in texts.str.findall(r"[^\W\d_]{3,}").explode().dropna().unique()}
    twofold = sorted(words & CROATIAN.keys())
    others = words & MONTHS.keys() - CROATIAN.keys()
    if twofold and others <= CROATIAN_ALONE | {"pro"}:
        word = twofold[0]
        months = f"{month_name[MONTHS[word]]}, in Croatian it is {month_name[CROATIAN[word]]}"
        yield Doubt(f"the month '{word}' is read as {months}: write months as numbers", bool(others))


def _repeated(seen: Evidence) -> Iterator[Doubt]:
    """Values of one time, machine and sensor that differ: a column that tells them apart was missed, or seconds are."""
    key = ["time", "asset", "sensor"]
    values = seen.values
    again = values.duplicated(key)
    other = again & ~values.duplicated([*key, "value"])
    if other.mean() <= REPEATED or other.sum() < 3:
        return
    revisions = any("revisions" in role.evidence for role in seen.understood.roles.roles)
    if revisions:
        return
    rows = values.groupby(key, sort=False).size()
    whole = (values["time"].dt.second == 0).all() and rows.median() > 1
    columns = [column.name for column in seen.left_out if 1 < len(column.distinct) <= 0.2 * len(column.cells)]
    why = (
        f"is one of the columns left out, {named(columns)}, the machine's?"
        if columns
        else "is a machine's column missed?"
    )
    seconds = "; the times have no seconds" if whole else ""
    yield Doubt(
        f"{other.mean():.0%} of the values differ from another of the same time, machine and sensor{seconds}: "
        f"{why} Mend asset in the layout (--asset)",
        True,
    )


def _backward(seen: Evidence) -> Iterator[Doubt]:
    """Times that go back again and again, in a file that is sorted neither way."""
    which = pd.factorize(seen.values["asset"].astype(str) + "\x1f" + seen.values["sensor"].astype(str))[0]
    order = np.argsort(which, kind="stable")
    moment = seen.values["time"].to_numpy("datetime64[us]")[order].astype(np.int64)
    within = np.diff(which[order]) == 0
    apart = np.diff(moment)[within]
    if len(apart) < 20:
        return
    back, on = (apart < 0).mean(), (apart > 0).mean()
    if BACK < min(back, on) < SHUFFLED:
        yield Doubt(
            f"times go back in {min(back, on):.0%} of the rows: are day, month and half of the day read right? {_FORM}",
            True,
        )


def _leaping(seen: Evidence) -> Iterator[Doubt]:
    """Times that leap by about a month after each day: day and month are swapped."""
    times = np.unique(seen.values["time"].to_numpy("datetime64[us]"))
    apart = np.diff(times) / np.timedelta64(1, "D")
    months = np.abs(apart - 30.4) < 2.6
    text = seen.family.layout.time_format or ""
    daily = seen.family.step >= pd.Timedelta("1D")
    if not daily and months.sum() >= 2 and months.sum() >= 0.5 * (apart > 1.5).sum():
        yield Doubt(f"times leap by a month {months.sum()} times: are day and month swapped in '{text}'? {_FORM}", True)


def _far(seen: Evidence) -> Iterator[Doubt]:
    """A span that begins where clocks do that were never set, or ends in the future."""
    first, last = seen.values["time"].min(), seen.values["time"].max()
    undated = seen.family.layout.start == UNDATED
    if undated:
        name = seen.family.layout.time[0]
        yield Doubt(
            f"'{name}' counts from the start of a run, and no line says when that was: state it (--start)", True
        )
    begins = {f"{year}-01-01" for year in (1990, 2000)}
    if not undated and f"{first:%Y-%m-%d}" in begins and (last - first) < pd.Timedelta("3650D"):
        yield Doubt(
            f"times begin on {first:%Y-%m-%d}: a clock that was never set, or a count taken for a date? {_FORM}"
        )
    if last > pd.Timestamp.now("UTC") + pd.Timedelta("400D"):
        yield Doubt(f"times go to {last:%Y-%m-%d}, more than a year ahead: {_FORM}", True)


def _sparse(seen: Evidence) -> Iterator[Doubt]:
    """A step at which hardly any row has a value."""
    values = seen.values.drop_duplicates(["asset", "sensor", "time"]).groupby(["asset", "sensor"])["time"]
    seconds = (values.max() - values.min()).dt.total_seconds()
    wanted = seconds / seen.family.step.total_seconds() + 1
    held = [name for name, sensor in seen.family.sensors.items() if sensor.kind == "context"]
    share = (values.size() / wanted)[[key for key in wanted.index if key[1] not in held]]
    if len(share) and share.median() < 0.1 and len(values) and values.size().median() > 20:
        yield Doubt(
            f"only {share.median():.0%} of the steps of {seen.family.step} have a value: mend step, or state hold"
        )


def _numbered(seen: Evidence) -> Iterator[Doubt]:
    """Numbered columns taken for parts of the day, though they are called as things are."""
    names = list(clocks_of(list(seen.understood.roles.measures))) if seen.family.layout.kind == "day" else []
    stem = re.sub(r"\d.*", "", names[0]).strip(" _.-").casefold() if names else ""
    if stem and not re.search(r"[:.h]\d\d", names[0]) and not _OF_A_DAY.fullmatch(stem):
        shown = f"the columns '{names[0]}' to '{names[-1]}'"
        yield Doubt(
            f'{shown} are read as parts of each day; if they are things, write kind = "wide" in the layout', True
        )


def _hours_across(seen: Evidence) -> Iterator[Doubt]:
    """Columns that are called like the hours of a day, each read as a sensor of a row a day."""
    called = [(name, re.fullmatch(r"(\D*?)[ _.-]*(\d{1,2}) ?[A-B]?", name)) for name in seen.family.sensors]
    hours = {int(m[2]): name for name, m in called if m and _HOURS.fullmatch(m[1].casefold()) and int(m[2]) <= 25}
    if seen.wide and len(hours) >= 20 and seen.family.step >= timedelta(days=1):
        shown = f"'{hours[min(hours)]}' to '{hours[max(hours)]}'"
        yield Doubt(f"{shown} look like the hours of a day, each read as a sensor: export a row an hour", True)
