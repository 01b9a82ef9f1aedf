"""`nightscore evaluate-images`: a camera's detector against labels and masks, with a page of its worst mistakes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from anomaly.images.heat_maps import overlay
from sensors_data.files import open_url, replace_file
from sensors_data.images.table import pixels_of
from sensors_data.settings import Camera
from service.cli.options import SETTINGS_PATH, SettingsOption, StoreOption, settings_from
from service.console import say
from service.figures.images import pairs_page
from service.schedule.request import day_from
from service.views.image_evaluation import Evaluated, evaluate_camera, evaluation_lines

app = typer.Typer()
WORST = 10
"""Misses, and false alarms, on the page."""


@app.command("evaluate-images", epilog="Example: nightscore evaluate-images --camera press --least-auroc 0.9")
def evaluate_images_command(
    camera: Annotated[str, typer.Option("--camera", help="The camera's name in the settings.")],
    day: Annotated[str | None, typer.Option("--day", help="The day whose detector; the newest if not given.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The PNG of the worst misses and false alarms.")] = None,
    least_auroc: Annotated[
        float | None, typer.Option("--least-auroc", min=0, max=1, help="Exit status 3 below this image AUROC.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    settings: SettingsOption = SETTINGS_PATH,
    store: StoreOption = None,
) -> None:
    """Compare a camera's verdicts with the labels and masks of pictures that its detector did not learn from."""
    given = settings_from(settings, store)
    evaluated = evaluate_camera(given, camera, day_from(day) if day else None)
    target = out or Path(f"{camera}-evaluation.png")
    replace_file(*open_url(str(target.resolve())), worst_page(evaluated, given.camera(camera)))
    if as_json:
        say(json.dumps({"model": evaluated.detector.name, **dataclasses.asdict(evaluated.figures)}, allow_nan=True))
    else:
        for line in evaluation_lines(evaluated):
            say(line)
        say(f"drew the worst misses and false alarms: {target}")
    if least_auroc is not None and evaluated.figures.auroc < least_auroc:
        raise typer.Exit(3)


def worst_page(evaluated: Evaluated, spec: Camera) -> bytes:
    """A PNG page of the defects with the lowest scores and of the good parts with the highest, with heat maps."""
    score, odd = evaluated.scores.score, evaluated.odd
    misses = [n for n in np.argsort(score, kind="stable") if odd[n]][:WORST]
    alarms = [n for n in np.argsort(-score, kind="stable") if not odd[n]][:WORST]
    chosen = np.array([*misses, *alarms])
    images = pixels_of(evaluated.rows.iloc[chosen], spec)
    maps = evaluated.scores.maps[chosen]
    over = np.stack([overlay(evaluated.detector, x, heat) for x, heat in zip(images, maps, strict=True)])
    labels = evaluated.rows["label"].iloc[chosen]
    captions = [f"{label or 'good'} {score[n]:.1f} nats" for n, label in zip(chosen, labels, strict=True)]
    limit = evaluated.detector.card.threshold.value
    title = f"lowest {len(misses)} defects, then highest {len(alarms)} good parts; red: over {limit:.1f} nats"
    return pairs_page(images, over, captions, score[chosen] > limit, title)
