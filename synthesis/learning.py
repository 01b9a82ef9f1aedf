"""How a camera's generator is learned: what is held out, what it is judged in, whether it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sensors_data.settings import Section
from synthesis.checkpoint import Checkpoint, Progress
from synthesis.features import Extractor, extractor_for, has_classes
from synthesis.generator_files import GeneratorCard, TrainedGenerator
from synthesis.generator_settings import GeneratorSettings
from synthesis.parallel import Task, workers_of
from synthesis.recipes import Recipe
from synthesis.snapshots import Examples
from synthesis.training import Shown, Trained, train

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

    @property
    def learned(self) -> np.ndarray:
        """The images that are learned from."""
        return np.asarray(self.images[self.is_learned])

    @property
    def held_out(self) -> np.ndarray:
        """The images that are not."""
        return np.asarray(self.images[~self.is_learned])


def material_of(camera: str, images: np.ndarray, labels: np.ndarray, given: GeneratorSettings, seed: int) -> Material:
    """Images uint8 (N, C, H, W) with labels (N,) as material, shuffled, a share of them held out.

    ValueError when they are too few, or too few of them differ.
    """
    if len(images) < FEWEST:
        raise ValueError(f"{camera} has {len(images)} images to learn from; a generator wants at least {FEWEST}")
    different = len(np.unique(images.reshape(len(images), -1), axis=0))
    if different < FEWEST:
        raise ValueError(
            f"only {different} of {len(images):,} images of {camera} differ, {FEWEST} must; is the camera stuck?"
        )
    order = np.random.default_rng(seed).permutation(len(images))  # so that the first of either part are like the rest
    is_learned = np.arange(len(images)) >= max(FEWEST // 4, round(given.held_out * len(images)))
    conditional = given.learns_from == "all" and has_classes(labels[order][is_learned])
    return Material(images[order], labels[order], is_learned, conditional)


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
        seed=seed,
        state=trained.state,
        accepted=not best.alarms,
        verdict=f"every snapshot gave an alarm: {'; '.join(best.alarms)}" if best.alarms else verdict,
    )
    return TrainedGenerator(trained.generator, card), trained
