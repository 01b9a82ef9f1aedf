"""Drawing images from a generator: by seed, the same for any count, each with a record of how it was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import encode_png, png_text
from sensors_data.nets.threads import one_thread
from sensors_data.settings import Section, parse
from sensors_data.store import Store
from synthesis.generator_files import TrainedGenerator, load_by_name

BATCH = 64
"""Images in a batch. It never changes, because a network's last digits depend on the size of the batch."""
MAX_COUNT = 10_000_000
_GOLDEN = 0.6180339887498949


class Origin(Section):
    """How an image was drawn; together with the generator's file it suffices to draw the image again."""

    generator: str
    """Its id, camera and day."""
    fingerprint: str
    """Hash of its weights."""
    seed: int
    index: int
    """Number of the image among those of its seed, from 0."""
    label: str = ""
    """The requested class; empty where classes alternate in the shares of the training images."""
    truncation: float = 1.0


@dataclass(frozen=True)
class Request:
    """A generator, a seed, a class and a truncation."""

    generator: TrainedGenerator
    seed: int
    label: str | None
    truncation: float


def _checked(request: Request) -> Request:
    """The request itself. NotThereError for an unknown class, UnusableError for a number out of range."""
    classes = request.generator.card.classes
    if request.label is not None and request.label not in classes:
        has = f"draws {', '.join(classes)}" if classes else "learned without classes"
        raise NotThereError(f"generator {request.generator.name} cannot draw class '{request.label}': it {has}")
    if not 0 < request.truncation <= 1:
        raise UnusableError(f"truncation scales the codes and lies in (0, 1], found {request.truncation}")
    if not 0 <= request.seed < 2**31:
        raise UnusableError(f"a seed lies in [0, 2^31), found {request.seed}")
    return request


def draw(
    generator: TrainedGenerator, count: int, seed: int, label: str | None = None, truncation: float = 1.0
) -> np.ndarray:
    """The first `count` images of a seed, uint8 (N, C, H, W); larger counts begin with the same images.

    `label` asks for one class; without it a conditional generator draws all classes in the shares of its training
    images. `truncation` below 1 draws codes nearer to the mean: cleaner and less diverse images. ValueError for a
    number out of range, LookupError for an unknown class.
    """
    return np.concatenate(list(drawn_batches(generator, count, seed, label, truncation)))


def drawn_batches(
    generator: TrainedGenerator, count: int, seed: int, label: str | None = None, truncation: float = 1.0
) -> Iterator[np.ndarray]:
    """The images of `draw` in batches of at most 64, so that any number fits into memory."""
    if not 1 <= count <= MAX_COUNT:
        raise UnusableError(f"between 1 and {MAX_COUNT:,} images can be drawn at once, found {count:,}")
    request = _checked(Request(generator, seed, label, truncation))
    return (_batch(request, number)[: count - number * BATCH] for number in range(-(-count // BATCH)))


def class_names(generator: TrainedGenerator, count: int, label: str | None = None) -> list[str]:
    """The class of each of the first `count` images of any seed; empty where the generator has no classes."""
    return _names(_checked(Request(generator, 0, label, 1.0)), 0, count)


def drawn_pngs(
    generator: TrainedGenerator, count: int, seed: int, label: str | None = None, truncation: float = 1.0
) -> Iterator[bytes]:
    """The first `count` images of a seed as PNGs, one by one; each holds its Origin."""
    index, fingerprint = 0, generator.fingerprint
    for batch in drawn_batches(generator, count, seed, label, truncation):
        names = _names(Request(generator, seed, label, truncation), index, len(batch))
        for image, name in zip(batch, names, strict=True):
            origin = Origin(
                generator=generator.name,
                fingerprint=fingerprint,
                seed=seed,
                index=index,
                label=label or "",
                truncation=truncation,
            )
            yield png_of(image, origin, name)
            index += 1


def interpolate(generator: TrainedGenerator, first_seed: int, second_seed: int, steps: int) -> np.ndarray:
    """Images on the arc between the first codes of two seeds, ends included, uint8 (steps, C, H, W).

    Codes on a great circle are as long as those of training (White 2016, arXiv:1609.04468). A conditional generator
    draws the class of its first image. ValueError when there are fewer than 2 steps.
    """
    if not 2 <= steps <= 10_000:
        raise UnusableError(f"an interpolation has between 2 and 10,000 steps, found {steps}")
    start, end = (_codes(_checked(Request(generator, seed, None, 1.0)), 0)[0] for seed in (first_seed, second_seed))
    share = torch.linspace(0, 1, steps)[:, None]
    angle = torch.cosine_similarity(start, end, dim=0).clamp(-1, 1).acos()
    if angle < 1e-4:
        z = start + share * (end - start)
    else:
        z = (((1 - share) * angle).sin() * start + (share * angle).sin() * end) / angle.sin()
    number = _class_numbers(Request(generator, first_seed, None, 1.0), 0, 1)
    conditional = bool(generator.card.classes)
    parts = [
        _images(generator, part, number.expand(len(part)) if conditional else None)
        for part in z.split(BATCH)  # type: ignore[no-untyped-call]
    ]
    return np.concatenate(parts)


def png_of(image: np.ndarray, origin: Origin, name: str = "") -> bytes:
    """A drawn image (C, H, W) as PNG whose text chunks say that it is synthetic and how to draw it again; `name` is its
    class.
    """
    text = {key: str(value) for key, value in origin.model_dump().items()}
    return encode_png(image, {"synthetic": "true", "software": "nightscore", **text, "class": name})


def origin_of(png: bytes) -> Origin:
    """The Origin in a drawn image's PNG. UnusableError when the PNG has none."""
    text = png_text(png)
    if text.get("synthetic") != "true":
        raise UnusableError(
            "this PNG does not say that it is synthetic", "only images of draw-images can be drawn again"
        )
    return parse(Origin, {name: text[name] for name in Origin.model_fields if name in text}, "the text of the PNG")


def drawn_again(store: Store, png: bytes) -> np.ndarray:
    """The image of a PNG drawn again by its generator, uint8 (C, H, W), bit for bit on a CPU of the same kind.

    LookupError when the generator is gone, ValueError when another one replaced it.
    """
    origin = origin_of(png)
    generator = load_by_name(store, origin.generator)
    if generator.fingerprint != origin.fingerprint:
        raise UnusableError(
            f"generator {origin.generator} has been trained again since", "this image was drawn by the one before"
        )
    request = _checked(Request(generator, origin.seed, origin.label or None, origin.truncation))
    image: np.ndarray = _batch(request, origin.index // BATCH)[origin.index % BATCH]
    return image


def _batch(request: Request, number: int) -> np.ndarray:
    """One whole batch of a seed, uint8 (64, C, H, W)."""
    classes = request.generator.card.classes
    labels = _class_numbers(request, number * BATCH, BATCH) if classes else None
    return _images(request.generator, _codes(request, number), labels)


def _codes(request: Request, number: int) -> Tensor:
    """The codes of one batch of a seed, (64, Z)."""
    shape = (BATCH, request.generator.card.network.latent)
    rng = np.random.default_rng((request.seed, number))  # torch would use only 32 bits of the seed
    return torch.from_numpy(rng.standard_normal(shape, np.float32)) * request.truncation


def _names(request: Request, first: int, count: int) -> list[str]:
    """The class of each of `count` images from `first` on; empty where the generator has no classes."""
    classes = request.generator.card.classes
    return [classes[k] for k in _class_numbers(request, first, count).tolist()] if classes else [""] * count


def _class_numbers(request: Request, first: int, count: int) -> Tensor:
    """The class numbers (count,) of images from `first` on, in the shares of the training images."""
    card = request.generator.card
    if request.label is not None:
        return torch.full((count,), card.classes.index(request.label))
    if not card.classes:
        return torch.zeros(count, dtype=torch.int64)
    place = (np.arange(first, first + count, dtype=np.float64) + 0.5) * _GOLDEN % 1.0  # even over any run of images
    limits = np.cumsum(card.shares)
    return torch.from_numpy(np.searchsorted(limits[:-1], place * limits[-1], side="right").astype(np.int64))


@torch.no_grad()
def _images(generator: TrainedGenerator, z: Tensor, labels: Tensor | None) -> np.ndarray:
    """The images of at most 64 codes (B, Z), uint8 (B, C, H, W); the batch is always padded to 64."""
    count, low = len(z), generator.card.network.low
    missing = BATCH - count
    z = torch.cat([z, z.new_zeros(missing, z.shape[1])])
    if labels is not None:
        labels = torch.cat([labels, labels.new_zeros(missing)])
    with one_thread():
        x = generator.network(z, labels)
    return as_uint8(x, low)[:count]


def as_uint8(x: Tensor, low: float) -> np.ndarray:
    """Drawn images (B, C, H, W) in [low, 1] as uint8."""
    grey: np.ndarray = x.sub(low).mul(255 / (1 - low)).round().clamp(0, 255).byte().contiguous().numpy()
    return grey


def codes_of(generator: TrainedGenerator, seed: int, count: int) -> Tensor:
    """The codes (count, Z) of the first images of a seed, at most 64. UnusableError for a seed out of range."""
    return _codes(_checked(Request(generator, seed, None, 1.0)), 0)[:count]


def label_of_first(generator: TrainedGenerator, seed: int) -> Tensor | None:
    """The class number (1,) of the first image of a seed, None where the generator has no classes."""
    return _class_numbers(Request(generator, seed, None, 1.0), 0, 1) if generator.card.classes else None
