"""Synthesis: images drawn while one watches, between two seeds, beside real ones, and what the gate measured."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape
from typing import Any

import gradio as gr
import numpy as np

from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.images.table import pixels_of
from service.pages import look
from service.views.state import Service
from service.views.words import number
from synthesis.generator_files import TrainedGenerator
from synthesis.sampling import class_names, draw, interpolate
from synthesis.sheets import contact_sheet

ABOUT = "Images that a generator draws of its camera's normal ones. The same seed draws the same images."
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
EVERY = "all classes"
STEPS = 12


def synthesis_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Synthesis", ABOUT))
    told = gr.HTML()
    with gr.Row():
        camera = gr.Dropdown([], label="Camera", interactive=True)
        label = gr.Dropdown([EVERY], value=EVERY, label="Class", interactive=True)
        count_of = gr.Slider(8, 64, value=24, step=8, label="Images", interactive=True)
    with gr.Row():
        seed = gr.Slider(0, 999, value=0, step=1, label="Seed", interactive=True)
        truncation = gr.Slider(
            0.1, 1.0, value=1.0, step=0.05, label="Truncation", info="lower: cleaner, less diverse", interactive=True
        )
    plain: dict[str, Any] = {"show_label": False, "interactive": False, "buttons": []}
    with gr.Row():
        with gr.Column():
            gr.HTML("<h3>Drawn now</h3>")
            drawn = gr.Image(label="Drawn now", **plain)
        with gr.Column():
            gr.HTML("<h3>Real ones, the newest</h3>")
            real = gr.Image(label="Real ones, the newest", **plain)
    gr.HTML(f"<h3>From one seed to another</h3><p class='ns-soft'>{STEPS} images on the way between two codes.</p>")
    with gr.Row():
        first = gr.Slider(0, 999, value=0, step=1, label="From seed", interactive=True)
        last = gr.Slider(0, 999, value=1, step=1, label="To seed", interactive=True)
    strip = gr.Image(label="On the way", **plain)
    quality = gr.HTML()

    everything = [told, drawn, real, strip, quality]
    root.load(lambda: opened(service), None, [camera, label, *everything], **PRIVATE)
    sliders = [count_of, seed, truncation, first, last]
    camera.input(lambda *v: of_camera(service, *v), [camera, *sliders], [label, *everything], **PRIVATE)
    given = [camera, label, count_of, seed, truncation]
    moves = [label.input, count_of.release, seed.change, truncation.change]
    gr.on(moves, lambda *v: drawing(service, *v), given, drawn, trigger_mode="always_last", **PRIVATE)
    count_of.release(lambda name, many: reals(service, name, int(many)), [camera, count_of], real, **PRIVATE)
    ways = [first.change, last.change]
    gr.on(ways, lambda *v: way(service, *v), [camera, first, last], strip, trigger_mode="always_last", **PRIVATE)


def opened(service: Service) -> tuple[Any, ...]:
    """The cameras, those with a generator first, and all of the first one."""
    names = sorted(service.settings.cameras, key=lambda name: (generator_of(service, name) is None, name))
    chosen = next(iter(names), None)
    return gr.Dropdown(names, value=chosen), *of_camera(service, chosen, 24, 0, 1.0, 0, 1)


def of_camera(
    service: Service, camera: str | None, many: float, seed: float, truncation: float, first: float, last: float
) -> tuple[Any, ...]:
    """A camera's classes, who draws, what is drawn and real, the way between two seeds, the last batch's quality."""
    generator = generator_of(service, camera)
    classes = gr.Dropdown([EVERY, *(generator.card.classes if generator else ())], value=EVERY)
    sheets = drawing(service, camera, EVERY, many, seed, truncation), reals(service, camera, int(many))
    return classes, state(service, camera), *sheets, way(service, camera, first, last), measured(service, camera)


def generator_of(service: Service, camera: str | None) -> TrainedGenerator | None:
    """The generator that serves today, or None."""
    try:
        return service.generator(camera, datetime.now(UTC).date()) if camera else None
    except NotThereError:
        return None


def state(service: Service, camera: str | None) -> str:
    """Who draws, in words, or what to do where nobody does."""
    if camera is None:
        return look.note("The settings have no camera. Add [cameras.NAME], then: nightscore train-dcgan")
    generator = generator_of(service, camera)
    if generator is None:
        return look.note(f"No generator of {camera} was trained yet. Next: nightscore train-dcgan --camera {camera}")
    card = generator.card
    classes = f"{count(len(card.classes), 'class')}" if card.classes else "no classes"
    learned = f"learned from {count(card.images, 'real image')}, {classes}"
    return look.note(f"{generator.name}, {card.preset}: {learned}; {card.state}, {card.verdict or 'accepted'}")


def drawing(service: Service, camera: str | None, label: str, many: float, seed: float, truncation: float) -> Any:
    """A sheet of drawn images, (H, W, 3); None where nobody draws."""
    generator = generator_of(service, camera)
    if generator is None:
        return None
    wanted = None if label == EVERY or label not in generator.card.classes else label
    images = draw(generator, int(many), int(seed), wanted, float(truncation))
    names = class_names(generator, int(many), wanted)
    return grid(images[np.argsort(names, kind="stable")], 8)


def way(service: Service, camera: str | None, first: float, last: float) -> Any:
    """The images between two seeds as a strip."""
    generator = generator_of(service, camera)
    return None if generator is None else grid(interpolate(generator, int(first), int(last), STEPS), STEPS)


def reals(service: Service, camera: str | None, many: int) -> Any:
    """A sheet of a camera's newest real images."""
    days = service.store.days("images", camera=camera) if camera else []
    if not camera or not days:
        return None
    rows = service.store.read("images", camera=camera, day=days[-1])
    return grid(pixels_of(rows.sort_values("label").head(many), service.settings.camera(camera)), 8)


def grid(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (N, C, H, W) in rows of `columns`, (H, W, 3), each pixel large enough to see."""
    sheet = contact_sheet(images, columns)
    times = max(1, 1000 // sheet.shape[2])
    large = sheet.repeat(times, axis=1).repeat(times, axis=2)
    return (np.repeat(large, 3, axis=0) if len(large) == 1 else large).transpose(1, 2, 0)


def measured(service: Service, camera: str | None) -> str:
    """What the gate measured of the last batch."""
    days: list[date] = service.store.days("quality", camera=camera) if camera else []
    if not camera or not days:
        return '<p class="ns-soft">No batch was judged yet: nightscore draw-images, then nightscore judge-images.</p>'
    rows = service.store.read("quality", camera=camera, day=days[-1])
    cells = [
        (
            escape(str(row["measure"])),
            number(row["value"]),
            f"{number(row['low'])} to {number(row['high'])}" if np.isfinite(row["low"]) else "",
            number(row["limit"]) if np.isfinite(row["limit"]) else "",
            "yes" if row["passed"] else "<strong>no</strong>",
            escape(str(row["reason"] or "")),
        )
        for row in rows.to_dict("records")
    ]
    head = ("measure", "value", "95 % interval", "limit", "passed", "")
    return look.whole([f"<h3>Quality of the batch of {days[-1]}</h3>", look.table(head, cells)])
