"""DCGANs by name: our own recipe, those of papers and of reports."""

from __future__ import annotations

from sensors_data.errors import NotThereError, UnusableError
from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Layer
from synthesis.presets.course_reports import REPORTS
from synthesis.presets.other_networks import OTHER_NETWORKS
from synthesis.presets.papers import PAPERS
from synthesis.presets.parts import Parts, Preset, Shape, downsample
from synthesis.training.config import TrainingConfig
from synthesis.training.recipe import Recipe

SIZES = (28, 32, 64, 128)
"""Sides of the images that are drawn; others are resized to the nearest."""


def preset(name: str, image: Shape, classes: int = 0) -> Recipe:
    """The preset called `name` for images of shape C, H, W; with `classes` it is conditional.

    LookupError names the known ones, ValueError says which sides it can draw, or that it wants classes or takes none.
    """
    if name not in PRESETS:
        raise NotThereError(f"no preset '{name}' (known: {', '.join(PRESETS)})", "see: nightscore presets list")
    chosen = PRESETS[name]
    if image[1] % 2**chosen.halvings or image[1] != image[2]:
        raise UnusableError(
            f"{name} draws square images whose side {2**chosen.halvings} divides, found {image[1:]}",
            f"sides that it draws: {', '.join(map(str, sides_of(name)))}",
        )
    if chosen.conditional and not classes:
        raise UnusableError(f"{name} needs the class of each image, and these images have none", "take another preset")
    if classes and not chosen.takes_classes:
        remedy = 'set learns_from = "normal", or take another preset'
        raise UnusableError(f"{name} cannot have classes: its discriminator sees none", remedy)
    generator, discriminator, training = chosen.make(image)
    return Recipe(
        preset=name,
        generator=generator.model_copy(update={"classes": classes}),
        discriminator=discriminator.model_copy(update={"classes": classes}),
        training=training,
    )


def sides_of(name: str) -> list[int]:
    """The sides that a preset can draw."""
    return [side for side in SIZES if side % 2 ** PRESETS[name].halvings == 0]


def nearest_size(side: int) -> int:
    """The side of drawn images that is nearest to `side`, by their ratio."""
    return min(SIZES, key=lambda size: max(size / side, side / size))


def _default(image: Shape) -> Parts:
    """Narrow networks, fast Adam, an average of the generator that ramps up.

    What keeps the discriminator smooth was chosen apart for grey images and for those in colour.
    """
    channels, side = image[0], image[1]
    is_grey = channels == 1
    width = 32
    start = 7 if side % 7 == 0 else 8
    doublings = (side // start).bit_length() - 1
    layers: list[Layer] = []
    for _ in range(doublings - 1):
        layers += [
            Layer(kind="shuffle", channels=width, norm="batch"),
            Layer(channels=width, norm="batch"),
        ]
    layers.append(Layer(kind="shuffle", channels=channels, activation="tanh"))
    generator = GeneratorConfig(
        image=image,
        latent=16 if is_grey else 100,
        start=(64, start),
        start_norm="batch",
        bias=False,
        layers=tuple(layers),
        initial_spread=None,
    )
    down = [downsample(32, 1)]
    down += [downsample(64, 2, kernel=4) for _ in range(doublings - 1)]
    down.append(downsample(64, 1))
    discriminator = DiscriminatorConfig(
        image=image,
        unshuffle=2,
        layers=tuple(down),
        spectral=is_grey,
        initial_spread=None,
    )
    training = TrainingConfig(
        loss="hinge", learning_rate=1e-3, betas=(0.0, 0.9), batch=64, average_half_life=500, precision="fast"
    )
    return generator, discriminator, training if is_grey else training.model_copy(update=_IN_COLOUR)


_IN_COLOUR = {"loss": "relativistic", "penalty": "r1-r2", "penalty_weight": 0.05, "penalty_every": 4}


PRESETS = {
    "default": Preset(_default, "narrow networks, moving average, by colour", "ours", 1),
    **PAPERS,
    **OTHER_NETWORKS,
    **REPORTS,
}
