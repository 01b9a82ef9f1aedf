"""Does a published batch help? The classifier's trial, and the image VAE's, which only the roof may set beside it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from anomaly.images.image_scores import score_images
from anomaly.images.jobs import image_detector_config
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.planted import plant_defects
from sensors_data.errors import UnusableError
from sensors_data.images.table import pixels_of
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Provenance, Store, settings_hash
from synthesis.generator_files import load_by_name
from synthesis.jobs import read_material
from synthesis.quality.gate import quality_rows
from synthesis.quality.usefulness import Figures, Labelled, Trial, classifier_trial, compare
from synthesis.settings import generator_settings

RARE = 0.1
"""Real images of every other class in the imbalanced trial, of those of the others."""


def try_augmentation(settings: Settings, day: date, camera: str, per_class: int, seeds: int) -> str:
    """Job: train with a day's published batch and without it, on few real images; the verdict, also in `quality`.

    With classes it is the accuracy of a classifier, balanced and imbalanced; without, how well the image VAE ranks
    planted defects. LookupError when nothing was published, ValueError when a class has too few real images.
    """
    store = Store(settings.store)
    return run_job(store, "try-augmentation", day, camera, lambda: _try(store, settings, day, camera, per_class, seeds))


def _try(store: Store, settings: Settings, day: date, camera: str, per_class: int, seeds: int) -> Done:
    rows = store.read("synthetic_images", camera=camera, day=day)
    generator = load_by_name(store, str(rows["generator"].iloc[0]))
    card = generator.card
    material = read_material(store, settings, card.trained_through, camera, card.holdout_cutoff)
    drawn = Labelled(pixels_of(rows, settings.camera(camera)), rows["label"].to_numpy(str))
    learned, unseen = (
        Labelled(material.images[part], material.labels[part] if material.conditional else np.full(part.sum(), ""))
        for part in (material.is_learned, ~material.is_learned)
    )
    if material.conditional:
        trial = classifier_trial(unseen)
        found = [
            compare(f"classifier_{per_class}", trial, learned, drawn, per_class, seeds),
            compare(f"classifier_{per_class}_imbalanced", trial, learned, drawn, per_class, seeds, RARE),
        ]
    else:
        found = [compare(f"vae_{per_class}", vae_trial(settings, camera, unseen.x), learned, drawn, per_class, seeds)]
    _keep(store, settings, day, camera, generator.name, found, len(rows))
    said = "; ".join(f"{figures.name}: {figures.verdict}" for figures in found)
    seen = f"the generator learned from {card.images:,} real images"
    what = f"tried {len(rows):,} drawn images of {camera} {day} on {per_class} real ones a class"
    return Done(len(found), f"{what}: {said}; {seen}")


def vae_trial(settings: Settings, camera: str, unseen: np.ndarray) -> Trial:
    """A trial by how a camera's detector ranks unseen normal images with a planted defect over those without (the area
    under the ROC); at most as many drawn images as real ones join its training.
    """
    config = image_detector_config(settings, camera)
    planted = plant_defects(unseen, 0)
    if not len(planted):
        raise UnusableError(
            f"no painted defect can be seen on the images of {camera}", "give images that show something"
        )

    def trial(real: Labelled, drawn: Labelled, seed: int) -> float:
        synthetic = drawn.x[: len(real.x)] if len(drawn.x) else None
        detector, _ = learn_image_detector(ImageTraining(camera, real.x, date(2000, 1, 1), config, seed, synthetic))
        scores = [score_images(detector, images).score for images in (planted.normal, planted.odd)]
        return float(roc_auc_score(np.repeat([0, 1], [len(part) for part in scores]), np.concatenate(scores)))

    return trial


def _keep(
    store: Store, settings: Settings, day: date, camera: str, generator: str, found: list[Figures], drawn: int
) -> None:
    """The verdicts beside what the gate measured."""
    rows = store.read_days("quality", [day], camera=camera)
    new = quality_rows(generator, [figures.measure(drawn) for figures in found])
    kept = rows[~rows["measure"].isin(new["measure"])]
    source = Provenance(
        job="try-augmentation", model=generator, settings=settings_hash(generator_settings(settings, camera))
    )
    store.write("quality", pd.concat([kept, new] if len(kept) else [new]), source, camera=camera, day=day)
