"""The collapse watch: it raises an alarm when generated images become alike or the discriminator has won."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from sensors_data.settings import Section
from synthesis.quality.distances import class_entropy, diversity, frechet_distance
from synthesis.quality.extractors import Features


class WatchConfig(Section):
    """When a training is stopped."""

    entropy_share: float = Field(0.85, ge=0, le=1)
    """Least entropy of the drawn classes, of that of the real ones."""
    diversity: float = Field(0.5, ge=0)
    """Least mean distance between drawn images, of that between real ones."""
    d_accuracy: float = Field(0.998, gt=0, le=1)
    """Largest share of pairs in which the discriminator ranks the real image over the fake one."""
    patience: int = Field(3, ge=1)
    """Snapshots in a row that must raise an alarm before the training stops; early ones often do."""


class Measures(Section):
    """The measures of a snapshot's images."""

    distance: float
    """Frechet distance to the validation images, squared feature units."""
    class_entropy: float
    """Nats; NaN without classes."""
    real_entropy: float
    diversity: float
    d_accuracy: float
    """Share of pairs in which the discriminator ranks the real image over the fake one."""


def measured(real: Features, drawn: Features, real_logits: np.ndarray, drawn_logits: np.ndarray) -> Measures:
    """The measures of drawn features against validation images', with the discriminator's logits for some of each."""
    entropies = [math.nan, math.nan]
    if real.classes is not None and drawn.classes is not None:
        entropies = [class_entropy(drawn.classes), class_entropy(real.classes)]
    return Measures(
        distance=frechet_distance(real.x, drawn.x, fewest=2),  # of as many images in every snapshot
        class_entropy=entropies[0],
        real_entropy=entropies[1],
        diversity=diversity(real.x, drawn.x),
        d_accuracy=float((real_logits[:, None] > drawn_logits).mean()),
    )


def alarms(measures: Measures, watch: WatchConfig) -> list[str]:
    """What is wrong with a snapshot, in words with numbers; empty where it is healthy."""
    messages = []
    if measures.class_entropy < watch.entropy_share * measures.real_entropy:
        entropies = f"{measures.class_entropy:.2f} nats, real ones {measures.real_entropy:.2f}"
        messages.append(f"few classes are drawn: {entropies}")
    if measures.diversity < watch.diversity:
        messages.append(f"drawn images are alike: {measures.diversity:.0%} of the distances between real ones")
    if measures.d_accuracy > watch.d_accuracy:
        messages.append(f"the discriminator has won: it tells {measures.d_accuracy:.1%} of pairs apart")
    return messages


def collapsed(recent: list[list[str]], watch: WatchConfig) -> bool:
    """Whether each of the last `patience` snapshots raised an alarm."""
    return len(recent) >= watch.patience and all(recent[-watch.patience :])
