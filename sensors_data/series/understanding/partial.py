"""Settings as far as a file is understood, for a file whose times are not: with the line that a person must correct."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import Table

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.layout import Layout
from sensors_data.series.files.file_source import find_files
from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.first_rows import columns_of
from sensors_data.series.understanding.settings_text import key_of, layout_table
from sensors_data.series.understanding.time_columns import find_time
from sensors_data.series.understanding.wishes import Wishes

MEND = "MEND THIS LINE"
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Partial:
    """A settings file's text with what is known of a family, and the line at which it must be corrected, from 1."""

    text: str
    line: int


def partial_settings(text: str, source: Path, name: str, wishes: Wishes) -> Partial | None:
    """Settings whose times are left to a person, added to a text of settings; None where that is not what it lacks.

    The likeliest column stands as the time: one that is called so, else the first one of words.
    """
    try:
        columns, frame, marks = columns_of((files := find_files(str(source)))[0], wishes, files)
    except UnusableError:
        return None
    if _has_times(columns):
        return None
    likely = _likely_time(columns)
    sensors = [column for column in columns if column.numeric and column is not likely and column.name.strip()]
    if not sensors:
        return None
    keys = {**(frame.keys() if frame else {}), **marks.keys()}
    layout = Layout.model_validate({**keys, "time": likely.name, "time_format": wishes.style or _FORM})
    shown = str(likely.filled.iloc[0])[:40] if len(likely.filled) else ""
    document = tomlkit.parse(text)
    families = document.setdefault("families", tomlkit.table(is_super_table=True))
    families.append(name, _family(source, layout, sensors, f"{MEND}: how '{shown}' reads, or another column as time"))
    whole = tomlkit.dumps(document)
    return Partial(whole, next(n for n, line in enumerate(whole.splitlines(), start=1) if MEND in line))


def without_partial(text: str, name: str) -> str:
    """A settings file's text without a family of which only a part was known, so that it can be written anew."""
    document = tomlkit.parse(text)
    families = document.get("families", {})
    if name in families and MEND in tomlkit.dumps(families[name]):
        families.remove(name)
    return tomlkit.dumps(document)


def _has_times(columns: list[Column]) -> bool:
    """Whether a column of times is found, so that the file lacks something else."""
    try:
        return bool(find_time(columns, ""))
    except UnreadableError:
        return False


def _likely_time(columns: list[Column]) -> Column:
    """The column that may be the time."""
    named = [column for column in columns if column.named(WORDS["time"])]
    words = [column for column in columns if not column.numeric and len(column.distinct) > 1]
    return next(iter([*named, *words, *columns]))


def _family(source: Path, layout: Layout, sensors: list[Column], note: str) -> Table:
    table = tomlkit.table()
    table.add("inbox", str(source.resolve()))
    step = tomlkit.item("1min")
    step.comment("the usual distance of two readings is not known yet")
    table.add("step", step)
    table.add("layout", layout_table(layout, {"time_format": note}))
    known = tomlkit.table()
    for column in sensors:
        known.add(key_of(column.name), tomlkit.inline_table())
    table.add("sensors", known)
    return table
