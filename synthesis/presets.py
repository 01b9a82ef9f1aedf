"""DCGANs by name: our own recipe, the published systems, and the plain one that they all come from."""

from __future__ import annotations

from collections.abc import Callable

from sensors_data.settings import Section
from synthesis.adversarial import TrainingConfig
from synthesis.dcgan import Activation, DiscriminatorConfig, GeneratorConfig, Layer, Norm

Shape = tuple[int, int, int]
SIZES = (28, 32, 64, 128)
"""Sides of the images that are drawn; others are resized to the nearest."""


class Recipe(Section):
    """A preset for images of one shape: both networks and how they are trained."""

    preset: str
    generator: GeneratorConfig
    discriminator: DiscriminatorConfig
    training: TrainingConfig


def preset(name: str, image: Shape, classes: int = 0) -> Recipe:
    """The preset called `name` for images of shape C, H, W; with `classes` it draws the class that it is told.

    LookupError names the known ones, ValueError says which sides it can draw.
    """
    if name not in PRESETS:
        raise LookupError(f"no preset '{name}' (known: {', '.join(PRESETS)}); see: nightscore presets list")
    make, _, halvings = PRESETS[name]
    if image[1] % 2**halvings or image[1] != image[2]:
        raise ValueError(f"{name} draws square images whose side {2**halvings} divides, found {image[1:]}")
    generator, discriminator, training = make(image)
    return Recipe(
        preset=name,
        generator=generator.model_copy(update={"classes": classes}),
        discriminator=discriminator.model_copy(update={"classes": classes}),
        training=training,
    )


def nearest_size(side: int) -> int:
    """The side of drawn images that is nearest to `side`, by their ratio."""
    return min(SIZES, key=lambda size: max(size / side, side / size))


Parts = tuple[GeneratorConfig, DiscriminatorConfig, TrainingConfig]


def _up(channels: int, kernel: int = 4, stride: int = 2, norm: Norm = "batch", act: Activation = "relu") -> Layer:
    return Layer(kind="transposed", channels=channels, kernel=kernel, stride=stride, norm=norm, activation=act)


def _down(channels: int, stride: int = 2, kernel: int = 3, act: Activation = "leaky-0.2", **more: float) -> Layer:
    return Layer(channels=channels, kernel=kernel, stride=stride, activation=act, dropout=more.get("dropout", 0.0))


def _last(channels: int, kernel: int, act: Activation = "tanh", kind: str = "conv", stride: int = 1) -> Layer:
    found = {"channels": channels, "kernel": kernel, "activation": act, "kind": kind, "stride": stride}
    return Layer.model_validate(found)


def _default(image: Shape) -> Parts:
    """Narrow networks, spectral normalisation, hinge, fast Adam, an average of the generator that ramps up."""
    channels, side = image[0], image[1]
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
        image=image, start=(64, start), start_norm="batch", bias=False, layers=tuple(layers), initial_spread=None
    )
    down = [_down(32, 1)]
    down += [_down(64, 2, kernel=4) for _ in range(doublings - 1)]
    down.append(_down(64, 1))
    discriminator = DiscriminatorConfig(
        image=image, unshuffle=2, layers=tuple(down), spectral=True, initial_spread=None
    )
    training = TrainingConfig(
        loss="hinge", rate=1e-3, betas=(0.0, 0.9), batch=64, average_half_life=500, precision="fast"
    )
    return generator, discriminator, training


def _plain(image: Shape) -> Parts:
    """Radford et al. 2016 (arXiv:1511.06434) for images of any side: channels halve as the side doubles."""
    channels, side = image[0], image[1]
    start = 7 if side % 7 == 0 else 8
    doublings = (side // start).bit_length() - 1
    up = tuple(_up(64 * 2**number) for number in range(doublings - 1, 0, -1))
    generator = GeneratorConfig(
        image=image,
        start=(64 * 2**doublings, start),
        start_norm="batch",
        bias=False,
        layers=(*up, _up(channels, norm="none", act="tanh")),
    )
    down = [Layer(channels=64, kernel=4, stride=2, activation="leaky-0.2")]
    down += [
        Layer(channels=64 * 2**n, kernel=4, stride=2, norm="batch", activation="leaky-0.2") for n in range(1, doublings)
    ]
    return generator, DiscriminatorConfig(image=image, layers=tuple(down)), TrainingConfig(images=60_000 * 25)


def _dcgan_64(image: Shape) -> Parts:
    """Radford et al. 2016: a 4x4x1024 start, four halvings each way, no pooling, batch normalisation in both."""
    start = image[1] // 16
    generator = GeneratorConfig(
        image=image,
        start=(1024, start),
        start_norm="batch",
        bias=False,
        layers=(_up(512), _up(256), _up(128), _up(image[0], norm="none", act="tanh")),
    )
    down = [Layer(channels=128, kernel=4, stride=2, activation="leaky-0.2")]
    down += [Layer(channels=n, kernel=4, stride=2, norm="batch", activation="leaky-0.2") for n in (256, 512, 1024)]
    training = TrainingConfig(batch=128, images=25 * 60_000)
    return generator, DiscriminatorConfig(image=image, layers=tuple(down)), training


def _capstone_mnist(image: Shape) -> Parts:
    act: Activation = "leaky-0.01"
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        start_activation="none",
        layers=(_up(128, act=act), _up(64, act=act), _last(image[0], 7, kind="transposed")),
        initial_spread=None,
    )
    down = (
        _down(64, act=act),
        Layer(channels=128, stride=2, norm="batch-after", activation=act),
        Layer(channels=256, stride=2, norm="batch-after", activation=act),
    )
    discriminator = DiscriminatorConfig(image=image, layers=down, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50)


def _mca_mnist(image: Shape) -> Parts:
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        layers=(_up(128, norm="batch-after"), _up(128, norm="batch-after"), _last(image[0], 7, "sigmoid")),
        initial_spread=None,
    )
    down = (_down(64, act="relu"), Layer(channels=128, stride=2, norm="batch-after"))
    discriminator = DiscriminatorConfig(image=image, layers=down, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50, betas=(0.9, 0.999))


def _dip(image: Shape, widths: tuple[int, int, int]) -> Parts:
    """One doubling behind a wide dense layer, no normalisation, dropout before the logit."""
    generator = GeneratorConfig(
        image=image,
        start=(256, image[1] // 2),
        start_activation="leaky-0.2",
        layers=(_up(128, norm="none", act="leaky-0.2"), _last(image[0], 3)),
        initial_spread=None,
    )
    down = tuple(_down(width, stride) for width, stride in zip(widths, (1, 2, 2), strict=True))
    discriminator = DiscriminatorConfig(image=image, layers=down, dense_dropout=0.4, initial_spread=None)
    return generator, discriminator, TrainingConfig(images=60_000 * 50)


def _dip_mnist(image: Shape) -> Parts:
    return _dip(image, (56, 112, 224))


def _dip_cifar10(image: Shape) -> Parts:
    return _dip(image, (64, 128, 256))


def _review_fashion(image: Shape) -> Parts:
    act: Activation = "leaky-0.2"
    generator = GeneratorConfig(
        image=image,
        start=(128, image[1] // 4),
        start_norm="batch",
        start_activation=act,
        layers=(_up(256, act=act), _up(128, act=act), _up(64, 3, 1, act=act), _last(image[0], 3)),
        initial_spread=None,
    )
    down = (_down(64), _down(128, dropout=0.3), _down(256, dropout=0.4))
    training = TrainingConfig(rate=1e-3, batch=32, images=60_000 * 20, real_target=0.9)
    return generator, DiscriminatorConfig(image=image, layers=down, initial_spread=None), training


def _review_faces(image: Shape) -> Parts:
    ups = ((1024, 2), (512, 2), (512, 1), (256, 2), (256, 1), (128, 2), (64, 1))
    generator = GeneratorConfig(
        image=image,
        start=(1024, image[1] // 16),
        start_norm="batch",
        layers=(*(_up(width, 4, stride) for width, stride in ups), _last(image[0], 3)),
        initial_spread=0.02,
    )
    down = tuple(
        Layer(channels=width, kernel=5, stride=2, norm="batch", activation="leaky-0.2", dropout=0.3)
        for width in (64, 128, 256, 512, 1024)
    )
    discriminator = DiscriminatorConfig(image=image, layers=down, dense_dropout=0.4)
    training = TrainingConfig(rate=2e-3, batch=128, images=900 * 200, schedule="exponential", decay_steps=40_000)
    return generator, discriminator, training


PRESETS: dict[str, tuple[Callable[[Shape], Parts], str, int]] = {
    "default": (_default, "ours: narrow, spectral normalisation, hinge, moving average", 1),
    "plain": (_plain, "the plain DCGAN at any side (Radford et al. 2016)", 1),
    "dcgan-64": (_dcgan_64, "Radford et al. 2016 as published, 64x64", 4),
    "capstone-mnist": (_capstone_mnist, "a report on MNIST, 28x28", 2),
    "mca-mnist": (_mca_mnist, "a report on MNIST, 28x28, sigmoid pixels", 2),
    "dip-mnist": (_dip_mnist, "a report on MNIST, 28x28, one wide dense layer", 1),
    "dip-cifar10": (_dip_cifar10, "the same on CIFAR-10, 32x32 colour", 1),
    "review-fashion": (_review_fashion, "a report on Fashion-MNIST, 28x28, smoothed labels", 2),
    "review-faces": (_review_faces, "a report on faces, 64x64 colour, seven steps up", 4),
}
"""How each is made, what it is, and how often its generator's start doubles up to the image."""
