"""Many painted defects: which kind, good part and donor each has follows from a seed and its number alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sensors_data.defects.likeness import RealDefect
from sensors_data.defects.paint import KINDS, PaintedDefect, paint_defect, paint_like
from sensors_data.errors import UnusableError

PARTS_TRIED = 5
"""Good parts on which a kind is tried, as it may not show on one."""


@dataclass(frozen=True)
class Painting:
    """One painted defect of a batch, and all it takes to paint it again."""

    defect: PaintedDefect
    good: int
    """Which of the good parts was painted on."""
    donor: int
    """Which good part, or which real defect, was drawn from."""
    attempt: int
    """How many parts before it did not show the kind."""


def paint_batch(
    goods: np.ndarray, count: int, seed: int, kinds: tuple[str, ...] = KINDS, real: tuple[RealDefect, ...] = ()
) -> Iterator[Painting]:
    """`count` defects on good parts (N, C, H, W), the kinds in turn, or like `real` ones where such are given.

    The n-th is the same whatever the count. UnusableError when a kind shows on none of several parts.
    """
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield _painting(goods, number, seed, kind, real[number % len(real)] if real else None)


def _painting(goods: np.ndarray, number: int, seed: int, kind: str, real: RealDefect | None) -> Painting:
    picks = np.random.default_rng((seed, number))
    reason = UnusableError("there is no good part to paint on")
    for attempt in range(PARTS_TRIED):
        good = int(picks.integers(len(goods)))
        donor = int((good + picks.integers(1, max(2, len(goods)))) % len(goods))
        rng = painting_rng(seed, number, attempt)
        try:
            if real is None:
                return Painting(paint_defect(goods[good], goods[donor], kind, rng), good, donor, attempt)
            return Painting(paint_like(goods[good], real, rng), good, donor, attempt)
        except UnusableError as error:
            reason = error
    raise reason


def painting_rng(seed: int, number: int, attempt: int) -> np.random.Generator:
    """The generator behind one painting."""
    return np.random.default_rng((seed, number, attempt))
