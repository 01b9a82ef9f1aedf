"""`nightscore evaluate-images`: a camera's detector against labels and masks, with a page of its worst mistakes."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np

from anomaly.images.heat_maps import drawn_pair
from sensors_data.files import open_url, replace_file
from sensors_data.images.table import pixels_of
from sensors_data.settings import Camera, Settings
from service.console import say, show
from service.figures.images import pairs_page
from service.views.image_evaluation import Evaluated, evaluate_camera, evaluation_lines

WORST = 10
"""Misses, and false alarms, on the page."""


def evaluate(
    settings: Settings, camera: str, day: date | None, out: Path | None, as_json: bool, least_auroc: float | None
) -> bool:
    """Print the figures and draw the worst mistakes; whether the image AUROC is at least what was asked for."""
    evaluated = evaluate_camera(settings, camera, day)
    target = out or Path(f"{camera}-evaluation.png")
    replace_file(*open_url(str(target.resolve())), worst_page(evaluated, settings.camera(camera)))
    if as_json:
        about = {"model": evaluated.detector.name, "good_parts_held_out": evaluated.held_out}
        show(json.dumps({**about, **dataclasses.asdict(evaluated.figures)}, allow_nan=True))
    else:
        show(*evaluation_lines(evaluated))
        say(f"drew the worst misses and false alarms: {target}")
    return least_auroc is None or evaluated.figures.auroc >= least_auroc


def worst_page(evaluated: Evaluated, spec: Camera) -> bytes:
    """A PNG page of the defects with the lowest scores and of the good parts with the highest, with heat maps."""
    score, odd = evaluated.scores.score, evaluated.odd
    misses = [n for n in np.argsort(score, kind="stable") if odd[n]][:WORST]
    alarms = [n for n in np.argsort(-score, kind="stable") if not odd[n]][:WORST]
    chosen = np.array([*misses, *alarms])
    images = pixels_of(evaluated.rows.iloc[chosen], spec)
    maps = evaluated.scores.maps[chosen]
    pairs = [drawn_pair(evaluated.detector, x, heat) for x, heat in zip(images, maps, strict=True)]
    labels = evaluated.rows["label"].iloc[chosen]
    captions = [f"{label or 'good'} {score[n]:.1f} nats" for n, label in zip(chosen, labels, strict=True)]
    limit = evaluated.detector.card.threshold.value
    title = f"lowest {len(misses)} defects, then highest {len(alarms)} good parts; red: over {limit:.1f} nats"
    return pairs_page(pairs, captions, score[chosen] > limit, title)
