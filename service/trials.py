"""Does a published batch help? The classifier's trial, and the image VAE's, which only the roof may set beside it."""

from __future__ import annotations

from dataclasses import dataclass
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
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.data_sheet import keep_data_sheet
from synthesis.generator_files import load_by_name
from synthesis.jobs import read_material
from synthesis.learning import Material
from synthesis.quality.augmentation import SHOWN
from synthesis.quality.classifier_trial import ClassifierTrial, check_counts, four_ways, with_fewer
from synthesis.quality.gate import Measure, cannot_be_tried, quality_rows, use_of
from synthesis.quality.usefulness import Labelled, Trial, compare
from synthesis.settings import generator_settings

SEEDS = 5
"""Trainings with the batch and without it."""
RARE = 0.1
"""Real images of every other class in the imbalanced trial, of those of the others."""


@dataclass(frozen=True)
class Order:
    """What is tried."""

    per_class: int | None
    """Real images of each class; None for all."""
    seeds: int
    counts: tuple[int, ...]
    """Numbers of drawn images that are tried beside the whole batch."""


@dataclass(frozen=True)
class Outcome:
    """What a trial measured, and in words."""

    measures: list[Measure]
    words: str
    how: str = ""
    """How the batch was used."""


def try_augmentation(
    settings: Settings,
    day: date,
    camera: str,
    per_class: int | None = None,
    seeds: int = SEEDS,
    counts: tuple[int, ...] = (),
) -> str:
    """Job: train with a day's published batch and without it; the verdict, also in `quality`.

    With classes it is what the batch adds to the accuracy of a classifier over ordinary augmentation, or over real
    images alone where that is better; without, how well the image VAE ranks planted defects. On all real images the
    verdict decides whether the batch is for augmentation or to look at; a batch that cannot be tried stays to look at,
    with the reason. On `per_class` of each class it decides nothing. Of `counts` drawn images the gain is measured too,
    with classes, so that one sees how many pay.

    NotThereError when nothing was published, UnusableError when a class has fewer than `per_class` images.
    """
    store, order = Store(settings.store), Order(per_class, seeds, counts)
    return run_job(store, "try-augmentation", day, camera, lambda: _try(store, settings, day, camera, order))


def _try(store: Store, settings: Settings, day: date, camera: str, order: Order) -> Done:
    rows = store.read("synthetic_images", camera=camera, day=day)
    generator = load_by_name(store, str(rows["generator"].iloc[0]))
    card = generator.card
    material = read_material(store, settings, card.trained_through, camera, card.holdout_cutoff)
    drawn = Labelled(pixels_of(rows, settings.camera(camera)), rows["label"].to_numpy(str))
    tried = _with_classes if material.conditional else _without_classes
    try:
        outcome = tried(settings, camera, material, drawn, order)
        use = use_of(outcome.measures[0], outcome.how) if order.per_class is None else None
    except UnusableError as error:
        if order.per_class is not None or order.counts:
            raise
        use = cannot_be_tried(len(rows), str(error))  # a schedule asks each week, of the same few images
        outcome = Outcome([], "no figure")
    measures = outcome.measures
    _keep(store, settings, day, camera, generator.name, [*measures, *([use] if use else [])])
    keep_data_sheet(store, settings, day, camera, generator)
    of = "all real ones" if order.per_class is None else f"{order.per_class} real ones a class"
    what = f"tried {len(rows):,} drawn images of {camera} {day} on {of}"
    verdict = f"; published {use.reason}" if use else ""
    seen = f"the generator learned from {card.images:,} real images"
    return Done(len(measures), f"{what}: {outcome.words}{verdict}; {seen}")


def _with_classes(settings: Settings, camera: str, material: Material, drawn: Labelled, order: Order) -> Outcome:
    """A classifier's accuracy in four ways: on all images that were learned from, or on few, balanced and not."""
    del settings, camera
    check_counts(order.counts, len(drawn.x))
    learned, unseen = _parts(material)
    trial = ClassifierTrial(learned, drawn, unseen, order.seeds, shown=SHOWN)
    if order.per_class is None:
        trials = {"classifier_all": trial}
    else:
        name = f"classifier_{order.per_class}"
        trials = {name: trial.on_few(order.per_class), f"{name}_imbalanced": trial.on_few(order.per_class, RARE)}
    measures, verdicts, how = [], [], []
    for name, some in trials.items():
        result = four_ways(name, some)
        fewer = [with_fewer(result, some, count) for count in order.counts]
        measures += [*result.measures, *(part.whole for part in fewer)]
        verdicts.append("; ".join([f"{name}: {result.verdict}", *(part.gain_in_words for part in fewer)]))
        how.append(result.plan.words)
    return Outcome(measures, "; ".join(verdicts), how[0])


def _without_classes(settings: Settings, camera: str, material: Material, drawn: Labelled, order: Order) -> Outcome:
    """How well the detector ranks planted defects, with the batch and without it."""
    if order.counts:
        raise UnusableError(
            f"the images of {camera} have no classes, by which a number of drawn images is tried", "leave out --count"
        )
    learned, unseen = _parts(material)
    count = len(learned.x) if order.per_class is None else order.per_class
    name = "vae_all" if order.per_class is None else f"vae_{order.per_class}"
    figures = compare(name, vae_trial(settings, camera, unseen.x), learned, drawn, count, order.seeds)
    return Outcome([figures.measure(len(drawn.x))], f"{figures.name}: {figures.verdict}")


def _parts(material: Material) -> tuple[Labelled, Labelled]:
    """The images that were learned from and those held out, with their classes where there are some."""
    first, second = (
        Labelled(material.images[part], material.labels[part] if material.conditional else np.full(part.sum(), ""))
        for part in (material.is_learned, ~material.is_learned)
    )
    return first, second


def vae_trial(settings: Settings, camera: str, unseen: np.ndarray) -> Trial:
    """A trial by how a camera's detector ranks unseen normal images with a planted defect over those without (the area
    under the ROC); at most as many drawn images as real ones join its training.
    """
    config = image_detector_config(settings, camera).model_copy(update={"folds": 1})  # a ranking needs no limit
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


def _keep(store: Store, settings: Settings, day: date, camera: str, generator: str, measures: list[Measure]) -> None:
    """The verdicts beside what the gate measured."""
    rows = store.read_days("quality", [day], camera=camera)
    new = quality_rows(generator, measures)
    others = rows[~rows["measure"].isin(new["measure"])]
    source = Provenance(
        job="try-augmentation", model=generator, settings=settings_hash(generator_settings(settings, camera))
    )
    store.write("quality", pd.concat([others, new] if len(others) else [new]), source, camera=camera, day=day)
