"""One-class methods over images: ours, and what a user would try first; higher scores are more anomalous."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.features import FeatureConfig, represent
from anomaly.images.image_scores import score_images
from anomaly.images.learning import ImageTraining, learn_image_detector
from anomaly.images.scoring import FeatureScaler, nearest_mean
from anomaly.images.vae import PRESETS
from anomaly.vae.reconstruction import antithetic_draws, reconstruct
from anomaly.vae.training import FitConfig
from sensors_data.nets.threads import one_thread

DAY = date(2000, 1, 1)
CONV = ImageDetectorConfig(
    features=FeatureConfig(kind="pixels"),
    steps=500,
    fit=FitConfig(batch=128, beta=1.0, free_bits=0.0, masked_inputs=0.0),
    **PRESETS["conv"],
)
WIDE = 1024
"""Values an image above which its principal axes are sought at random (Halko et al. 2011, arXiv:0909.4061): all of
them would cost minutes."""


@dataclass(frozen=True)
class Outcome:
    """What a method said of the test images."""

    score: np.ndarray  # (N,)
    alarm: np.ndarray | None  # (N,) bool, where the method has a threshold
    cpu_s: float  # fit and score


Method = Callable[[np.ndarray, np.ndarray, int], dict[str, Outcome]]


def nightscore(train: np.ndarray, test: np.ndarray, seed: int) -> dict[str, Outcome]:
    """Our detector as it stands, with nothing set."""
    started = time.process_time()
    detector, _ = learn_image_detector(ImageTraining("benchmark", train, DAY, ImageDetectorConfig(), seed))
    score = score_images(detector, test).score
    alarm = score > detector.card.threshold.value
    return {"nightscore": Outcome(score, alarm, time.process_time() - started)}


def knn(train: np.ndarray, test: np.ndarray, _: int) -> dict[str, Outcome]:
    """Mean distance to the 5 nearest training images, in our features and in pixels."""
    out = {}
    for name, features in (("knn", FeatureConfig()), ("knn-pixels", FeatureConfig(kind="pixels"))):
        started = time.process_time()
        known, unseen = _flat(train, features), _flat(test, features)
        blocks = FeatureScaler.of(known)
        score = _nearest(blocks.apply(unseen), blocks.apply(known))
        out[name] = Outcome(score, None, time.process_time() - started)
    return out


def pca(train: np.ndarray, test: np.ndarray, _: int) -> dict[str, Outcome]:
    """Squared error after projection on the 32 principal axes of the pixels."""
    started = time.process_time()
    (known,), (unseen,) = _flat(train, FeatureConfig(kind="pixels")), _flat(test, FeatureConfig(kind="pixels"))
    mean = known.mean(0)
    axes = _principal_axes(known, mean)
    apart = unseen - mean
    score = (apart - apart @ axes @ axes.T).square().sum(1).numpy()
    return {"pca-32": Outcome(score, None, time.process_time() - started)}


def _principal_axes(x: Tensor, mean: Tensor) -> Tensor:
    """The 32 principal axes of x (N, F), at most N - 1 of them where F is large, (F, 32)."""
    if x.shape[1] <= WIDE:
        axes: Tensor = torch.linalg.eigh((x - mean).T @ (x - mean)).eigenvectors
        return axes[:, -32:]
    few = PCA(min(32, len(x) - 1), svd_solver="randomized", n_oversamples=32, random_state=0).fit(x.numpy())
    return torch.from_numpy(few.components_.T)


def conv_vae(train: np.ndarray, test: np.ndarray, seed: int) -> dict[str, Outcome]:
    """A convolutional VAE over pixels as published: its raw Bernoulli reconstruction probability, and its error."""
    started = time.process_time()
    detector, _ = learn_image_detector(ImageTraining("benchmark", train, DAY, CONV, seed))
    model = detector.network.model
    draws = antithetic_draws(4, model.latent, torch.Generator().manual_seed(seed))
    (x,) = represent(test, CONV.features)
    nats, error = [], []
    with one_thread():
        for first in range(0, len(x), 500):
            part = x[first : first + 500]
            reconstruction = reconstruct(model, part, draws)
            nats.append(-reconstruction.log_prob.flatten(1).sum(1))
            error.append((reconstruction.expected - part).square().flatten(1).sum(1))
    spent = time.process_time() - started
    return {
        "vae-bernoulli": Outcome(torch.cat(nats).numpy(), None, spent),
        "vae-mse": Outcome(torch.cat(error).numpy(), None, spent),
    }


METHODS: dict[str, Method] = {"nightscore": nightscore, "knn": knn, "pca": pca, "vae": conv_vae}
SEEDED = ("nightscore", "vae")
"""Methods that draw random numbers; the others are run once."""


def falls_short(ours: float, nearest: float) -> bool:
    """Whether ours ranks no better than the nearest neighbours, by AUROC; where both are perfect it does not, and NaN
    says nothing.
    """
    return bool(ours < nearest or ours == nearest < 1)


def _flat(images: np.ndarray, features: FeatureConfig) -> list[Tensor]:
    return [block.flatten(1) for block in represent(images, features)]


def _nearest(x: Tensor, others: Tensor) -> np.ndarray:
    with one_thread():
        return torch.cat([nearest_mean(x[i : i + 500], others, 5) for i in range(0, len(x), 500)]).numpy()
