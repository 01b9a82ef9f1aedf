"""The series on which nightscore is worst, drawn: values, what is labelled, score and limit.

python -m benchmarks.series.worst --data FOLDER --results FILE --out PICTURE [--count 5]
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anomaly.evaluation.scores import events
from benchmarks.series.data import Listed, Series, read_manifest, read_series
from benchmarks.series.nightscore import fit, score

Array = NDArray[np.float64]

POINTS = 1_500
"""Columns of a picture; of the rows that share one, the highest score and the mean value are drawn."""


def worst(results: pd.DataFrame, count: int) -> pd.Series:
    """VUS-PR of the `count` series on which nightscore is worst, the mean over seeds, lowest first."""
    means = results[results["method"] == "nightscore"].groupby("name")["vus_pr"].mean()
    return means.dropna().nsmallest(count)


def draw(axes: Axes, title: str, listed: Listed, series: Series) -> None:
    """One series: its standardised values in grey, its score on a log axis, labels shaded, the limit dashed."""
    model = fit(series.values[: listed.train_end], 0)
    scores, limit = score(model, series.values)
    size = -(-len(scores) // POINTS)
    rows = np.arange(0, len(scores), size)
    train = series.values[: listed.train_end]
    moving = train.std(axis=0) > 0
    shown = (series.values - train.mean(axis=0)) / np.where(moving, train.std(axis=0), 1)
    for start, end in zip(*events(series.labels), strict=True):
        axes.axvspan(start, end, color="tab:orange", alpha=0.25, lw=0)
    axes.axvline(listed.train_end, color="black", lw=0.8)
    for column in np.flatnonzero(moving)[:8]:
        axes.plot(rows, np.add.reduceat(shown[:, column], rows) / size, color="0.6", lw=0.5)
    axes.set_ylabel("value", color="0.4", fontsize=7)
    axes.set_ylim(*np.quantile(shown[:, moving], [0.001, 0.999]))
    beside = axes.twinx()
    beside.semilogy(rows, np.maximum.reduceat(np.maximum(scores, 1e-3), rows), color="tab:blue", lw=0.7)
    beside.axhline(limit, color="tab:red", ls="--", lw=0.8)
    beside.set_ylabel("score, nats", color="tab:blue", fontsize=7)
    axes.set_title(title, fontsize=8, loc="left")
    axes.set_xlim(0, len(scores))
    for side in (axes, beside):
        side.tick_params(labelsize=6)


def main(
    data: Annotated[Path, typer.Option(help="Folder with manifest.csv and one Parquet file a series.")],
    results: Annotated[Path, typer.Option(help="CSV of benchmarks.series.")],
    out: Annotated[Path, typer.Option(help="PNG to write.")],
    count: Annotated[int, typer.Option(min=1)] = 5,
) -> None:
    """Fit nightscore anew on its worst series and draw them one below the other."""
    chosen = worst(pd.read_csv(results), count)
    listed = {series.name: series for series in read_manifest(data)}
    figure = Figure(figsize=(9, 1.55 * len(chosen)), layout="constrained")
    panels = figure.subplots(len(chosen), 1, squeeze=False)[:, 0]
    for axes, (name, area) in zip(panels, chosen.items(), strict=True):
        one = listed[str(name)]
        draw(axes, f"{name}: VUS-PR {area:.2f}, {one.source}", one, read_series(one))
    figure.savefig(out, dpi=90)


if __name__ == "__main__":
    typer.run(main)
