"""Learning a camera's generator: which images are held out, which features compare them, whether it is accepted."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.paths.roles import is_normal
from sensors_data.provenance import settings_hash
from sensors_data.settings import Section, Settings
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.quality.extractors import MIN_PER_CLASS, Extractor, extractor_for, has_classes
from synthesis.quality.gain import HeldOutGain
from synthesis.quality.usefulness import Labelled
from synthesis.settings import GeneratorSettings, generator_settings, recipe_of
from synthesis.training.loop import Trained, train
from synthesis.training.parallel import workers_of
from synthesis.training.recipe import Recipe
from synthesis.training.run import Examples, Gain, GanHooks, TrainingRun, Validation

FEWEST = 64
"""Images that a generator needs at least, and as many of them must differ."""


@dataclass(frozen=True)
class Material:
    """A camera's images, those to learn from and those held out."""

    images: np.ndarray  # (N, C, H, W) uint8
    labels: np.ndarray  # (N,) str
    is_learned: np.ndarray  # (N,) bool
    conditional: bool
    """Whether each label is a class to draw."""
    holdout_cutoff: int
    """Images whose number is at most this are held out; see `number_of`."""

    @property
    def learned(self) -> np.ndarray:
        """The images to learn from."""
        return np.asarray(self.images[self.is_learned])

    @property
    def held_out(self) -> np.ndarray:
        """The images that are held out."""
        return np.asarray(self.images[~self.is_learned])


def material_of(
    camera: str,
    spec: Camera,
    rows: pd.DataFrame,
    images: np.ndarray,
    settings: GeneratorSettings,
    holdout_cutoff: int | None = None,
) -> Material:
    """Rows of the `images` table and their pixels uint8 (N, C, H, W) as material, in a random order, a part held out.

    An image's own id decides whether it is held out, so that a late image moves no other. `holdout_cutoff` repeats
    the split of a trained generator. ValueError when the images are too few, too few of them differ, or a class has
    too few.
    """
    if len(images) < FEWEST:
        raise UnusableError(f"{camera} has {len(images)} images to learn from", f"a generator needs at least {FEWEST}")
    distinct = len(np.unique(images.reshape(len(images), -1), axis=0))
    if distinct < FEWEST:
        raise UnusableError(
            f"only {distinct} of {len(images):,} images of {camera} differ, {FEWEST} must", "is the camera stuck?"
        )
    numbers = np.array([number_of(name) for name in rows["image_id"]])
    order = np.argsort(numbers, kind="stable")  # a fixed random order: the first rows of a part are a random sample
    if holdout_cutoff is None:
        holdout_cutoff = int(numbers[order[max(FEWEST // 4, round(settings.held_out * len(images))) - 1]])
    labels = rows["label"].to_numpy(str)
    conditional = settings.learns_from == "all" and not all(is_normal(label, spec) for label in np.unique(labels))
    if conditional:
        labels = np.where(labels == "", "normal", labels)
        _check_classes(camera, labels)
    return Material(images[order], labels[order], numbers[order] > holdout_cutoff, conditional, holdout_cutoff)


def number_of(image_id: str) -> int:
    """A hash of an image's id, from 0 to 2^48."""
    return int.from_bytes(hashlib.sha256(image_id.encode()).digest()[:6], "big")


def _check_classes(camera: str, labels: np.ndarray) -> None:
    """ValueError when one of several labels has too few images for a class."""
    names, counts = np.unique(labels, return_counts=True)
    if len(names) > 1 and not has_classes(labels):
        counted = ", ".join(f"{count} of '{name}'" for name, count in zip(names, counts, strict=True))
        raise UnusableError(
            f"{camera} learns from all labels, and each needs {MIN_PER_CLASS} images",
            f"found {counted}: ingest more, "
            f'leave rare ones out by name (leave_out in [cameras.{camera}.generator]), or set learns_from = "normal"',
        )


def extractor_of(material: Material, settings: GeneratorSettings, seed: int) -> Extractor:
    """The features in which a camera's generated images are compared; a classifier learns from no held-out image."""
    labels = material.labels[material.is_learned]
    learned = material.learned
    shown = min(settings.classifier_images, 20 * len(learned))
    return extractor_for(learned, labels if material.conditional else np.full(len(learned), ""), seed, shown)


class About(Section):
    """The fields of a card that training does not know."""

    camera: str
    trained_through: date
    settings: str


@dataclass(frozen=True)
class LearningTask:
    """What a camera's generator is learned from, and how."""

    about: About
    material: Material
    recipe: Recipe
    extractor: Extractor
    settings: GeneratorSettings
    seed: int
    start: TrainedGenerator | None = None
    """The generator with whose weights training begins; None for random ones."""


def _check_chosen_by(camera: str, settings: GeneratorSettings, material: Material) -> None:
    """UnusableError when snapshots are to be chosen by a classifier's gain and there are no classes."""
    if settings.chosen_by == "gain" and not (material.conditional and has_classes(material.labels)):
        raise UnusableError(
            f'chosen_by = "gain" needs several classes of images, and the generator of {camera} has none',
            f'set learns_from = "all" in [cameras.{camera}.generator], or chosen_by = "distance"',
        )


def learning_task(
    settings: Settings, camera: str, through: date, material: Material, start: TrainedGenerator | None = None
) -> LearningTask:
    """What the settings of a camera make of its material. ValueError names a wrong key, a size that cannot be drawn, or
    a generator to start from that is of another network; LookupError when an optional package is missing.
    """
    spec, generation = settings.camera(camera), generator_settings(settings, camera)
    _check_chosen_by(camera, generation, material)
    classes = len(set(material.labels[material.is_learned])) if material.conditional else 0
    recipe = recipe_of(settings, camera, classes)
    if start is not None and start.card.network != recipe.generator:
        raise UnusableError(
            f"{start.name}, which start_from of {camera} names, is of another network",
            "both cameras need the same preset, size, channels and number of classes; or leave start_from out",
        )
    extractor = extractor_of(material, generation, settings.seed)
    about = About(camera=camera, trained_through=through, settings=settings_hash(spec, generation))
    return LearningTask(about, material, recipe, extractor, generation, settings.seed, start)


def gain_of(task: LearningTask, names: np.ndarray) -> Gain | None:
    """How a snapshot's gain is measured, where the settings choose by it; `names` are the classes by number."""
    if task.settings.chosen_by == "distance":
        return None
    material = task.material
    known = ~material.is_learned & np.isin(material.labels, names)
    held_out = Labelled(material.images[known], material.labels[known])
    measure = HeldOutGain(Labelled(material.learned, material.labels[material.is_learned]), held_out)
    return Gain(len(names), lambda images, numbers: measure.of(Labelled(images, names[numbers])))


def learn_generator(task: LearningTask, hooks: GanHooks | None = None) -> tuple[TrainedGenerator, Trained]:
    """The generator of the best snapshot with its card, and how training went.

    It is accepted unless every snapshot raised an alarm.
    """
    material, recipe, settings = task.material, task.recipe, task.settings
    hooks = hooks or GanHooks()
    names, numbers = np.unique(material.labels[material.is_learned], return_inverse=True)
    examples = Examples(material.learned, numbers if material.conditional else None, material.held_out)
    first = None if task.start is None else task.start.network.state_dict()
    run = TrainingRun(recipe, examples, settings.snapshots, task.seed, first)
    with workers_of(settings.devices, run, hooks.checkpoint) as workers:
        trained = train(run, Validation(task.extractor, settings.watch, gain_of(task, names)), hooks, workers)
    best = trained.best
    reason = "the least distance" if math.isnan(best.gain) else f"the highest gain on held-out images, {best.gain:+.4f}"
    verdict = f"snapshot {best.epoch} of {len(trained.history)} has {reason}"
    shares = np.bincount(numbers) / len(numbers)
    card = GeneratorCard(
        **task.about.model_dump(),
        preset=recipe.preset,
        network=recipe.generator,
        classes=tuple(map(str, names)) if material.conditional else (),
        shares=tuple(map(float, shares)) if material.conditional else (),
        images=len(examples.images),
        shown=best.images,
        distance=best.distance,
        features=task.extractor.name,
        holdout_cutoff=material.holdout_cutoff,
        seed=task.seed,
        start="" if task.start is None else f"{task.start.name} {task.start.fingerprint}",
        state=trained.state,
        accepted=not best.alarms,
        verdict=f"every snapshot gave an alarm: {'; '.join(best.alarms)}" if best.alarms else verdict,
    )
    return TrainedGenerator(trained.generator, card), trained
