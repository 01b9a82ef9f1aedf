"""Try it: readings of one's own, scored at once by a known family's detector or by one fitted on the spot."""

from __future__ import annotations

import tempfile
from typing import Any

import gradio as gr
import pyarrow.parquet as pq

from sensors_data.arrow_rows import to_arrow
from sensors_data.errors import NightscoreError
from sensors_data.tables import TABLES
from service.figures.interactive import score_figure
from service.pages import look
from service.pages.tried import FIT, Tried, examples, scored
from service.views.night import worst_first
from service.views.state import Service
from service.views.words import carried_by, counted_findings, interval

ABOUT = "Upload a CSV or Parquet file of readings, or take an example, and see it scored. Nothing is kept."


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
    except NightscoreError as error:
        reason = str(error).replace(service.settings.store, "the store")
        return None, look.note(reason, bad=True), gr.Plot(visible=False), "", gr.DownloadButton(visible=False)
    download = gr.DownloadButton(value=as_parquet(tried), visible=True)
    return tried, look.note(tried.about), *drawn(tried, alarms), download


def drawn(tried: Tried, alarms: float) -> tuple[Any, str]:
    """The figure under a budget of false alarms, and the anomalies in a table."""
    moved = tried.scored.under(alarms)
    anomalies = moved.anomalies(tried.rules)
    anomalies = worst_first(anomalies) if len(anomalies) else anomalies
    rows = [
        (
            look.tag(row["severity"]),
            *map(look.escape, (row["asset"], interval(row["start"], row["end"]))),
            look.escape(carried_by(row["sensors"])),
        )
        for row in anomalies.head(15).to_dict("records")
    ]
    counted = f"<p><strong>{look.escape(counted_findings(anomalies))}</strong></p>"
    table = look.table(("", "machine", "when", "carried by"), rows) if rows else ""
    figure = score_figure(moved.rows, moved.rows["threshold"], anomalies, moved.spec.step)
    return gr.Plot(figure, visible=True), look.whole([counted, table])


def as_parquet(tried: Tried) -> str:
    """A file of the scores, which goes with the page's other files an hour later."""
    with tempfile.NamedTemporaryFile(prefix="scores-", suffix=".parquet", delete=False) as file:
        pq.write_table(to_arrow(TABLES["scores"], tried.scored.rows), file)
        return file.name
