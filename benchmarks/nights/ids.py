"""Whether ids hold over the nights: each row of time of one anomaly, each anomaly new once, then continuing or ended.

python -m benchmarks.nights.ids --data FOLDER [--series a,b] [--budget 0.25]

The nights are those of `benchmarks.nights`, with seed 0.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table

from benchmarks.nights.run import nights_of, read_dated
from benchmarks.outputs import wide_console
from benchmarks.series.data import read_manifest

console = wide_console(markup=True)

SIDES = (("start", "end"), ("detected", "cleared"))
"""An anomaly's interval, and its rows over the threshold."""
GOES_ON = {"new": {"continuing", "ended"}, "continuing": {"continuing", "ended"}, "ended": set[str]()}
"""What may be said of an anomaly in the night after one in which a state was said of it."""


@dataclass(frozen=True)
class Ids:
    """What the nights of a family say of their anomalies, counted."""

    nights: int
    anomalies: int
    borders: int
    """Pairs of ids that had a row of time in common, be it in different nights."""
    overlaps: int
    """Those that have one in common as last reported."""
    not_new: int
    """Anomalies of which no night says first that they are new."""
    out_of_turn: int
    """Nights that say what may not follow what the night before said of the same anomaly."""


def ids_of(nights: dict[date, pd.DataFrame]) -> Ids:
    """The counts over the nights' rows of `anomalies` of a family."""
    every = pd.concat(list(nights.values())) if nights else pd.DataFrame({"anomaly_id": [], "asset": []})
    last = every.drop_duplicates("anomaly_id", keep="last")
    states = [list(rows) for _, rows in every.groupby("anomaly_id", sort=False)["state"]] if len(every) else []
    follow = [after not in GOES_ON[before] for of_one in states for before, after in pairwise(of_one)]
    not_new = sum(of_one[0] != "new" for of_one in states)
    return Ids(len(nights), len(last), len(shared(every)), len(shared(last)), not_new, sum(follow))


def shared(anomalies: pd.DataFrame) -> set[tuple[str, str]]:
    """The pairs of ids of one asset that have an interval or rows over the threshold in common."""
    pairs = set[tuple[str, str]]()
    for _, rows in anomalies.groupby("asset"):
        for one, other in combinations(rows.to_dict("records"), 2):
            if one["anomaly_id"] != other["anomaly_id"] and any(
                one[first] < other[last] and other[first] < one[last] for first, last in SIDES
            ):
                pairs.add((min(one["anomaly_id"], other["anomaly_id"]), max(one["anomaly_id"], other["anomaly_id"])))
    return pairs


def main(
    data: Annotated[Path, typer.Option(help="Folder with manifest.csv and one Parquet file a series.")],
    series: Annotated[str, typer.Option(help="Series to run, separated by commas; all where empty.")] = "",
    budget: Annotated[float, typer.Option(min=0.001, help="False alarms an asset-week that are put up with.")] = 0.25,
) -> None:
    """The counts of every series."""
    table = Table("series", *(field.name for field in fields(Ids)))
    wanted = {name for name in series.split(",") if name}
    for one in (listed for listed in read_manifest(data) if not wanted or listed.name in wanted):
        table.add_row(one.name, *map(str, astuple(ids_of(nights_of(read_dated(one), budget, 0)))))
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
