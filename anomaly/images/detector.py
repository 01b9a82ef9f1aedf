"""A camera's detector (features, a VAE, the codes of normal images, a threshold) and its scores of images."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from anomaly.images.features import FeatureConfig
from anomaly.images.looks import LooksReference
from anomaly.images.scoring import ImageModel, ScoreNormaliser
from anomaly.images.vae import ImageVAEConfig, Likelihood
from anomaly.thresholds import Threshold
from anomaly.vae.training import FitConfig
from sensors_data.settings import Section, parse

FORMAT = 4
"""Revision of the detector's file. Read are also 3, without a fine level, and 2, with other names in the normaliser."""

GRADIENT_FIT = FitConfig(
    epochs=200,
    batch=128,
    schedule="one-cycle",
    weight_decay=0.0,
    beta=0.5,
    warm_up=3,
    free_bits=0.0,
    masked_inputs=0.0,
    input_noise=0.3,
    patience=200,
)


class ImageDetectorConfig(Section):
    """How a camera's detector is built; the defaults suit every camera."""

    features: FeatureConfig = FeatureConfig()
    """The features of an image that are modelled."""
    compare: bool = False
    """Whether training compares the kinds of features on painted defects and uses the best; true for a camera whose
    settings have no `features.kind`."""
    body: Literal["dense", "convolutional"] = "dense"
    """Kind of network: dense, or convolutional for pixels."""
    widths: tuple[int, ...] = (512, 128)
    """Width of each layer of the encoder; the decoder has them in reverse order."""
    latent: int = Field(32, ge=1)
    """Size of the code."""
    activation: Literal["silu", "relu"] = "silu"
    """Activation function of the networks."""
    likelihood: Likelihood = "gaussian"
    """Distribution of a feature around its expected value."""
    days: int = Field(28, ge=1, le=3650)
    """Length of the training span, days."""
    held_out: float = Field(0.2, gt=0, lt=0.9)
    """Last share of the images in time, held out for early stopping, normaliser and threshold."""
    folds: int = Field(5, ge=1, le=20)
    """With few images: number of folds that are held out in turn for normaliser and threshold; 1: only the last images.
    """
    draws: int = Field(4, ge=1)
    """S, number of Monte-Carlo draws of the code."""
    memory: int = Field(20_000, ge=1)
    """Largest number of normal codes to store as neighbours."""
    neighbours: int = Field(5, ge=1)
    """Number of nearest normal codes to average the distance over."""
    weights: tuple[float, float, float, float] = (1.0, 1.0, 0.0, 2.0)
    """Weights of reconstruction, divergence, distance and neighbours in the score."""
    fine_weights: tuple[float, float] = (0.5, 0.5)
    """Patches: weights of the fine level's reconstruction and neighbours."""
    fine_widths: tuple[int, ...] = (128, 64)
    """Patches: width of each layer of the fine level's encoder."""
    fine_latent: int = Field(8, ge=1)
    """Patches: size of the fine level's code."""
    kept_features: int = Field(500, ge=0)
    """Patches: number of newest images whose features are stored for the next training."""
    worst_share: float = Field(0.05, gt=0, le=1)
    """Patches: the score of an image is the mean over this share of its patches, the worst ones."""
    false_alarm_rate: float = Field(0.01, gt=0, lt=0.5)
    """Share of normal images that may be over the threshold."""
    steps: int = Field(1000, ge=1)
    """Approximate number of training steps, from which the epochs follow, up to `fit.epochs`."""
    fit: FitConfig = GRADIENT_FIT
    """How the VAE is trained."""

    @property
    def part_weights(self) -> tuple[float, ...]:
        """The weight of each part of the score that this kind of features has."""
        return (*self.weights, *self.fine_weights) if self.features.of_two_scales else self.weights


PATCH_CONFIG = ImageDetectorConfig(
    features=FeatureConfig(kind="patches", side=192, stride=16, fine=True),
    widths=(512, 128),
    latent=16,
    memory=4000,
    weights=(1.0, 0.0, 0.0, 1.0),
)
"""For textures: patches of a frozen network, each modelled by itself."""


PIXEL_CONFIG = ImageDetectorConfig(
    features=FeatureConfig(kind="pixels"),
    body="convolutional",
    widths=(16, 32, 64),
    fit=GRADIENT_FIT.model_copy(update={"batch": 32, "input_noise": 0.05}),
)
"""Grey levels, by a convolutional network whose cost grows with the image alone."""

KIND_CONFIGS = {"gradients": ImageDetectorConfig(), "patches": PATCH_CONFIG, "pixels": PIXEL_CONFIG}
"""What suits each kind of features, for the keys that the settings leave out."""


def parse_config(table: dict[str, Any], where: str) -> ImageDetectorConfig:
    """A detector section's keys as a config; keys that are not set are those that suit the kind of features.

    Without a stated kind, training compares them. ValueError names a wrong key and `where` it stands.
    """
    features = table.get("features")
    kind = features.get("kind") if isinstance(features, dict) else None
    if kind in KIND_CONFIGS and isinstance(features, dict):
        defaults = KIND_CONFIGS[kind].model_dump(exclude_unset=True)
        return parse(
            ImageDetectorConfig, {**defaults, **table, "features": {**defaults.get("features", {}), **features}}, where
        )
    return parse(ImageDetectorConfig, {"compare": True, **table}, where)


def config_of_kind(config: ImageDetectorConfig, kind: str) -> ImageDetectorConfig:
    """A config that states no kind, with another kind of features and, for the keys that it leaves out, what suits
    that kind."""
    stated = config.model_dump(include=config.model_fields_set - {"features"})
    return ImageDetectorConfig.model_validate({**KIND_CONFIGS[kind].model_dump(exclude_unset=True), **stated})


class Choice(Section):
    """Which kind of features a detector models, and by what evidence."""

    kind: str
    kinds: tuple[str, ...] = ()
    """Those that were compared; none where there was nothing to compare on."""
    auroc: tuple[float, ...] = ()
    """Of each kind, the share of pairs in which an image with a painted defect scores over a normal one."""
    second: str = ""
    """The next best kind."""
    gain: float = 0.0
    """AUROC over the best other kind; negative where the usual kind serves and another is ahead within chance."""
    low: float = 0.0
    """Lower end of the 95 % interval of the gain."""
    high: float = 0.0
    """Its upper end."""
    defects: int = 0
    """Painted defects that were compared on."""
    note: str = ""
    """Why a kind was not compared; empty where all were."""


class KnownUse(Section):
    """What a detector made of known defects, and by what evidence."""

    pictures: int
    """Pictures of real defects that were known."""
    auroc: tuple[float, float] | None = None
    """Share of pairs in which a known defect scores over a good image: without the head, and by one without it."""
    gain: float = 0.0
    """AUROC by which the head is ahead."""
    low: float = 0.0
    """Lower end of the 95 % interval of the gain."""
    high: float = 0.0
    """Its upper end."""
    used: bool = False
    """Whether the head is part of the score: where the gain's lower end is above zero."""
    note: str = ""
    """Why known defects were not tried; empty where they were."""
    hashes: tuple[str, ...] = ()
    """Of the pixels of each picture, so that none of them is evaluated on."""


class ImageCard(Section):
    """A detector's description of itself, JSON in its file."""

    format: int = FORMAT
    camera: str
    trained_through: date
    image: tuple[int, int, int]
    """C, H, W of the images it takes."""
    tile: int = 0
    """Pixels a side of the tiles that a large picture is scored in; 0 where images are scored whole."""
    worst_places: int = 0
    """Worst places of the fine level whose mean is the score; 0 where it is that of a share of patches."""
    source_size: str = ""
    """Pixels that the camera sent, as 640x480."""
    images: int
    synthetic: int = 0
    """Of the training images, those that a generator drew."""
    held_out: int
    folds: int = 1
    """Parts of the images that were held out in turn for the normaliser and the threshold."""
    network: ImageVAEConfig
    fine_network: ImageVAEConfig | None = None
    """Of the fine level, where it is modelled."""
    config: ImageDetectorConfig
    normaliser: ScoreNormaliser
    threshold: Threshold
    false_alarms: tuple[float, float] | None = None
    """The 90 % interval of the share of normal images over the threshold; none in files of before."""
    pixel_threshold: float
    """Nats a pixel of the heat map that 1 in 1,000 pixels of held-out normal images exceeds."""
    seed: int
    looks: LooksReference | None = None
    """How the images looked that it learned from; none in files of before."""
    choice: Choice | None = None
    """How the kind of features was chosen; none where the settings state it."""
    known: KnownUse | None = None
    """What was made of known defects; none where there were none."""
    inputs: str = ""
    settings: str = ""
    accepted: bool = True
    verdict: str = ""


@dataclass(frozen=True)
class ImageDetector:
    """The fitted model and its card."""

    network: ImageModel
    card: ImageCard

    @property
    def name(self) -> str:
        """The model id as tables carry it: camera and the last day it was trained on."""
        return f"{self.card.camera}@{self.card.trained_through}"
