"""A machine's nights: what it read over what was expected, who carries the score, the score, what was found."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

import gradio as gr
import plotly.graph_objects as go

from sensors_data.store import Store
from service.figures.asset import rows_of
from service.figures.interactive import asset_figure
from service.pages import look
from service.views.night import worst_first
from service.views.state import Service
from service.views.words import counted_findings, interval, number, seen_and_expected

ABOUT = "Drag over a plot to zoom in, double-click to zoom out. Hatched: filled in, not measured. Times are UTC."


def asset_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Machine", ABOUT))
    with gr.Row():
        family = gr.Dropdown([], label="Family", interactive=True)
        asset = gr.Dropdown([], label="Machine", interactive=True)
        day = gr.Dropdown([], label="Night (UTC day)", interactive=True)
        days = gr.Slider(1, 7, value=1, step=1, label="Days shown", info="the night and those before it")
    with gr.Row():
        back = gr.Button("Night before", size="sm")
        ahead = gr.Button("Night after", size="sm")
    told = gr.HTML()
    plot = gr.Plot(show_label=False)
    private: dict[str, Any] = {"api_visibility": "private"}

    def opened(request: gr.Request) -> tuple[Any, ...]:
        return asked_for(service, dict(request.query_params))

    given, everything = [family, asset, day, days], [asset, day, told, plot]
    draw = lambda name, machine, night, many: shown(service, name, machine, night, int(many))  # noqa: E731
    root.load(opened, None, [family, *everything], **private)
    family.input(lambda name: of_family(service, name), family, everything, **private)
    gr.on([asset.input, day.input, days.release], draw, given, [told, plot], **private)
    for button, by in ((back, -1), (ahead, 1)):
        moved = button.click(lambda name, night, by=by: step(service, by, name, night), [family, day], day, **private)
        moved.then(draw, given, [told, plot], **private)


def asked_for(service: Service, asked: dict[str, str]) -> tuple[Any, ...]:
    """The lists, and the machine and night that an address names: the newest night's worst one if it names none."""
    names = sorted(service.settings.families)
    chosen = asked["family"] if asked.get("family") in names else next(iter(names), None)
    machines, nights = choices(service, chosen)
    night = asked["day"] if asked.get("day") in nights else next(iter(nights), None)
    machine = asked["asset"] if asked.get("asset") in machines else worst_machine(service, chosen, night, machines)
    lists = gr.Dropdown(machines, value=machine), gr.Dropdown(nights, value=night)
    return gr.Dropdown(names, value=chosen), *lists, *shown(service, chosen, machine, night, 1)


def of_family(service: Service, name: str) -> tuple[Any, ...]:
    """Another family's lists, and its newest night."""
    return asked_for(service, {"family": name})[1:]


def step(service: Service, by: int, family: str, night: str) -> str:
    """The night `by` nights after this one, as far as there are any."""
    nights = choices(service, family)[1]
    place = nights.index(night) - by if night in nights else 0
    return nights[min(max(place, 0), len(nights) - 1)] if nights else night


def choices(service: Service, family: str | None) -> tuple[list[str], list[str]]:
    """A family's machines, and its scored nights, the newest first."""
    if not family:
        return [], []
    days = service.store.days("scores", family=family)
    rows = rows_of(service.store, "scores", family, days[-1:], None)
    return sorted(rows["asset"].unique()), [str(day) for day in reversed(days)]


def worst_machine(service: Service, family: str | None, night: str | None, machines: list[str]) -> str | None:
    """The machine of a night's worst anomaly, else the first."""
    if family and night:
        found = service.store.read_days("anomalies", [date.fromisoformat(night)], family=family)
        found = worst_first(found[~found["suppressed"]])
        if len(found):
            return str(found["asset"].iloc[0])
    return next(iter(machines), None)


def shown(
    service: Service, family: str | None, asset: str | None, night: str | None, many: int
) -> tuple[str, go.Figure | None]:
    """What was found in words, and the figure."""
    if not family or not asset or not night:
        return look.note("Nothing was scored yet. Next: nightscore backfill"), None
    store, spec, last = service.store, service.settings.family(family), date.fromisoformat(night)
    days = [last - timedelta(days=back) for back in range(many - 1, -1, -1)]
    scores, sensors, found = (rows_of(store, t, family, days, asset) for t in ("scores", "sensor_scores", "anomalies"))
    if scores.empty:
        return look.note(f"{asset} has no scored row on {night}."), None
    found = worst_first(found.drop_duplicates("anomaly_id", keep="last"))
    return in_words(store, spec, family, found), asset_figure(scores, sensors, found, spec)


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
