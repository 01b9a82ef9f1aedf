"""The form in which a person corrects what was understood of an uploaded file."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from sensors_data.series.understanding.discover import Discovery
from service.pages.upload import Corrections, as_found


class Form(NamedTuple):
    """The form's fields in their order on the page."""

    time: list[str]
    style: str
    zone: str
    asset: list[str]
    ignored: list[str]
    decimal: str
    step: str
    nearest: bool
    hold: str
    held: list[str]

    @property
    def corrections(self) -> Corrections:
        """What the fields say."""
        return Corrections(
            time=tuple(self.time),
            style=self.style.strip(),
            zone=self.zone.strip(),
            decimal=self.decimal,
            asset=tuple(self.asset),
            ignored=tuple(self.ignored),
            step=self.step.strip(),
            nearest=self.nearest,
            hold=self.hold.strip(),
            held=tuple(self.held),
        )


FIELDS = len(Form._fields)


def correction_form() -> tuple[list[Any], Any]:
    """The form's fields, and the button that reads the file again."""
    many: dict[str, Any] = {"multiselect": True, "interactive": True}
    with gr.Row():
        time = gr.Dropdown([], label="Columns of the time", **many)
        style = gr.Textbox(label="Form of the times", info="like %d.%m.%Y %H:%M; empty: ISO 8601", max_lines=1)
        zone = gr.Textbox(label="Their zone", info="where they state none, like Europe/Berlin", max_lines=1)
    with gr.Row():
        asset = gr.Dropdown([], label="Columns that name the machine", **many)
        ignored = gr.Dropdown([], label="Columns that are not read", **many)
        decimal = gr.Radio([".", ","], label="Decimal mark")
    with gr.Row():
        step = gr.Textbox(label="Step of the clock", info="like 1min", max_lines=1)
        nearest = gr.Checkbox(label="A reading counts for the nearest step", info="for clocks that jitter")
        hold = gr.Textbox(label="A value holds for", info="like 1h, where only changes are written", max_lines=1)
        held = gr.Dropdown([], label="Sensors whose values hold", **many)
    again = gr.Button("Read it again like this")
    return [time, style, zone, asset, ignored, decimal, step, nearest, hold, held], again


def form_values(found: Discovery) -> tuple[Any, ...]:
    """The fields as a file was understood."""
    now = as_found(found)
    columns = [column.name for column in found.understood.columns]
    sensors = list(found.family.sensors)
    return (
        gr.Dropdown(columns, value=list(now.time), multiselect=True),
        now.style,
        now.zone,
        gr.Dropdown(columns, value=list(now.asset), multiselect=True),
        gr.Dropdown(columns, value=list(now.ignored or ()), multiselect=True),
        now.decimal,
        now.step,
        bool(now.nearest),
        now.hold,
        gr.Dropdown(sensors, value=list(now.held), multiselect=True),
    )
