"""How a camera's generator is learned: what is held out, what it is judged in, whether it is accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sensors_data.camera import Camera
from sensors_data.errors import UnusableError
from sensors_data.images.roles import is_normal
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Progress
from sensors_data.settings import Section
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.quality.extractors import MIN_PER_CLASS, Extractor, extractor_for, has_classes
from synthesis.settings import GeneratorSettings
from synthesis.training.loop import Shown, Trained, train
from synthesis.training.parallel import Task, workers_of
from synthesis.training.recipe import Recipe
from synthesis.training.snapshots import Examples

FEWEST = 64
"""Images without which nothing is learned, and different ones among them."""


@dataclass(frozen=True)
class Material:
    """A camera's images, those learned from and those held out."""

    images: np.ndarray  # (N, C, H, W) uint8
    labels: np.ndarray  # (N,) str
    is_learned: np.ndarray  # (N,) bool
    conditional: bool
    """Whether each label is a class to be drawn."""
    held_out_through: int
    """The largest number of an image that is held out; see `number_of`."""

    @property
    def learned(self) -> np.ndarray:
        """The images that are learned from."""
        return np.asarray(self.images[self.is_learned])

    @property
    def held_out(self) -> np.ndarray:
        """The images that are not."""
        return np.asarray(self.images[~self.is_learned])


def material_of(
    camera: str,
    spec: Camera,
    rows: pd.DataFrame,
    images: np.ndarray,
    given: GeneratorSettings,
    held_out_through: int | None = None,
) -> Material:
    """Rows of the `images` table and their pixels uint8 (N, C, H, W) as material, shuffled, a share of them held out.

    Which ones are is a matter of each image's own id, so that one that comes late moves no other; with
    `held_out_through` they are those that a generator held out. ValueError when the images are too few, too few of them
    differ, or a class has too few.
    """
    if len(images) < FEWEST:
        raise UnusableError(f"{camera} has {len(images)} images to learn from", f"a generator wants at least {FEWEST}")
    different = len(np.unique(images.reshape(len(images), -1), axis=0))
    if different < FEWEST:
        raise UnusableError(
            f"only {different} of {len(images):,} images of {camera} differ, {FEWEST} must", "is the camera stuck?"
        )
    numbers = np.array([number_of(name) for name in rows["image_id"]])
    order = np.argsort(numbers, kind="stable")  # a lot drawn once for all: the first of either part are like the rest
    if held_out_through is None:
        held_out_through = int(numbers[order[max(FEWEST // 4, round(given.held_out * len(images))) - 1]])
    labels = rows["label"].to_numpy(str)
    conditional = given.learns_from == "all" and not all(is_normal(label, spec) for label in np.unique(labels))
    if conditional:
        labels = np.where(labels == "", "normal", labels)
        _check_classes(camera, labels)
    return Material(images[order], labels[order], numbers[order] > held_out_through, conditional, held_out_through)


def number_of(image_id: str) -> int:
    """A number from 0 to 2 to the 48th that an image's id alone decides."""
    return int.from_bytes(hashlib.sha256(image_id.encode()).digest()[:6], "big")


def _check_classes(camera: str, labels: np.ndarray) -> None:
    """ValueError when one of several labels has too few images to be a class."""
    names, counts = np.unique(labels, return_counts=True)
    if len(names) > 1 and not has_classes(labels):
        found = ", ".join(f"{count} of '{name}'" for name, count in zip(names, counts, strict=True))
        raise UnusableError(
            f"{camera} learns from all labels, and each wants {MIN_PER_CLASS} images",
            f"found {found}: ingest more, "
            f'leave rare ones out by name (leave_out in [cameras.{camera}.generator]), or set learns_from = "normal"',
        )


def extractor_of(material: Material, given: GeneratorSettings, seed: int) -> Extractor:
    """The network that a camera's drawn images are judged in; trained on what is learned from alone."""
    labels = material.labels[material.is_learned]
    learned = material.learned
    shown = min(given.classifier_images, 20 * len(learned))
    return extractor_for(learned, labels if material.conditional else np.full(len(learned), ""), seed, shown)


class About(Section):
    """What a card says that training does not."""

    camera: str
    trained_through: date
    settings: str


def learn_generator(
    about: About,
    material: Material,
    recipe: Recipe,
    extractor: Extractor,
    given: GeneratorSettings,
    seed: int,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    show: Shown | None = None,
) -> tuple[TrainedGenerator, Trained]:
    """The generator of the best snapshot with its card, and how training went. It is accepted unless every snapshot
    gave an alarm.
    """
    names, numbers = np.unique(material.labels[material.is_learned], return_inverse=True)
    shares = np.bincount(numbers) / len(numbers)
    examples = Examples(material.learned, numbers if material.conditional else None, material.held_out)
    task = Task(recipe, examples, given.snapshots, seed, checkpoint)
    with workers_of(given.devices, task) as workers:
        trained = train(
            recipe, examples, extractor, given.watch, given.snapshots, seed, progress, checkpoint, show, workers
        )
    best = trained.best
    verdict = f"snapshot {best.epoch} of {len(trained.history)} has the least distance"
    card = GeneratorCard(
        **about.model_dump(),
        preset=recipe.preset,
        network=recipe.generator,
        classes=tuple(map(str, names)) if material.conditional else (),
        shares=tuple(map(float, shares)) if material.conditional else (),
        images=len(examples.images),
        shown=best.images,
        distance=best.distance,
        features=extractor.name,
        held_out_through=material.held_out_through,
        seed=seed,
        state=trained.state,
        accepted=not best.alarms,
        verdict=f"every snapshot gave an alarm: {'; '.join(best.alarms)}" if best.alarms else verdict,
    )
    return TrainedGenerator(trained.generator, card), trained
