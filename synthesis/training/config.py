"""How a generator is trained: losses, penalties, optimizers, schedules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sensors_data.settings import Section
from synthesis.training.diff_augment import Change
from synthesis.training.losses import Loss, Penalty


class TrainingConfig(Section):
    """How a generator and its discriminator are trained."""

    loss: Loss = "bce"
    """What discriminator and generator minimise."""
    real_target: float = Field(1.0, gt=0, le=1)
    """One-sided label smoothing: the discriminator's target for real images."""
    matches_features: bool = False
    """The generator instead minimises the distance between the mean features of real and fake images (Salimans et al.
    2016, arXiv:1606.03498)."""
    penalty: Penalty = "none"
    """The discriminator's gradient penalty."""
    penalty_weight: float = Field(10.0, ge=0)
    """Weight of that penalty in the loss."""
    penalty_every: int = Field(1, ge=1)
    """Steps between penalties, each weighted by as many."""
    margin: float = Field(10.0, gt=0)
    """energy: the energy above which fake images are fake enough."""
    pulling_away: float = Field(0.0, ge=0)
    """Weight of the term that keeps the features of fake images apart, in the generator's loss (Zhao et al. 2017)."""
    code_weight: float = Field(1.0, ge=0)
    """Weight of the recovered code in both losses, where the networks recover one (Chen et al. 2016)."""
    orthogonality: float = Field(0.0, ge=0)
    """Weight of the products between the rows of the generator's weights in its loss (Brock et al. 2019)."""
    path_weight: float = Field(0.0, ge=0)
    """Weight of the path length in the loss of a generator with styles (Karras et al. 2020)."""
    path_every: int = Field(4, ge=1)
    """Steps between path lengths, each weighted by as many and taken from half a batch."""
    entropy_weight: float = Field(0.0, ge=0)
    """Weight of the negative entropy in the loss of a generator with noise (Dieng et al. 2019)."""
    history_weight: float = Field(0.0, ge=0)
    """Weight of the distance of all weights from their mean so far, in both losses (Salimans et al. 2016)."""
    clip: float = Field(0.0, ge=0)
    """Largest weight of the discriminator after a step (Arjovsky et al. 2017); 0 for none."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """The rule by which the weights move."""
    learning_rate: float = Field(2e-4, gt=0)
    """Of the generator, and of the discriminator unless it has its own."""
    discriminator_learning_rate: float | None = None
    """Learning rate of the discriminator; None for that of the generator."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Adam's decay of the first and second moment."""
    weight_decay: float = Field(0.0, ge=0)
    """How strongly weights are pulled towards 0."""
    schedule: Literal["constant", "exponential", "cosine"] = "constant"
    """How the learning rate falls over the training."""
    decay_steps: int = Field(40_000, ge=1)
    """exponential: steps in which the learning rate halves."""
    discriminator_steps: int = Field(1, ge=1)
    """Steps of the discriminator for one of the generator."""
    batch: int = Field(64, ge=2)
    """Real images in one step."""
    images: int = Field(1_000_000, ge=1)
    """Real images shown in all, repeated ones counted."""
    average_half_life: int = Field(0, ge=0)
    """Half-life of the generator's moving average, steps; 0 for no average."""
    average_ramp: float = Field(0.05, gt=0, le=1)
    """That half-life is never more than this share of the steps so far (Karras et al. 2022)."""
    augmentation: tuple[Change, ...] = ()
    """Random changes that both networks' images go through (DiffAugment)."""
    precision: Literal["fp32", "bf16", "fast"] = "fp32"
    """fast: bf16 where the processor multiplies in it, fp32 elsewhere."""
