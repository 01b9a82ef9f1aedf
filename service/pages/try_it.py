"""Try it: readings of one's own, scored at once by a known family's detector or by one fitted on the spot."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from anomaly.series.anomalies import Rules, find_anomalies
from anomaly.series.calibration import WEEK_S
from anomaly.series.detector import Detector
from anomaly.series.find_job import rules_of
from anomaly.series.lstm_vae_card import LSTMVAEDetectorConfig
from anomaly.series.score_job import score_day
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.train import train_detector
from anomaly.thresholds import Threshold
from sensors_data.arrow_rows import as_table, to_arrow
from sensors_data.series.discover import discover
from sensors_data.series.file_source import forget_files
from sensors_data.series.grid import Grid, as_us, impute, to_grid
from sensors_data.series.grid_table import day_rows
from sensors_data.series.imputing import SEASONAL_DAYS
from sensors_data.series.readings import read_frame
from sensors_data.settings import Family
from sensors_data.tables import TABLES
from service.api.bodies import check_parquet, rows_of
from service.figures.interactive import score_figure
from service.pages import look
from service.views.night import worst_first
from service.views.scoring import score_readings
from service.views.state import Service
from service.views.words import carried_by, count, counted_findings, interval

FIT = "fit a quick detector to the file itself"
MOST_ROWS, MOST_ASSETS, MOST_DAYS = 50_000, 8, 31
ABOUT = "Upload a CSV or Parquet file of readings, or take an example, and see it scored. Nothing is kept."


@dataclass(frozen=True)
class Tried:
    """Scored rows, and what moves their threshold."""

    scores: pd.DataFrame
    sensor_scores: pd.DataFrame
    thresholds: dict[str, Threshold]
    rules: Rules
    spec: Family
    told: str

    def under(self, alarms: float) -> tuple[pd.Series, pd.DataFrame]:
        """The limit of each row and the anomalies, worst first, under a budget of alarms an asset-week."""
        budget = alarms * self.spec.step.total_seconds() / WEEK_S
        moved = {name: t.limit_for(budget) / t.value for name, t in self.thresholds.items()}
        limit = self.scores["threshold"] * self.scores["model"].map(moved)
        last = self.thresholds[str(self.scores["model"].iloc[-1])]
        at_limit = float(last.p_value(np.array([last.limit_for(budget)]))[0])
        rows = self.scores.assign(is_anomaly=self.scores["score"] > limit)
        found = find_anomalies(rows, self.sensor_scores, self.rules, self.spec.step, "tried", at_limit)
        return limit, worst_first(found) if len(found) else found


def try_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Try it", ABOUT))
    kept = gr.State(None, time_to_live=3600)
    with gr.Row():
        file = gr.File(label="Readings: CSV or Parquet", file_types=[".csv", ".txt", ".parquet"], height=150)
        with gr.Column():
            example = gr.Dropdown([], label="or an example from the store", interactive=True)
            who = gr.Dropdown([FIT], value=FIT, label="Scored by", interactive=True)
            share = gr.Slider(20, 90, value=60, step=5, label="A quick detector learns from the first part, per cent")
    go_on = gr.Button("Score it", variant="primary")
    told = gr.HTML()
    alarms = gr.Slider(
        0.05, 10, value=0.25, step=0.05, label="False alarms put up with, a machine and week", interactive=True
    )
    plot = gr.Plot(show_label=False, visible=False)
    found = gr.HTML()
    download = gr.DownloadButton("Download the scores as Parquet", visible=False)
    private: dict[str, Any] = {"api_visibility": "private"}

    def opened() -> tuple[Any, Any]:
        names = sorted(service.settings.families)
        return gr.Dropdown(examples(service)), gr.Dropdown([FIT, *(f"the detector of {name}" for name in names)])

    def move(tried: Tried | None, budget: float) -> tuple[Any, Any]:
        return drawn(tried, budget) if tried is not None else (gr.Plot(visible=False), "")

    root.load(opened, None, [example, who], **private)
    example.input(lambda text: f"the detector of {text.split(' ')[0]}" if text else FIT, example, who, **private)
    shown = [kept, told, plot, found, download]
    go_on.click(
        lambda *v: told_of(service, *v), [file, example, who, share, alarms], shown, concurrency_id="heavy", **private
    )
    alarms.release(move, [kept, alarms], [plot, found], **private)


def told_of(
    service: Service, path: str | None, example: str | None, scorer: str, learn: float, alarms: float
) -> tuple[Any, ...]:
    """What came of a file or an example: what is kept of it, a sentence, the plot, the anomalies, the download."""
    try:
        tried = scored(service, path, example, scorer, learn / 100)
    except (KeyError, IndexError):
        raise  # a fault of ours, not of the file
    except (LookupError, ValueError, OSError) as error:
        told = str(error).replace(service.settings.store, "the store")
        return None, look.note(told, bad=True), gr.Plot(visible=False), "", gr.DownloadButton(visible=False)
    download = gr.DownloadButton(value=as_parquet(tried), visible=True)
    return tried, look.note(tried.told), *drawn(tried, alarms), download


def examples(service: Service) -> list[str]:
    """The days of the store that can be tried, the ones with most to see first: `pump 2026-03-26`."""
    found = []
    for family in sorted(service.settings.families):
        days = service.store.days("scores", family=family)[-14:]
        rows = {day: service.store.read_days("anomalies", [day], family=family) for day in days}
        best = sorted(days, key=lambda day: -max([0.0, *rows[day]["peak_score"]]))
        found += [f"{family} {day}" for day in best[:4]]
    return found


def scored(service: Service, path: str | None, example: str | None, scorer: str, learn: float) -> Tried:
    """The scored rows of a file or an example. ValueError, LookupError say what is wrong with it."""
    if path is None and not example:
        raise ValueError("there is nothing to score yet; upload a file or pick an example")
    if path is None and example:
        family, _, day = example.partition(" ")
        readings = service.store.read("readings", family=family, day=date.fromisoformat(day))
        return (
            by_family(service, family, readings)
            if scorer != FIT
            else by_itself(service.settings.family(family), readings, learn)
        )
    if scorer != FIT:
        family = scorer.removeprefix("the detector of ")
        return by_family(service, family, _readings(service.settings.family(family), Path(str(path))))
    spec = _discovered(Path(str(path)))
    return by_itself(spec, _readings(spec, Path(str(path))), learn)


def _discovered(path: Path) -> Family:
    """What a file measures, by a look at it. ValueError when it is no CSV or Parquet, or packed to hold too much."""
    if path.suffix.lower() == ".parquet":
        check_parquet(path.read_bytes())
    elif path.suffix.lower() not in (".csv", ".txt"):
        raise ValueError(f"{path.name} is neither .csv nor .parquet; unpack it first")
    try:
        return discover(path).family
    finally:
        forget_files()


def _readings(spec: Family, path: Path) -> pd.DataFrame:
    frame, bad = rows_of(path.read_bytes(), "", spec)
    if len(frame) > MOST_ROWS:
        raise ValueError(f"the file has {len(frame):,} rows; at most {MOST_ROWS:,} are tried here: cut it, or backfill")
    readings, rejects = read_frame(frame, bad, spec, path.name)
    if readings.empty:
        why = f"; first: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        raise ValueError(f"none of its {len(rejects):,} values can be used{why}")
    return readings


def by_family(service: Service, family: str, readings: pd.DataFrame) -> Tried:
    """Readings under the detectors that serve their days."""
    found = score_readings(service, family, readings)
    if found.scores["score"].isna().all():
        raise ValueError("no row could be scored: too little of any window was measured")
    days = sorted(found.scores["time"].dt.date.unique())
    limits = {d.name: d.threshold for d in (service.detector(family, day) for day in days)}
    told = f"{count(len(found.scores), 'row')} scored by {', '.join(limits)}"
    rules, spec = rules_of(service.settings, family), service.settings.family(family)
    return Tried(found.scores, found.sensor_scores, limits, rules, spec, told)


def by_itself(spec: Family, readings: pd.DataFrame, learn: float) -> Tried:
    """Readings under a detector that learned the first part of them: its linear path alone, in seconds."""
    assets = sorted(readings["asset"].unique())
    if len(assets) > MOST_ASSETS:
        raise ValueError(f"the file has {len(assets)} machines; {MOST_ASSETS} are tried here at most")
    rows = as_table("readings", readings)
    grids = {asset: _grid(rows[rows["asset"] == asset], spec) for asset in assets}
    config = LSTMVAEDetectorConfig(recurrent=False, max_windows=600)
    spans = {}
    for asset, grid in grids.items():
        learned = grid.rows(0, round(learn * len(grid)))
        abnormal = [False] * len(learned)
        spans[asset] = Span(learned, pd.Series(abnormal, dtype=bool).to_numpy(), round(0.75 * len(learned)))
    first = min(grid.times[0] for grid in grids.values()).astype("datetime64[D]").astype(date)
    plan = TrainingPlan("tried", spec.step.total_seconds(), first, config, 0)
    detector, _ = train_detector(plan, spans, None)
    scores, sensors = _all_days(detector, spec, grids)
    until = max(span.grid.times[-1] for span in spans.values() if len(span))
    told = f"{count(len(scores), 'row')} scored; learned from those until {pd.Timestamp(until):%Y-%m-%d %H:%M} UTC"
    return Tried(scores, sensors, {detector.name: detector.threshold}, Rules(), spec, told)


def _grid(rows: pd.DataFrame, spec: Family) -> Grid:
    grid = to_grid(rows, spec.step, spec.sensor_names)
    return impute(grid, spec.linear_gap // spec.step, spec.seasonal_gap // spec.step, day_rows(spec), SEASONAL_DAYS)


def _all_days(detector: Detector, spec: Family, grids: dict[str, Grid]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every day under a detector as its nights would score it, the last ones where there are many."""
    first = min(grid.times[0] for grid in grids.values()).astype("datetime64[D]").astype(date)
    last = max(grid.times[-1] for grid in grids.values()).astype("datetime64[D]").astype(date)
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    none = TABLES["incidents"].frame()
    parts = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        there = [a for a, g in grids.items() if len(g.between(as_us(day), as_us(day + timedelta(days=1))))]
        parts.append(score_day(detector, spec, grids, none, day, there))
    scores, sensors = (as_table(t, pd.concat([p[n] for p in parts])) for n, t in enumerate(("scores", "sensor_scores")))
    return scores, sensors


def drawn(tried: Tried, alarms: float) -> tuple[Any, str]:
    """The figure under a budget, and the anomalies in a table."""
    limit, found = tried.under(alarms)
    rows = [
        (
            look.tag(row["severity"]),
            *map(look.escape, (row["asset"], interval(row["start"], row["end"]))),
            look.escape(carried_by(row["sensors"])),
        )
        for row in found.head(15).to_dict("records")
    ]
    told = f"<p><strong>{look.escape(counted_findings(found))}</strong></p>"
    table = look.table(("", "machine", "when", "carried by"), rows) if rows else ""
    figure = score_figure(tried.scores, limit, found, tried.spec.step)
    return gr.Plot(figure, visible=True), look.whole([told, table])


def as_parquet(tried: Tried) -> str:
    """A file of the scores, which goes with the page's other files an hour later."""
    with tempfile.NamedTemporaryFile(prefix="scores-", suffix=".parquet", delete=False) as file:
        pq.write_table(to_arrow(TABLES["scores"], tried.scores), file)
        return file.name
