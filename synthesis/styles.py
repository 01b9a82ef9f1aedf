"""Control of a generator with styles: the shape of one image with the details of another, and directions of change."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import UnusableError
from sensors_data.nets.threads import one_thread
from synthesis.generator_files import TrainedGenerator
from synthesis.networks.style import StyleGenerator
from synthesis.sampling import as_uint8, codes_of, label_of_first

MOST = 16
"""Images, directions or steps a side of a picture."""


def style_layers(generator: TrainedGenerator) -> int:
    """How many layers take a style; 0 for a generator without styles."""
    return generator.network.config.layers if isinstance(generator.network, StyleGenerator) else 0


def mixed(generator: TrainedGenerator, coarse_seed: int, fine_seed: int, layers: int, count: int = 6) -> np.ndarray:
    """A square of images, uint8 (count + 1, count + 1, C, H, W): all shapes with all details.

    The first column draws the first `count` images of `coarse_seed`, the first row those of `fine_seed`; where they
    cross, the first `layers` styles are those of the row and the others those of the column (Karras et al. 2019,
    arXiv:1812.04948, section 3.1). The corner is white. UnusableError for a generator without styles, or a number out
    of range.
    """
    network = _styled(generator)
    _check("count", count, 1, MOST)
    _check("layers", layers, 1, network.config.layers - 1)
    coarse, fine = (_styles(generator, network, seed, count) for seed in (coarse_seed, fine_seed))  # (N, L, S) each
    first = torch.arange(network.config.layers)[:, None] < layers  # (L, 1)
    crossed = torch.where(first, coarse[:, None], fine[None]).flatten(0, 1)  # (N * N, L, S)
    images = _images(generator, network, torch.cat([coarse, fine, crossed]))
    square = np.full((count + 1, count + 1, *images.shape[1:]), 255, np.uint8)
    square[1:, 0], square[0, 1:] = images[:count], images[count : 2 * count]
    square[1:, 1:] = images[2 * count :].reshape(count, count, *images.shape[1:])
    return square


def directions(generator: TrainedGenerator) -> Tensor:
    """The directions of style (S, S) that move the layers' inputs most, as rows, the strongest first.

    They are the eigenvectors of the sum of A'A over the layers' maps A from a style (Shen and Zhou 2021,
    arXiv:2007.06600); no label and no drawn image is needed. UnusableError for a generator without styles.
    """
    network = _styled(generator)
    maps = [layer.style.weight * layer.style.scale for layer in network.styled_layers()]  # (channels, S) each
    stacked = torch.cat(maps).double()
    _, vectors = torch.linalg.eigh(stacked.T @ stacked)
    strongest_first: Tensor = vectors.flip(1).T.float()
    return strongest_first


def varied(generator: TrainedGenerator, seed: int, count: int = 6, steps: int = 7, reach: float = 3.0) -> np.ndarray:
    """The first image of a seed moved along each of the first `count` directions, uint8 (count, steps, C, H, W).

    `reach` is the largest step, in standard deviations of style along the direction. UnusableError for a generator
    without styles, or a number out of range.
    """
    network = _styled(generator)
    _check("count", count, 1, min(MOST, network.config.style))
    _check("steps", steps, 2, MOST)
    many = _styles(generator, network, seed, 64)
    along = directions(generator)[:count]  # (N, S)
    spread = (many[:, 0] @ along.T).std(0)  # (N,)
    moves = torch.linspace(-reach, reach, steps)[None, :, None] * (spread[:, None] * along)[:, None]  # (N, T, S)
    styles = (many[0] + moves[:, :, None]).flatten(0, 1)  # (N * T, L, S)
    images = _images(generator, network, styles)
    return images.reshape(count, steps, *images.shape[1:])


def _styled(generator: TrainedGenerator) -> StyleGenerator:
    """The network of a generator with styles. UnusableError for another one."""
    if isinstance(generator.network, StyleGenerator):
        return generator.network
    preset = generator.card.preset
    raise UnusableError(
        f"{generator.name} is of preset {preset} and has no styles", "train with preset style or style2"
    )


def _check(name: str, value: int, least: int, most: int) -> None:
    """UnusableError when a number is out of range."""
    if not least <= value <= most:
        raise UnusableError(f"{name} lies between {least} and {most}, found {value}")


@torch.no_grad()
def _styles(generator: TrainedGenerator, network: StyleGenerator, seed: int, count: int) -> Tensor:
    """The styles (count, L, S) of the first images of a seed, of the class of its first image."""
    label = label_of_first(generator, seed)
    with one_thread():
        return network.styles(codes_of(generator, seed, count), None if label is None else label.expand(count))


@torch.no_grad()
def _images(generator: TrainedGenerator, network: StyleGenerator, styles: Tensor) -> np.ndarray:
    """The images of styles (N, L, S), uint8 (N, C, H, W)."""
    with one_thread():
        parts = [as_uint8(network.drawn_from(part), network.config.low) for part in torch.split(styles, 64)]
    return np.concatenate(parts)
