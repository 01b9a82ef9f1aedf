"""Images: a camera's day, worst first, under its heat maps; an image of one's own; where the codes lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go
import torch

from anomaly.images.features import represent
from anomaly.images.heat_maps import overlay
from anomaly.images.image_scores import score_images
from sensors_data.errors import NightscoreError
from sensors_data.images.table import pixels_of
from service.figures.interactive import codes_figure
from service.pages import look
from service.views.images import decoded
from service.views.state import Service
from service.views.words import count, number

ABOUT = "Each image beside what is unexpected in it, coloured: all on one scale, so a good part stays grey."
SIDE = 224
"""Pixels at which images are shown."""
PRIVATE: dict[str, Any] = {"api_visibility": "private"}


def images_page(service: Service, root: gr.Blocks) -> None:
    """The components of the page and how they follow each other."""
    gr.HTML(look.heading("Images", ABOUT))
    with gr.Row():
        camera = gr.Dropdown([], label="Camera", interactive=True)
        day = gr.Dropdown([], label="Day (UTC)", interactive=True)
        most = gr.Slider(4, 40, value=12, step=4, label="Images shown", interactive=True)
    told = gr.HTML()
    plain: dict[str, Any] = {"show_label": False, "object_fit": "contain", "interactive": False}
    gallery = gr.Gallery(label="Worst first", columns=4, height="auto", **plain)
    gr.HTML("<h3>An image of your own</h3>")
    with gr.Row():
        upload = gr.File(label="PNG or JPEG", file_types=[".png", ".jpg", ".jpeg"], height=140)
        own = gr.Gallery(label="Scored", columns=1, height="auto", **plain)
    verdict = gr.HTML()
    gr.HTML("<h3>Where the images lie</h3><p class='ns-soft'>Each point is an image's code, what the model keeps of it."
            " Odd ones lie apart, or look alike and rebuild badly.</p>")  # fmt: skip
    plot = gr.Plot(show_label=False)

    def opened(request: gr.Request) -> tuple[Any, ...]:
        names = sorted(service.settings.cameras, key=lambda name: (not days_of(service, name), name))
        asked = dict(request.query_params).get("camera")
        chosen = asked if asked in names else next(iter(names), None)
        days = days_of(service, chosen)
        day = dict(request.query_params).get("day")
        night = day if day in days else next(iter(days), None)
        return gr.Dropdown(names, value=chosen), gr.Dropdown(days, value=night), *shown(service, chosen, night, 12)

    def of_camera(name: str, many: int) -> tuple[Any, ...]:
        days = days_of(service, name)
        newest = next(iter(days), None)
        return gr.Dropdown(days, value=newest), *shown(service, name, newest, int(many))

    root.load(opened, None, [camera, day, told, gallery, plot], **PRIVATE)
    camera.input(of_camera, [camera, most], [day, told, gallery, plot], **PRIVATE)
    redraw = lambda name, night, many: shown(service, name, night, int(many))  # noqa: E731
    gr.on([day.input, most.release], redraw, [camera, day, most], [told, gallery, plot], **PRIVATE)
    upload.upload(lambda *given: of_own(service, *given), [camera, day, upload], [verdict, own], **PRIVATE)


def days_of(service: Service, camera: str | None) -> list[str]:
    """A camera's scored days, the newest first."""
    return [str(day) for day in reversed(service.store.days("image_scores", camera=camera))] if camera else []


def shown(
    service: Service, camera: str | None, night: str | None, most: int
) -> tuple[str, list[tuple[np.ndarray, str]], go.Figure | None]:
    """A day's worst images beside their heat maps, and where their codes lie."""
    if camera is None:
        return look.note("The settings have no camera. Add [cameras.NAME], then: nightscore ingest-images"), [], None
    if night is None:
        return (
            look.note(f"No image of {camera} was scored yet. Next: nightscore score-images --camera {camera}"),
            [],
            None,
        )
    day, spec = date.fromisoformat(night), service.settings.camera(camera)
    try:
        detector = service.image_detector(camera, day)
    except NightscoreError as error:
        return look.note(str(error).replace(service.settings.store, "the store"), bad=True), [], None
    rows = service.store.read("images", camera=camera, day=day)
    images = pixels_of(rows, spec)
    scores = score_images(detector, images)
    limit = detector.card.threshold.value
    odd = scores.score > limit
    order = np.argsort(-scores.score, kind="stable")[:most]
    pairs = [
        (beside(images[i], overlay(detector, images[i], scores.maps[i])), _caption(rows, scores, i)) for i in order
    ]
    told = (
        f"{count(int(odd.sum()), 'image')} of {len(rows):,} over the threshold of {number(limit)} nats, {detector.name}"
    )
    normal, today = detector.network.memory.codes.numpy(), codes_of(detector, images)
    names = [f"{name}<br>{number(value)} nats" for name, value in zip(rows["image_id"], scores.score, strict=True)]
    return look.note(told), pairs, codes_figure(normal, today, odd, names)


def _caption(rows: Any, scores: Any, place: int) -> str:
    row = rows.iloc[place]
    label = f" ({row['label']})" if row["label"] else ""
    return f"{number(scores.score[place])} nats{label}, {row['time']:%H:%M}"


def beside(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """An image (C, H, W) and its heat map (3, H, W) side by side, (H, W, 3), large enough to see."""
    colours = np.repeat(image, 3, axis=0) if len(image) == 1 else image
    pair = np.concatenate([colours, np.full((3, image.shape[1], 1), 255, np.uint8), heat], axis=2)
    times = max(1, SIDE // image.shape[1])
    return pair.repeat(times, axis=1).repeat(times, axis=2).transpose(1, 2, 0)


def codes_of(detector: Any, images: np.ndarray) -> np.ndarray:
    """The codes of images (N, Z); of an image of patches, the mean of theirs."""
    network = detector.network
    x = network.scaler.apply(represent(images, network.features))
    patches = x.shape[1] if network.features.kind == "patches" else 1
    with torch.no_grad():
        means = network.model.encode(x.reshape(len(images) * patches, *network.model.config.shape)).mean
    codes: np.ndarray = means.view(len(images), patches, -1).mean(1).numpy()
    return codes


def of_own(service: Service, camera: str | None, night: str | None, path: str | None) -> tuple[str, list[Any]]:
    """An uploaded image as the camera would have sent it: its verdict, and its heat map."""
    if not camera or not path:
        return look.note("Choose a camera first, then upload a PNG or JPEG.", bad=True), []
    try:
        spec = service.settings.camera(camera)
        x = decoded(Path(path).name, Path(path).read_bytes(), spec)
        detector = service.image_detector(camera, date.fromisoformat(night) if night else date.max)
        found = score_images(detector, x[None])
    except NightscoreError as error:
        return look.note(str(error).replace(service.settings.store, "the store"), bad=True), []
    threshold, value = detector.card.threshold, float(found.score[0])
    odd = value > threshold.value
    p = float(threshold.p_value(found.score)[0])
    told = (
        f"{'Odd' if odd else 'Normal'}: {number(value)} nats, the limit is {number(threshold.value)}; a normal image "
        f"scores as high with probability {number(p)}"
    )
    return look.note(told, bad=odd), [(beside(x, overlay(detector, x, found.maps[0])), Path(path).name)]
