"""Files of a folder: several machines, or periods of one machine, distinguished by the times in them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.dates.parsing import read_times

PERIOD = r"\d{4}[-_.]?\d{2}(?:[-_.]?\d{2})?"
"""A day or a month in the name of a file."""
_COPY = r"^(?:copy|kopie|copie|copia)(?: of| von| de)? |[ _-]*(?:\(\d+\)|-? ?(?:copy|kopie|copie|copia))$"
"""What systems add to the name of a copy."""

Span = tuple[pd.Timestamp, pd.Timestamp]


def time_span(raw: pd.DataFrame, layout: Layout) -> Span | None:
    """A file's first and last time, None where none can be read."""
    times = read_times(raw["time"].drop_duplicates(), layout).dropna()
    return (times.min(), times.max()) if len(times) else None


def repeats(parts: dict[Path, pd.DataFrame], layout: Layout) -> bool:
    """Whether files that share times hold the same values at most of them: copies, or parts that lap over.

    Files of the same times under names of their own are machines, even if they read alike.
    """
    if layout.asset or len(parts) < 2:
        return False
    keyed = pd.concat([p[["time", "sensor", "value"]].assign(file=n) for n, p in enumerate(parts.values())])
    shared = keyed[keyed.duplicated(["time", "sensor"], keep=False)]
    if shared["file"].nunique() < 2:
        return False
    alike = shared.astype({"value": str}).groupby(["time", "sensor"], sort=False)["value"].nunique() == 1
    steady = shared.groupby("sensor")["value"].nunique().max() < 3  # values that hardly change say nothing
    stems = {re.sub(_COPY, "", path.stem.casefold()) for path in parts}
    lapping = (shared["file"].value_counts() / keyed["file"].value_counts()).dropna().max() < 0.6
    return bool(alike.mean() > 0.5 and not steady and (lapping or len(stems) == 1))


def files_as_assets(spans: dict[Path, Span | None], layout: Layout) -> dict[str, object]:
    """The layout's keys for files that are machines: their times lie over one another, no column says whose they are.

    Where each machine has a folder of its own, that is its name; where it has a file a period, the file's name without
    the period.
    """
    known = {path: span for path, span in spans.items() if span is not None}
    if layout.asset or len(known) < 2 or _follow_one_another(list(known.values())):
        return {}
    folders: dict[str, list[Span]] = {}
    for path, span in known.items():
        folders.setdefault(path.parent.name, []).append(span)
    if len(folders) > 1 and all(map(_follow_one_another, folders.values())):
        return {"asset_from_folder": True}
    names = [path.name for path in known]
    period = _pattern(layout.date_in_name) if layout.date_in_name else PERIOD
    stems = {re.sub(rf"[-_. ]*{period}[-_. ]*", "", re.sub(r"\.[^.]*$", "", name)).split(".")[0] for name in names}
    dated = all(re.search(period, name) for name in names)
    if dated and 1 < len(stems) < len(known) and "" not in stems:
        return {"asset_from_file": rf"^(.+?)[-_. ]*{period}"}
    return {"asset_from_file": not (dated and len(stems) == 1)}


def _pattern(form: str) -> str:
    """The pattern of a date of a form within a name."""
    signs = {"%Y": r"\d{4}", "%b": r"[^\W\d_]{3,14}"}
    parts = re.findall(r"%.|.", form.removesuffix("/"))
    return "".join(signs.get(part, r"\d{1,2}") if part[0] == "%" else re.escape(part) for part in parts)


def _follow_one_another(spans: list[Span]) -> bool:
    """Whether each span begins about where the one before it ends, or later."""
    spans = sorted(spans)
    over = sum(
        (min(before[1], after[1]) - after[0]) > 0.1 * max(after[1] - after[0], pd.Timedelta("1s"))
        for before, after in pairwise(spans)
    )
    return over <= 0.1 * len(spans)
