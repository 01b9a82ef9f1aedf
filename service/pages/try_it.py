"""Try it: readings of one's own, understood, corrected, scored at once, and taken along as settings of a family."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import pyarrow.parquet as pq
from gradio.utils import get_upload_folder

from sensors_data.arrow_rows import to_arrow
from sensors_data.errors import NightscoreError, UnusableError
from sensors_data.series.files.file_source import SUFFIXES
from sensors_data.series.understanding.discover import Discovery
from sensors_data.tables import TABLES
from service.figures.interactive import score_figure
from service.figures.sensors import sensors_figure
from service.pages import look
from service.pages.correcting import FIELDS, Form, correction_form, form_values
from service.pages.tried import FIT, Tried, around_worst, by_itself, examples, scored
from service.pages.upload import Corrections, settings_of, with_changes
from service.pages.upload import look as look_at
from service.views.night import worst_first
from service.views.state import Service
from service.views.understood import HEAD, column_rows, summary
from service.views.words import carried_by, counted_findings, interval

ABOUT = "Upload readings as your system exports them, see what is understood, correct it, and see them scored."
MOST_COLUMNS = 60
"""Columns that the table shows."""


@dataclass(frozen=True)
class Looked:
    """An uploaded file, what was understood of it, and what a person corrected."""

    path: Path
    found: Discovery
    corrections: Corrections


def try_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Try it", ABOUT))
    looked, tried = (gr.State(None, time_to_live=3600) for _ in range(2))
    with gr.Row():
        file = gr.File(label="Readings: CSV, Excel, Parquet, JSON, zip", file_types=[*SUFFIXES, ".gz"], height=150)
        with gr.Column():
            example = gr.Dropdown([], label="or an example from the store", interactive=True)
            who = gr.Dropdown([FIT], value=FIT, label="Scored by", interactive=True)
            share = gr.Slider(20, 90, value=60, step=5, label="A quick detector learns from the first part, per cent")
    understood = gr.HTML()
    with gr.Accordion("Correct what was understood", open=False, visible=False) as correct:
        form, again = correction_form()
    go_on = gr.Button("Score it", variant="primary")
    told = gr.HTML()
    alarms = gr.Slider(
        0.05, 10, value=0.25, step=0.05, label="False alarms put up with, a machine and week", interactive=True
    )
    plot, found = gr.Plot(show_label=False, visible=False), gr.HTML()
    machine = gr.Dropdown([], label="The sensors behind the score of", interactive=True, visible=False)
    behind = gr.Plot(show_label=False, visible=False)
    download = gr.DownloadButton("Download the scores as Parquet", visible=False)
    with gr.Row(visible=False) as saving:
        name = gr.Textbox(label="Save as a family", info="letters, digits, - and _", max_lines=1)
        save = gr.DownloadButton("Download its settings", interactive=True)
    private: dict[str, Any] = {"api_visibility": "private"}

    def opened() -> tuple[Any, Any]:
        names = sorted(service.settings.families)
        return gr.Dropdown(examples(service)), gr.Dropdown([FIT, *(f"the detector of {name}" for name in names)])

    root.load(opened, None, [example, who], **private)
    example.input(lambda text: f"the detector of {text.split(' ')[0]}" if text else FIT, example, who, **private)
    seen = [looked, understood, correct, saving, name, *form]
    heavy: dict[str, Any] = {**private, "concurrency_id": "heavy"}
    looks = (
        gr.on([file.upload, file.clear], lambda path: first_look(service, path), file, seen, **heavy),
        again.click(lambda *v: corrected_look(service, *v), [looked, *form], seen, **heavy),
    )
    shown = [tried, told, plot, found, download, machine, behind]
    go_on.click(
        lambda *v: told_of(service, *v),
        [looked, file, example, who, share, alarms],
        shown,
        **heavy,
    )
    alarms.release(moved, [tried, alarms, machine], [plot, found, behind], **private)
    machine.input(sensors_of, [tried, alarms, machine], behind, **private)
    for event in (name.change, *(after.then for after in looks)):
        event(lambda *v: saved(service, *v), [looked, name], save, **private)


def first_look(service: Service, path: str | None) -> tuple[Any, ...]:
    """What is understood of an upload: state, words, whether it can be corrected and saved, its name, the form."""
    if path is None:
        return None, "", gr.Accordion(visible=False), gr.Row(visible=False), "", *([gr.skip()] * FIELDS)
    return _seen(service, Path(path), Corrections())


def corrected_look(service: Service, looked: Looked | None, *form: Any) -> tuple[Any, ...]:
    """The same after what a person corrected."""
    if looked is None:
        return first_look(service, None)
    now = Form(*form).corrections
    return _seen(service, looked.path, with_changes(looked.corrections, looked.found, now), looked)


def _seen(service: Service, path: Path, corrections: Corrections, before: Looked | None = None) -> tuple[Any, ...]:
    try:
        found = look_at(path, corrections)
    except NightscoreError as error:
        wrong = look.note(str(error).replace(service.settings.store, "the store"), bad=True)
        may = before is not None
        return before, wrong, gr.Accordion(visible=may), gr.Row(visible=may), gr.skip(), *([gr.skip()] * FIELDS)
    words = understood_html(found)
    open_ = gr.Accordion(visible=True), gr.Row(visible=True)
    return Looked(path, found, corrections), words, *open_, found.name, *form_values(found)


def understood_html(found: Discovery) -> str:
    """The columns and what they were taken for, what is odd first of all."""
    lines = [
        line.strip().replace("edit layout.timezone, or --zone", "correct it below")
        for line in summary(found, found.name)
    ]
    odd = [line.removeprefix("odd: ") for line in lines if line.startswith("odd: ")]
    notes = [look.note("Look at this first: " + "; ".join(odd))] if odd else []
    rows = [tuple(map(look.escape, row)) for row in column_rows(found)]
    more = [f"and {len(rows) - MOST_COLUMNS} more columns"] if len(rows) > MOST_COLUMNS else []
    plain = "<br>".join(look.escape(line) for line in [*more, *lines] if not line.startswith("odd: "))
    table = look.table(HEAD, rows[:MOST_COLUMNS])
    return look.whole([*notes, "<h2>What was understood</h2>", table, f'<p class="ns-soft">{plain}</p>'])


def told_of(
    service: Service,
    looked: Looked | None,
    path: str | None,
    example: str | None,
    scorer: str,
    learn: float,
    alarms: float,
) -> tuple[Any, ...]:
    """What came of a file or an example: its scores, a sentence, the plots, the anomalies, the download."""
    try:
        if looked is not None and path is not None and scorer == FIT:
            tried = by_itself(looked.found.family, looked.path, learn / 100)
        else:
            tried = scored(service, path, example, scorer, learn / 100)
    except NightscoreError as error:
        reason = str(error).replace(service.settings.store, "the store")
        hidden = gr.Plot(visible=False)
        nothing = gr.DownloadButton(visible=False), gr.Dropdown(visible=False)
        return None, look.note(reason, bad=True), hidden, "", *nothing, hidden
    download = gr.DownloadButton(value=as_parquet(tried), visible=True)
    machines = machines_of(tried, alarms)
    behind = sensors_of(tried, alarms, machines[0])
    choice = gr.Dropdown(machines, value=machines[0], visible=True)
    return tried, look.note(tried.about), *drawn(tried, alarms), download, choice, behind


def moved(tried: Tried | None, alarms: float, machine: str | None) -> tuple[Any, ...]:
    """The plots and the anomalies under another budget of false alarms."""
    if tried is None:
        return gr.Plot(visible=False), "", gr.Plot(visible=False)
    return *drawn(tried, alarms), sensors_of(tried, alarms, machine)


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


def machines_of(tried: Tried, alarms: float) -> list[str]:
    """The machines that were scored, that of the worst anomaly first."""
    anomalies = tried.scored.under(alarms).anomalies(tried.rules)
    worst = [str(name) for name in worst_first(anomalies)["asset"]] if len(anomalies) else []
    return list(dict.fromkeys([*worst, *sorted(map(str, tried.scored.rows["asset"].unique()))]))


def sensors_of(tried: Tried | None, alarms: float, machine: str | None) -> Any:
    """A machine's sensors over what was expected of them, around its worst anomaly."""
    if tried is None or not machine:
        return gr.Plot(visible=False)
    moved = tried.scored.under(alarms)
    anomalies = moved.anomalies(tried.rules)
    scores, sensors, anomalies = (part[part["asset"] == machine] for part in (moved.rows, moved.sensors, anomalies))
    first, last = around_worst(scores, anomalies)
    scores, sensors = (part[(part["time"] >= first) & (part["time"] <= last)] for part in (scores, sensors))
    shown = anomalies[(anomalies["end"] >= first) & (anomalies["start"] <= last)]
    return gr.Plot(sensors_figure(scores, sensors, shown, moved.spec), visible=True)


def as_parquet(tried: Tried) -> str:
    """The scores as a file."""
    file = _download_folder() / "scores.parquet"
    pq.write_table(to_arrow(TABLES["scores"], tried.scored.rows), file)
    return str(file)


def _download_folder() -> Path:
    """A new folder among the pages' files, which go an hour later and when the service stops."""
    pages = Path(get_upload_folder())
    pages.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=pages))


def saved(service: Service, looked: Looked | None, name: str) -> Any:
    """The button that gives an upload's settings as a file; without one where the name cannot be."""
    if looked is None:
        return gr.DownloadButton(value=None, interactive=False)
    try:
        text = settings_of(looked.found, name.strip(), looked.path.name, tuple(service.settings.families))
    except UnusableError as error:
        return gr.DownloadButton(str(error), value=None, interactive=False)
    file = _download_folder() / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return gr.DownloadButton("Download its settings", value=str(file), interactive=True)
