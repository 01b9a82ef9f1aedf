"""Which images to draw, and where the pictures go."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from anomaly.images.detector import ImageDetector, ImageDetectorConfig
from anomaly.images.features import FeatureConfig
from anomaly.images.files import load_for
from anomaly.images.heat_maps import drawn_pair
from anomaly.images.image_scores import score_images
from anomaly.images.jobs import image_detector_config, score_rows
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.model_fit import codes
from anomaly.images.sampling import interpolated, noised, reconstructed, sampled
from anomaly.images.stored_maps import stored_maps
from anomaly.images.vae import PRESETS
from anomaly.vae.training import FitConfig
from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.images.arrays import standardise
from sensors_data.images.table import normal_images, pixels_of
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.figures.images import code_map, pairs_page, sheet

COLUMNS = 10


def show_day(settings: Settings, day: date, camera: str, image: str | None, count: int, out: Path | None) -> str:
    """Draw a day's worst images, or the one named, beside their heat maps; a sentence that names the picture.

    LookupError when the day has no images, no detector or no such image.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    rows = store.read("images", camera=camera, day=day)
    detector = load_for(store, camera, day)
    frame = _scores_of(store, spec, camera, day, rows, detector)
    chosen = _chosen(frame, image, count, f"{camera} has no image '{image}' on {day}")
    images = pixels_of(rows.iloc[chosen], spec)
    stored = stored_maps(store, camera, day)
    maps = stored.of(frame["image_id"].iloc[chosen].tolist()) if stored and stored.model == detector.name else None
    maps = score_images(detector, images).maps if maps is None else maps
    pairs = [drawn_pair(detector, x, heat) for x, heat in zip(images, maps, strict=True)]
    drawn = frame.iloc[chosen].assign(label=rows["label"].iloc[chosen].to_numpy())
    title = (
        f"{camera} · {day} · {int(frame['is_anomaly'].sum())} of {len(frame):,} images over "
        f"{detector.card.threshold.value:.0f} nats · {detector.name}"
    )
    captions = [_caption(row) for row in drawn.to_dict("records")]
    page = pairs_page(pairs, captions, drawn["is_anomaly"].to_numpy(dtype=bool), title)
    target = out or Path(f"{camera}-{day}.png")
    _write(target, page)
    return f"drew {len(chosen)} images of {camera} on {day}: {target}"


def _scores_of(
    store: Store, spec: Camera, camera: str, day: date, rows: pd.DataFrame, detector: ImageDetector
) -> pd.DataFrame:
    """The night's scores of a day's images where this detector gave them, else new ones."""
    known = store.read_days("image_scores", [day], camera=camera)
    same = len(known) == len(rows) and (known["image_id"] == rows["image_id"]).all()
    if same and set(known["model"]) == {detector.name}:
        return known
    return score_rows(detector, rows, score_images(detector, pixels_of(rows, spec)))


def _chosen(frame: pd.DataFrame, image: str | None, count: int, unknown: str) -> np.ndarray:
    """The places of the worst images, or of the one named. NotThereError, which begins with `unknown`, without it."""
    if image is None:
        return np.argsort(-frame["score"].to_numpy(), kind="stable")[:count]
    chosen = np.flatnonzero(frame["image_id"] == image)
    if not len(chosen):
        known = ", ".join(map(str, frame["image_id"].head(3)))
        raise NotThereError(unknown, f"it has {len(frame):,}, the first: {known}")
    return chosen


def _caption(row: dict[Hashable, Any]) -> str:
    label = f" {row['label']}" if row["label"] else ""
    return f"{str(row['image_id']).rsplit('/', 1)[-1]}{label}\n{row['score']:.0f} nats, p {row['p_value']:.2g}"


def explore(settings: Settings, day: date, camera: str, preset: str, steps: int, out: Path) -> Iterator[str]:
    """Fit a pixel preset to a camera's normal images before `day` and draw what it holds; a sentence per picture.

    LookupError when there is no such preset or no image.
    """
    check_preset(preset)
    store, spec = Store(settings.store), settings.camera(camera)
    rows = normal_images(store, camera, spec, day, image_detector_config(settings, camera).days)
    for name, picture in drawings(pixels_of(rows, spec), rows["label"].to_numpy(), preset, steps, day, settings.seed):
        _write(out / f"{name}.png", picture)
        yield f"drew {out / name}.png"


def check_preset(name: str) -> None:
    """LookupError when no VAE over pixels is called so; it names those there are."""
    if name not in PRESETS:
        raise NotThereError(f"there is no preset '{name}'", f"there are {', '.join(PRESETS)}")


def drawings(
    images: np.ndarray, labels: np.ndarray, preset: str, steps: int, day: date, seed: int
) -> Iterator[tuple[str, bytes]]:
    """A name and a PNG each: the map of codes, an interpolation, reconstructions, noised ones, samples of a VAE fitted
    to uint8 images (N, C, H, W)."""
    config = ImageDetectorConfig.model_validate(
        {
            **PRESETS[preset],
            "features": FeatureConfig(kind="pixels"),
            "steps": steps,
            "fit": FitConfig(epochs=1000, batch=128, schedule="one-cycle", beta=1.0, free_bits=0.0, masked_inputs=0.0),
        }
    )
    detector, history = learn_image_detector(ImageTraining("explored", images, day, config, seed))
    model = detector.network.model
    x = torch.from_numpy(standardise(images))
    generator = torch.Generator().manual_seed(seed)
    about = f"{preset}, {len(history)} epochs, {history[-1].valid_loss:.1f} nats an image on held-out ones"
    known = codes(model, x)
    yield "codes", code_map(known.numpy(), np.asarray(labels, dtype=str), f"codes · {about}")
    chosen = torch.randperm(len(x), generator=generator)[: 2 * COLUMNS]
    pairs = [interpolated(model, x[a], x[b], COLUMNS) for a, b in chosen[:6].view(3, 2).tolist()]
    yield "interpolation", sheet(np.concatenate(pairs), COLUMNS, f"from one image to another · {about}")
    originals = x[chosen[:COLUMNS]]
    compared = np.concatenate([images[chosen[:COLUMNS].numpy()], reconstructed(model, originals)])
    more = [noised(model, originals, spread, generator) for spread in (0.5, 1.0)]
    names = ["given", "reconstructed", "code + 0.5 noise", "code + 1.0 noise"]
    yield "reconstructions", sheet(np.concatenate([compared, *more]), COLUMNS, f"reconstructions · {about}", names)
    yield "samples", sheet(sampled(model, known, 5 * COLUMNS, generator), COLUMNS, f"drawn · {about}")


def _write(target: Path, data: bytes) -> None:
    fs, path = open_url(str(target.resolve()))
    replace_file(fs, path, data)
