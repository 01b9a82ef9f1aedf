"""The report's pictures: an anomaly with the hours around it, as SVG; images beside their heat maps, as PNG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from anomaly.series.plot import STYLE, draw_anomalies, draw_score, draw_sensor, legend_above
from sensors_data.camera import Camera
from sensors_data.figure_files import figure_bytes
from sensors_data.images.files import decode_image, encode_png
from sensors_data.images.table import pixels_of
from sensors_data.places import heat_map_path
from sensors_data.settings import Family
from sensors_data.store import Store
from service.figures.images import sheet
from service.views.words import Row, leading, number

Drawing = Literal["svg", "png"]
SENSORS = 3
"""Sensors of a picture, at most."""
BEFORE = timedelta(hours=6)
"""Shown before and after an anomaly, at least; half its length where that is more."""


def rows_around(store: Store, family: str, day: date, findings: list[Row]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `scores` and `sensor_scores` of the hours around a family's findings, each file read once."""
    assets: dict[date, set[str]] = {}
    for row in findings:
        for moment in pd.date_range(_shown(row, day)[0].date(), day, freq="D"):
            assets.setdefault(moment.date(), set()).add(str(row["asset"]))
    scores, sensor_scores = (
        pd.concat(
            [store.read_files(table, [])]
            + [store.read_files(table, store.written(table, [d], family=family), assets[d]) for d in sorted(assets)]
        )
        for table in ("scores", "sensor_scores")
    )
    return scores, sensor_scores


def _shown(anomaly: Row, day: date) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The interval that an anomaly's picture shows; it ends with the `day`, so that it is the same ever after."""
    around = max(BEFORE, (anomaly["end"] - anomaly["start"]) / 2)
    return anomaly["start"] - around, min(anomaly["end"] + around, pd.Timestamp(day + timedelta(days=1), tz="UTC"))


def finding_picture(
    spec: Family, day: date, anomaly: Row, rows: tuple[pd.DataFrame, pd.DataFrame], drawing: Drawing = "svg"
) -> bytes:
    """An SVG or PNG of an anomaly's leading sensors over their band, its score and its threshold, hours around it.

    `rows` are those of `rows_around`.
    """
    first, last = _shown(anomaly, day)
    scores, values = (
        part[(part["asset"] == anomaly["asset"]) & (part["time"] >= first) & (part["time"] < last)] for part in rows
    )
    names = leading(anomaly["sensors"])[:SENSORS] or list(values["sensor"].unique()[:1])
    with mpl.rc_context({**STYLE, "svg.hashsalt": str(anomaly["anomaly_id"]), "svg.fonttype": "none"}):
        figure = Figure(figsize=(6, 1.0 + 1.25 * (len(names) + 1)), layout="constrained")
        axes = figure.subplots(len(names) + 1, 1, sharex=True, squeeze=False)[:, 0]
        for axis, name in zip(axes, names, strict=False):
            draw_sensor(axis, values[values["sensor"] == name], name, spec)
        legend_above(axes[0])
        draw_score(axes[-1], scores, spec)
        for axis in axes:
            draw_anomalies(axis, pd.DataFrame([anomaly]))
        return figure_bytes(figure, drawing)


@dataclass(frozen=True)
class OddImage:
    """An image over the threshold, with its heat map beside it as one PNG."""

    png: bytes
    caption: str


def odd_images(
    store: Store, spec: Camera, camera: str, day: date, scores: pd.DataFrame, most: int = 12
) -> list[OddImage]:
    """A day's images over the threshold in the order of `scores`, each beside its heat map."""
    odd = scores[scores["is_anomaly"].astype(bool)].head(most)
    images = store.read("images", camera=camera, day=day).set_index("image_id").loc[odd["image_id"]].reset_index()
    pictures = []
    for row, plain in zip(odd.to_dict("records"), pixels_of(images, spec), strict=True):
        heat = _heat(store, heat_map_path(camera, day, str(row["image_id"])), plain)
        colours = np.repeat(plain, 3, axis=0) if len(plain) == 1 else plain
        gap = np.full((3, colours.shape[1], max(1, colours.shape[2] // 16)), 255, np.uint8)
        limit = f"{number(row['score'])} nats, limit {number(row['threshold'])}"
        caption = f"{str(row['image_id']).rsplit('/', 1)[-1]}: {limit}"
        pictures.append(OddImage(encode_png(np.concatenate([colours, gap, heat], axis=2)), caption))
    return pictures


def _heat(store: Store, path: str, plain: np.ndarray) -> np.ndarray:
    """A kept heat map, (3, H, W) uint8; the plain image where there is none."""
    if store.exists(path):
        return decode_image(store.read_bytes(path), 3)
    return np.repeat(plain, 3, axis=0) if len(plain) == 1 else plain


def drawn_images(spec: Camera, drawn: pd.DataFrame, title: str, most: int = 30) -> bytes:
    """A PNG sheet of the first images that a generator drew."""
    return sheet(pixels_of(drawn.head(most), spec), 10, title)
