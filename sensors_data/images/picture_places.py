"""A place in a picture: a rectangle in the pixels of the picture as it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sensors_data.errors import UnusableError

MOST_COVERED = 0.9
"""Share of a picture that a place or mask may cover: one over all of it says nothing about where a defect is."""
FORM = "left,top,width,height in pixels, like 40,12,18,18"
_WHOLE = r"\s*(\d{1,6})\s*"


@dataclass(frozen=True)
class Place:
    """A rectangle: the column and row of its first pixel, counted from 0, and how many columns and rows it has."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        """Its one form everywhere, `left,top,width,height`."""
        return f"{self.left},{self.top},{self.width},{self.height}"


@dataclass(frozen=True)
class MarkedPlace:
    """A place, and the height and width of the picture in which it was marked."""

    place: Place
    shape: tuple[int, int]


def place_in(text: str) -> Place:
    """The place that a text is. ValueError when it is none or has no pixel."""
    numbers = re.fullmatch(",".join([_WHOLE] * 4), text, re.ASCII)
    if numbers is None:
        raise ValueError(f"'{text[:40]}' is no place; write {FORM}")
    place = Place(*(int(number) for number in numbers.groups()))
    if not place.width or not place.height:
        raise ValueError(f"the place {place} has no pixel; width and height are 1 or more")
    return place


def check_place(place: Place, shape: tuple[int, int], picture: str) -> None:
    """UnusableError when a place lies outside a picture of height and width `shape`, or covers nearly all of it."""
    height, width = shape
    if place.left + place.width > width or place.top + place.height > height:
        outside = f"the place {place} is not inside {picture}, which is kept as {width} x {height} pixels"
        raise UnusableError(outside, f"left + width is at most {width}, top + height at most {height}")
    if (share := place.width * place.height / (width * height)) > MOST_COVERED:
        covers = f"the place {place} covers {share:.0%} of {picture}"
        raise UnusableError(covers, f"mark at most {MOST_COVERED:.0%}, or judge the whole picture without a place")


def mask_of(places: Iterable[MarkedPlace], shape: tuple[int, int]) -> np.ndarray:
    """Where any of the places is in a picture of `shape`, (H, W) bool; one that is now kept at another size is scaled.

    Pixels that a scaled place touches in part belong to it.
    """
    mask = np.zeros(shape, bool)
    for marked in places:
        place = marked.place
        rows = _scaled(place.top, place.height, shape[0], marked.shape[0])
        columns = _scaled(place.left, place.width, shape[1], marked.shape[1])
        mask[rows, columns] = True
    return mask


def _scaled(first: int, count: int, length: int, of: int) -> slice:
    """Where `count` of `of` pixels from `first` on lie among `length`."""
    return slice(first * length // of, -(-(first + count) * length // of))
