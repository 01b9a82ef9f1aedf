"""Learning a camera's detector from its normal images: features, VAE, memory bank, normaliser, threshold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import torch

from anomaly.images.detector import ImageCard, ImageDetector, ImageDetectorConfig, KnownUse
from anomaly.images.features import Represent, represent
from anomaly.images.image_scores import Worst, score_parts, worst_patches
from anomaly.images.known_defects import KNOWN_WEIGHT, KnownDefects
from anomaly.images.known_gain import known_use, with_head
from anomaly.images.limits import false_alarm_interval, predictive_threshold, threshold_of_folds
from anomaly.images.looks import reference_of
from anomaly.images.model_fit import learn_model
from anomaly.images.scoring import ImageModel, ScoreNormaliser, fit_normaliser, surprises
from anomaly.thresholds import Threshold
from anomaly.vae.training import Epoch
from sensors_data.errors import UnusableError
from sensors_data.images.table import MIN_IMAGES, more_images_of
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Hooks, Progress

FEW = 1000
"""Learned images under which the held-out ones are too few to draw a threshold from. With 1 % stated, a limit from 200
scores lets through 0.4 to 1.6 times as many, one from 1,000 scores 0.7 to 1.3 times."""


@dataclass(frozen=True)
class ImageTraining:
    """What a camera's detector is learned from, and how."""

    camera: str
    images: np.ndarray
    """Normal images (N, C, H, W) uint8 in time order; the last of them are held out."""
    through: date
    """The last day that the images come from."""
    config: ImageDetectorConfig
    seed: int
    synthetic: np.ndarray | None = None
    """Generated images (M, C, H, W) uint8; they are learned from and never held out."""
    features: Represent = represent
    """What gives the images their features."""
    tile: int = 0
    """Pixels a side of the tiles that large pictures are learned in; 0 where images are learned whole."""
    defects: KnownDefects | None = None
    """Real defects whose places are known; None where there are none."""


def learn_image_detector(training: ImageTraining, hooks: Hooks | None = None) -> tuple[ImageDetector, list[Epoch]]:
    """A camera's detector and the history of its training.

    The held-out images decide early stopping, the normaliser and the threshold. ValueError when there are too few.
    """
    images, config = training.images, training.config
    learned, known = _with_what_gains(learn_and_hold_out(training, hooks), training)
    normaliser, normal = learned.normal_scores(config)
    threshold = learned.threshold(normal, config.false_alarm_rate)
    last = images[len(images) - learned.held_out :]
    held_out = score_parts(learned.network, last, normaliser, Worst(config.worst_share), training.features)
    card = ImageCard(
        camera=training.camera,
        trained_through=training.through,
        image=tuple(images.shape[1:]),
        images=len(images),
        synthetic=0 if training.synthetic is None else len(training.synthetic),
        held_out=learned.held_out,
        folds=learned.folds,
        network=learned.network.model.config,
        fine_network=learned.network.fine.model.model.config if learned.network.fine else None,
        config=config,
        normaliser=normaliser,
        threshold=threshold,
        false_alarms=false_alarm_interval(threshold),
        pixel_threshold=float(np.quantile(held_out.maps, 0.999)),
        seed=training.seed,
        looks=reference_of(images),
        known=known,
    )
    return ImageDetector(learned.network, card), learned.history


@dataclass(frozen=True)
class Learned:
    """A fitted model, and the score's parts of normal images by a model that did not learn from them."""

    network: ImageModel
    history: list[Epoch]
    parts: torch.Tensor  # (N, P, K) of the images that were held out, in turn or once
    held_out: int
    """Images that `network` did not learn from, the last ones."""
    folds: int
    """Trainings in which images were held out."""

    def normal_scores(self, config: ImageDetectorConfig) -> tuple[ScoreNormaliser, np.ndarray]:
        """The normaliser of the parts, and the scores of the held-out images under it, (N,) nats."""
        weights = config.part_weights if self.network.head is None else (*config.part_weights, KNOWN_WEIGHT)
        normaliser = fit_normaliser(self.parts, weights)
        return normaliser, worst_patches(normaliser.total(self.parts), self.parts, config.worst_share)[0].numpy()

    def without_head(self) -> Learned:
        """The same without its head of known defects."""
        return replace(self, network=replace(self.network, head=None), parts=self.parts[..., :-1])

    def threshold(self, normal: np.ndarray, budget: float) -> Threshold:
        """The limit that a new normal image exceeds with probability `budget`, from `normal_scores` (N,)."""
        rule = predictive_threshold if self.folds == 1 else threshold_of_folds
        return rule(normal, budget)


def _with_what_gains(learned: Learned, training: ImageTraining) -> tuple[Learned, KnownUse | None]:
    """What was learned, with its head of known defects only if that gains on defects it left out; and the evidence."""
    if training.defects is None:
        return learned, None
    head = learned.network.head
    if head is None:
        note = "known defects serve patches with a fine level, in images that are scored whole"
        return learned, KnownUse(pictures=len(training.defects), hashes=training.defects.hashes, note=note)
    good = training.images[len(training.images) - learned.held_out :]
    use = known_use(learned.network, head, training.config, training.defects, good, training.features, training.seed)
    return learned if use.used else learned.without_head(), use


def learn_and_hold_out(training: ImageTraining, hooks: Hooks | None = None) -> Learned:
    """The model of all images but the last part, and the parts of the score of held-out images.

    Of few images each fold is held out in turn, so that all of them have a score by a network that did not learn from
    them. ValueError when there are too few images.
    """
    images, config, given_hooks = training.images, training.config, hooks or Hooks()
    if len(images) < MIN_IMAGES:
        raise UnusableError(
            f"{training.camera} has {len(images)} normal images to learn from", more_images_of(training.camera)
        )
    count = len(images) - held_out_count(len(images), config)
    others, parts = _other_folds(count, config), []
    with one_thread():
        first = Hooks(_one_of(given_hooks.progress, 0, len(others) + 1), given_hooks.checkpoint)
        network, history = _learn_without(training, np.arange(count, len(images)), first)
        for number, fold in enumerate(others, 1):
            known, _ = _learn_without(training, fold, Hooks(_one_of(given_hooks.progress, number, len(others) + 1)))
            parts.append(_parts(known, images[fold], training.features))
    parts.append(_parts(network, images[count:], training.features))
    return Learned(network, history, torch.cat(parts), len(images) - count, len(others) + 1)


def _one_of(progress: Progress | None, number: int, count: int) -> Progress | None:
    """A progress hook for one of `count` equal trainings, numbered from 0, that reports the progress of all of them."""
    if progress is None:
        return None
    return lambda done, planned, losses: progress(number * planned + done, count * planned, losses)


def _other_folds(count: int, config: ImageDetectorConfig) -> list[np.ndarray]:
    """The first `count` images in the folds that are held out in turn where images are few; none where they are not."""
    if config.folds < 2 or count >= FEW:
        return []
    return np.array_split(np.arange(count), config.folds - 1)


def _learn_without(training: ImageTraining, fold: np.ndarray, hooks: Hooks) -> tuple[ImageModel, list[Epoch]]:
    """The model of all images but those of a fold, by which it is early-stopped."""
    learned = np.delete(training.images, fold, axis=0)
    synthetic = learned[:0] if training.synthetic is None else training.synthetic
    known = np.concatenate([learned, synthetic])
    config, seed, features = training.config, training.seed, training.features
    network, history = learn_model(known, training.images[fold], config, seed, features, hooks)
    if training.defects is None or not config.features.of_two_scales:
        return network, history
    return with_head(network, learned, training.defects, seed, features), history


def _parts(network: ImageModel, images: np.ndarray, features: Represent) -> torch.Tensor:
    """The parts of the score of images (N, C, H, W), (N, P, K)."""
    return torch.cat([surprise.parts for surprise in surprises(network, images, features)])


def held_out_count(images: int, config: ImageDetectorConfig) -> int:
    """The number of images that are held out, the last ones."""
    return max(2, round(images * config.held_out))
