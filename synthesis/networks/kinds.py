"""Every kind of network that a recipe can name, and how each is built."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator as TaggedBy
from pydantic import Tag

from synthesis.networks.dcgan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig
from synthesis.networks.energy import EnergyDiscriminator, EnergyDiscriminatorConfig
from synthesis.networks.flat import FlatDiscriminator, FlatDiscriminatorConfig, FlatGenerator, FlatGeneratorConfig
from synthesis.networks.information import (
    InformationDiscriminator,
    InformationDiscriminatorConfig,
    InformationGenerator,
    InformationGeneratorConfig,
)
from synthesis.networks.laplacian import (
    LaplacianDiscriminator,
    LaplacianDiscriminatorConfig,
    LaplacianGenerator,
    LaplacianGeneratorConfig,
)
from synthesis.networks.multi_scale import (
    MultiScaleDiscriminator,
    MultiScaleDiscriminatorConfig,
    MultiScaleGenerator,
    MultiScaleGeneratorConfig,
)
from synthesis.networks.noisy import NoisyGenerator, NoisyGeneratorConfig
from synthesis.networks.pair import DiscriminatorNetwork, DiscriminatorShape, GeneratorNetwork, GeneratorShape
from synthesis.networks.progressive import (
    ProgressiveDiscriminator,
    ProgressiveDiscriminatorConfig,
    ProgressiveGenerator,
    ProgressiveGeneratorConfig,
)
from synthesis.networks.r3 import R3Discriminator, R3DiscriminatorConfig, R3Generator, R3GeneratorConfig
from synthesis.networks.residual import (
    ResidualDiscriminator,
    ResidualDiscriminatorConfig,
    ResidualGenerator,
    ResidualGeneratorConfig,
)
from synthesis.networks.style import StyleGenerator, StyleGeneratorConfig
from synthesis.networks.style_discriminator import StyleDiscriminator, StyleDiscriminatorConfig


def network_of(config: Any) -> str:
    """The kind of network that a config, or its fields as read from a file, is of; dcgan where it names none."""
    kind = config.get("network", "dcgan") if isinstance(config, dict) else getattr(config, "network", "dcgan")
    return str(kind)


AnyGeneratorConfig = Annotated[
    Annotated[GeneratorConfig, Tag("dcgan")]
    | Annotated[FlatGeneratorConfig, Tag("flat")]
    | Annotated[InformationGeneratorConfig, Tag("information")]
    | Annotated[ResidualGeneratorConfig, Tag("residual")]
    | Annotated[R3GeneratorConfig, Tag("r3")]
    | Annotated[ProgressiveGeneratorConfig, Tag("progressive")]
    | Annotated[MultiScaleGeneratorConfig, Tag("multi-scale")]
    | Annotated[LaplacianGeneratorConfig, Tag("laplacian")]
    | Annotated[NoisyGeneratorConfig, Tag("noisy")]
    | Annotated[StyleGeneratorConfig, Tag("style")],
    TaggedBy(network_of),
]
AnyDiscriminatorConfig = Annotated[
    Annotated[DiscriminatorConfig, Tag("dcgan")]
    | Annotated[FlatDiscriminatorConfig, Tag("flat")]
    | Annotated[InformationDiscriminatorConfig, Tag("information")]
    | Annotated[EnergyDiscriminatorConfig, Tag("energy")]
    | Annotated[ResidualDiscriminatorConfig, Tag("residual")]
    | Annotated[R3DiscriminatorConfig, Tag("r3")]
    | Annotated[ProgressiveDiscriminatorConfig, Tag("progressive")]
    | Annotated[MultiScaleDiscriminatorConfig, Tag("multi-scale")]
    | Annotated[LaplacianDiscriminatorConfig, Tag("laplacian")]
    | Annotated[StyleDiscriminatorConfig, Tag("style")],
    TaggedBy(network_of),
]


def generator_of(config: GeneratorShape) -> GeneratorNetwork:
    """A generator with first weights. TypeError for a config that no network belongs to."""
    match config:
        case NoisyGeneratorConfig():
            return NoisyGenerator(config)
        case LaplacianGeneratorConfig():
            return LaplacianGenerator(config)
        case InformationGeneratorConfig():
            return InformationGenerator(config)
        case GeneratorConfig():
            return Generator(config)
        case FlatGeneratorConfig():
            return FlatGenerator(config)
        case ResidualGeneratorConfig():
            return ResidualGenerator(config)
        case R3GeneratorConfig():
            return R3Generator(config)
        case ProgressiveGeneratorConfig():
            return ProgressiveGenerator(config)
        case MultiScaleGeneratorConfig():
            return MultiScaleGenerator(config)
        case StyleGeneratorConfig():
            return StyleGenerator(config)
    raise TypeError(f"no generator belongs to a {type(config).__name__}")


def discriminator_of(config: DiscriminatorShape) -> DiscriminatorNetwork:
    """A discriminator with first weights. TypeError for a config that no network belongs to."""
    match config:
        case LaplacianDiscriminatorConfig():
            return LaplacianDiscriminator(config)
        case InformationDiscriminatorConfig():
            return InformationDiscriminator(config)
        case DiscriminatorConfig():
            return Discriminator(config)
        case FlatDiscriminatorConfig():
            return FlatDiscriminator(config)
        case EnergyDiscriminatorConfig():
            return EnergyDiscriminator(config)
        case ResidualDiscriminatorConfig():
            return ResidualDiscriminator(config)
        case R3DiscriminatorConfig():
            return R3Discriminator(config)
        case ProgressiveDiscriminatorConfig():
            return ProgressiveDiscriminator(config)
        case MultiScaleDiscriminatorConfig():
            return MultiScaleDiscriminator(config)
        case StyleDiscriminatorConfig():
            return StyleDiscriminator(config)
    raise TypeError(f"no discriminator belongs to a {type(config).__name__}")
