"""Everything that names a GAN: both networks and how they are trained."""

from __future__ import annotations

from sensors_data.settings import Section
from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.training.config import TrainingConfig


class Recipe(Section):
    """A preset for images of one shape: both networks and how they are trained."""

    preset: str
    generator: GeneratorConfig
    discriminator: DiscriminatorConfig
    training: TrainingConfig
