"""Many painted defects: which kind, good part and donor each has follows from a seed and its number alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


Way = Callable[[np.ndarray, np.ndarray, np.random.Generator], PaintedDefect]
"""Paints a defect on a good part (C, H, W); a second part, the donor, is there to draw from."""


def paint_batch(
    goods: np.ndarray, count: int, seed: int, kinds: tuple[str, ...] = KINDS, real: tuple[RealDefect, ...] = ()
) -> Iterator[Painting]:
    """`count` defects on good parts (N, C, H, W), the kinds in turn, or like `real` ones where such are given.

    The n-th is the same whatever the count. UnusableError when a kind shows on none of several parts.
    """
    return paint_in_turn(goods, count, seed, [like_real(one) for one in real] or [of_kind(kind) for kind in kinds])


def paint_in_turn(goods: np.ndarray, count: int, seed: int, ways: Sequence[Way]) -> Iterator[Painting]:
    """`count` defects on good parts (N, C, H, W), painted in each of several ways in turn, as `paint_batch` does."""
    for number in range(count):
        yield _painting(goods, number, seed, ways[number % len(ways)])


def of_kind(kind: str) -> Way:
    """Paints defects of a kind."""
    return lambda good, donor, rng: paint_defect(good, donor, kind, rng)


def like_real(real: RealDefect) -> Way:
    """Paints defects like a real one."""
    return lambda good, _, rng: paint_like(good, real, rng)


def _painting(goods: np.ndarray, number: int, seed: int, way: Way) -> Painting:
    picks = np.random.default_rng((seed, number))
    reason = UnusableError("there is no good part to paint on")
    for attempt in range(PARTS_TRIED):
        good = int(picks.integers(len(goods)))
        donor = int((good + picks.integers(1, max(2, len(goods)))) % len(goods))
        try:
            return Painting(way(goods[good], goods[donor], painting_rng(seed, number, attempt)), good, donor, attempt)
        except UnusableError as error:
            reason = error
    raise reason


def painting_rng(seed: int, number: int, attempt: int) -> np.random.Generator:
    """The generator behind one painting."""
    return np.random.default_rng((seed, number, attempt))
