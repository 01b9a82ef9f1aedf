"""Review: say what last night's anomalies were, and see what a threshold fitted again would have changed."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

import gradio as gr
import pandas as pd
import plotly.graph_objects as go

from anomaly.series.replay import accept_threshold, replay
from sensors_data.errors import NightscoreError, NotThereError
from sensors_data.settings import parse
from sensors_data.store import Store
from service.api.guard import Access
from service.figures.asset import rows_of
from service.figures.interactive import asset_figure
from service.pages import look
from service.views.feedback import Opinion, find_anomaly, keep_opinion, labels_of
from service.views.night import worst_first
from service.views.state import Service
from service.views.words import (
    carried_by,
    counted_findings,
    interval,
    leading,
    number,
    replay_summary,
    seen_and_expected,
)

ABOUT = (
    "Confirm what was real, dismiss what was not, excuse planned work. "
    "Dismissed intervals are normal at the next training, confirmed ones are left out of it."
)
MEANING = {"confirmed": "Confirm: a real fault", "dismissed": "Dismiss: a false alarm", "planned": "Planned work"}
REPLAY = (
    "The threshold is fitted again with what was said, and the nights are judged again. Nothing changes until you "
    "accept; then it serves the next night."
)
PRIVATE: dict[str, Any] = {"api_visibility": "private"}


def review_page(service: Service, root: gr.Blocks, access: Access) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Review", ABOUT))
    with gr.Row():
        family = gr.Dropdown([], label="Family", interactive=True)
        nights = gr.Slider(1, 28, value=7, step=1, label="Nights to look back on", interactive=True)
    queue = gr.Radio([], label="Anomalies, worst first; what was said stands behind")
    told = gr.HTML()
    plot = gr.Plot(show_label=False)
    with gr.Row():
        author = gr.Textbox(label="Your name", max_length=128)
        note = gr.Textbox(label="Note (what it was)", max_length=2000)
    with gr.Row():
        buttons = [gr.Button(text, variant="primary" if kind == "confirmed" else "secondary", size="md")
                   for kind, text in MEANING.items()]  # fmt: skip
    answer = gr.HTML()

    def opened() -> tuple[Any, ...]:
        names = sorted(service.settings.families)
        return gr.Dropdown(names, value=next(iter(names), None)), listed(service, next(iter(names), None), 7)

    def look_at(name: str, anomaly: str | None) -> tuple[str, go.Figure | None]:
        return shown(service, name, anomaly) if name and anomaly else ("", None)

    root.load(opened, None, [family, queue], **PRIVATE)
    gr.on([family.input, nights.release], lambda f, n: listed(service, f, int(n)), [family, nights], queue, **PRIVATE)
    queue.change(look_at, [family, queue], [told, plot], **PRIVATE)
    for kind, button in zip(MEANING, buttons, strict=True):

        def on_click(
            name: str, anomaly: str | None, many: int, who: str, text: str, request: gr.Request, kind: str = kind
        ) -> tuple[Any, str]:
            about = {"family": name, "anomaly_id": anomaly, "kind": kind}
            found = spoken(service, access, request, about, who, text)
            return listed(service, name, int(many), anomaly), found

        button.click(on_click, [family, queue, nights, author, note], [queue, answer], **PRIVATE)
    _replay_part(service, access, family, nights)


def _replay_part(service: Service, access: Access, family: gr.Dropdown, nights: gr.Slider) -> None:
    """What would have changed, and the button that accepts it."""
    gr.HTML(f"<h3>What would change</h3><p class='ns-soft'>{REPLAY}</p>")
    own = gr.Checkbox(True, label="Keep the false-alarm budget of the settings")
    budget = gr.Slider(0.05, 10, value=0.25, step=0.05, label="or put up with so many, a machine and week")
    with gr.Row():
        ask = gr.Button("Replay these nights", variant="primary")
        take = gr.Button("Accept for the next night", interactive=False)
    outcome = gr.HTML()
    given = [family, nights, own, budget]

    def run(name: str, many: int, keep: bool, alarms: float) -> tuple[str, Any]:
        try:
            found = replay(service.settings, name, *span(service, name, int(many)), None if keep else alarms)
        except NightscoreError as error:
            return _wrong(service, error), gr.Button(interactive=False)
        rows = [_row(row) for row in found.anomalies.to_dict("records")]
        table = look.table(("", "severity", "machine", "when", "carried by"), rows) if rows else ""
        return look.whole([look.note(replay_summary(found)), table]), gr.Button(interactive=True)

    def agree(name: str, many: int, keep: bool, alarms: float, request: gr.Request) -> tuple[str, Any]:
        if not access.known(request.headers):
            return _locked(), gr.Button(interactive=True)
        try:
            first, last = span(service, name, int(many))
            line = accept_threshold(service.settings, last, name, first, None if keep else alarms)
            return look.note(line), gr.Button(interactive=False)
        except NightscoreError as error:
            return _wrong(service, error), gr.Button(interactive=False)

    ask.click(run, given, [outcome, take], concurrency_id="heavy", **PRIVATE)
    take.click(agree, given, [outcome, take], concurrency_id="heavy", **PRIVATE)


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    steps = dict.fromkeys(filter(None, (row["severity_before"], row["severity_after"])))
    severity = " to ".join(look.tag(str(step)) for step in steps)
    when, sensors = interval(row["start"], row["end"]), carried_by(row["sensors"])
    return f"<strong>{row['change']}</strong>", severity, escape(str(row["asset"])), escape(when), escape(sensors)


def span(service: Service, family: str, many: int) -> tuple[date, date]:
    """The first and last of a family's newest nights. LookupError when none was scored."""
    days = service.store.days("scores", family=family)
    if not days:
        raise NotThereError(f"nothing of {family} was scored yet", "run: nightscore backfill")
    return max(days[0], days[-1] - timedelta(days=many - 1)), days[-1]


def listed(service: Service, family: str | None, many: int, chosen: str | None = None) -> Any:
    """The queue: anomalies of the newest nights, worst first, each with what was said of it."""
    if not family or not service.store.days("scores", family=family):
        return gr.Radio([], value=None, label="Nothing was scored yet; next: nightscore backfill")
    first, last = span(service, family, many)
    days = [day for day in service.store.days("anomalies", family=family) if first <= day <= last]
    found = labels_of(service.store, family, days)
    found = worst_first(found[~found["suppressed"]])
    entries = [(_entry(row), str(row["anomaly_id"])) for row in found.to_dict("records")]
    known = [value for _, value in entries]
    value = chosen if chosen in known else next(iter(known), None)
    text = "Anomalies, worst first; what was said stands behind" if entries else f"No anomaly from {first} to {last}"
    return gr.Radio(entries, value=value, label=text)


def _entry(row: dict[Any, Any]) -> str:
    sensors = ", ".join(leading(row["sensors"]))
    said = f" - {row['said']} by {row['author'] or 'somebody'}" if isinstance(row["said"], str) else ""
    return f"{row['severity']}: {row['asset']} {sensors}, {interval(row['start'], row['end'])}{said}"


def shown(service: Service, family: str, anomaly: str) -> tuple[str, go.Figure]:
    """An anomaly in words, and its days."""
    store, spec = service.store, service.settings.family(family)
    found = find_anomaly(store, family, anomaly)
    start, end = pd.Timestamp(str(found["start"])), pd.Timestamp(str(found["end"]))
    days = [d.date() for d in pd.date_range(start.date(), (end - timedelta(microseconds=1)).date(), freq="D")]
    scores, sensors = (rows_of(store, t, family, days, str(found["asset"])) for t in ("scores", "sensor_scores"))
    frame = pd.DataFrame([found])
    return in_words(store, spec, family, frame), asset_figure(scores, sensors, frame, spec)


def spoken(service: Service, access: Access, request: gr.Request, about: dict[str, Any], who: str, text: str) -> str:
    """What came of a person's word, as a note."""
    if not access.known(request.headers):
        return _locked()
    if not about["anomaly_id"]:
        return look.note("Choose an anomaly first.", bad=True)
    if not who.strip():
        return look.note("Say who you are first: your name is kept with what you say.", bad=True)
    try:
        keep_opinion(service.store, parse(Opinion, {**about, "author": who.strip(), "note": text}, "what you say"))
    except NightscoreError as error:
        return _wrong(service, error)
    return look.note(f"Kept: {about['kind']} by {who.strip()}. It counts from the next training on.")


def _locked() -> str:
    return look.note("Writing takes the token: open the link that `nightscore serve` printed at its start.", bad=True)


def _wrong(service: Service, error: Exception) -> str:
    return look.note(str(error).replace(service.settings.store, "the store"), bad=True)


def in_words(store: Store, spec: Any, family: str, found: Any) -> str:
    """A machine's anomalies as sentences."""
    active = found[~found["suppressed"]]
    lines = [f"<p><strong>{escape(counted_findings(active))}</strong></p>"]
    for row in active.head(4).to_dict("records"):
        told = [f"highest score {number(row['peak_score'])} nats at {row['peak_time']:%H:%M}"]
        peak = rows_of(store, "sensor_scores", family, [row["peak_time"].date()], str(row["asset"]))
        told += seen_and_expected(spec, peak, row)
        when = escape(interval(row["start"], row["end"]))
        lines.append(f"<p>{look.tag(row['severity'])} {when}: {escape('; '.join(told))}</p>")
    if len(found) > len(active):
        lines.append('<p class="ns-soft">grey: planned work, so nobody is alarmed</p>')
    return "".join(lines)
