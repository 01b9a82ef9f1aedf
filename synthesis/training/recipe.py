"""Everything that names a GAN: both networks and how they are trained."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import model_validator

from sensors_data.settings import Section, parse
from synthesis.networks.kinds import AnyDiscriminatorConfig, AnyGeneratorConfig, network_of
from synthesis.training.config import TrainingConfig


class Recipe(Section):
    """A preset for images of one shape: both networks and how they are trained."""

    preset: str
    generator: AnyGeneratorConfig
    discriminator: AnyDiscriminatorConfig
    training: TrainingConfig

    @model_validator(mode="after")
    def _changes_images_alone(self) -> Recipe:
        kind = network_of(self.generator)
        if self.training.augmentation and kind in ("multi-scale", "laplacian"):
            raise ValueError(f"a {kind} pair is trained on images of all sizes at once; leave augmentation empty")
        return self

    def changed(self, changes: Mapping[str, object], where: str) -> Recipe:
        """The recipe with other settings of its training. ValueError names `where` a wrong one stands."""
        training = parse(TrainingConfig, {**self.training.model_dump(), **changes}, where)
        return parse(Recipe, {**dict(self), "training": training}, where)
