"""Where a painted defect lies: soft outlines (H, W) in [0, 1] of blobs, boxes and strokes, and noise for them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

FLOOR = 0.15
"""Weight of a background pixel as the centre of a defect, beside 1 for the most striking pixel of the part."""


def perlin(shape: tuple[int, int], cells: float, rng: np.random.Generator) -> np.ndarray:
    """Gradient noise (H, W) of about `cells` hills along the shorter side, mean near 0, within [-1, 1].

    Perlin 1985, "An image synthesizer" (doi:10.1145/325334.325247).
    """
    step = max(2.0, min(shape) / max(cells, 1.0))
    rows, columns = (np.arange(side) / step + offset for side, offset in zip(shape, rng.uniform(0, 1, 2), strict=True))
    y, x = np.floor(rows).astype(int)[:, None], np.floor(columns).astype(int)[None]
    v, u = (rows % 1)[:, None], (columns % 1)[None]
    angle = rng.uniform(0, 2 * np.pi, (y.max() + 2, x.max() + 2))

    def corner(down: int, right: int) -> np.ndarray:
        at = angle[y + down, x + right]
        return np.asarray(np.cos(at) * (u - right) + np.sin(at) * (v - down))

    across, along = _fade(u), _fade(v)
    upper = corner(0, 0) + across * (corner(0, 1) - corner(0, 0))
    lower = corner(1, 0) + across * (corner(1, 1) - corner(1, 0))
    return np.asarray(np.clip((upper + along * (lower - upper)) * 2**0.5, -1, 1))


def _fade(t: np.ndarray) -> np.ndarray:
    return np.asarray(t**3 * (t * (6 * t - 15) + 10))


def centre(x: np.ndarray, margin: float, rng: np.random.Generator) -> tuple[float, float]:
    """A row and a column for a defect on an image (C, H, W) in [0, 1], at least `margin` from its edges if it can be.

    Pixels unlike the image's border are preferred, for there the part is.
    """
    height, width = x.shape[1:]
    grey = x.mean(0)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    striking = ndimage.uniform_filter(np.abs(grey - np.median(border)), max(3, min(height, width) // 12))
    weight = FLOOR + striking / max(float(striking.max()), 1e-6)
    room = int(min(margin, (height - 1) / 2, (width - 1) / 2))
    inside = np.zeros_like(weight)
    inside[room : height - room, room : width - room] = 1
    weight = (weight * inside).ravel()
    at = int(rng.choice(weight.size, p=weight / weight.sum()))
    return at // width + float(rng.uniform(0, 1)) - 0.5, at % width + float(rng.uniform(0, 1)) - 0.5


def _offsets(shape: tuple[int, int], at: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(shape[0])[:, None] - at[0], np.arange(shape[1])[None] - at[1]


def turned(shape: tuple[int, int], at: tuple[float, float], angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel's distance along and across a direction from a point, (H, W) each, pixels."""
    down, right = _offsets(shape, at)
    return right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)


def blob(
    shape: tuple[int, int], at: tuple[float, float], radius: float, rng: np.random.Generator, edge: float = 1.0
) -> np.ndarray:
    """A rounded irregular patch of about `radius`, its border `edge` pixels wide."""
    along, across = turned(shape, at, rng.uniform(0, np.pi))
    stretch = np.exp(rng.uniform(-0.4, 0.4))
    distance = np.hypot(along / stretch, across * stretch)
    wobble = 1 + 0.45 * perlin(shape, min(shape) / max(radius, 2.0), rng)
    return np.asarray(np.clip((radius * wobble - distance) / max(edge, 1e-3) + 0.5, 0, 1))


def ragged(
    shape: tuple[int, int], at: tuple[float, float], radius: float, rng: np.random.Generator, edge: float = 1.0
) -> np.ndarray:
    """A torn patch of about `radius`, longer than broad, its border rough at two scales and `edge` pixels wide."""
    along, across = turned(shape, at, rng.uniform(0, np.pi))
    stretch = np.exp(rng.uniform(0.1, 0.5))
    distance = np.hypot(along / stretch, across * stretch)
    coarse, fine = (perlin(shape, min(shape) / max(radius * part, 2.0), rng) for part in (1.2, 0.35))
    return np.asarray(np.clip((radius * (1 + 0.4 * coarse + 0.25 * fine) - distance) / max(edge, 1e-3) + 0.5, 0, 1))


def box(
    shape: tuple[int, int], at: tuple[float, float], length: float, breadth: float, angle: float = 0.0
) -> np.ndarray:
    """A rectangle of `length` along `angle` and `breadth` across it, with anti-aliased borders."""
    along, across = turned(shape, at, angle)
    inside = np.minimum(length / 2 - np.abs(along), breadth / 2 - np.abs(across))
    return np.asarray(np.clip(inside + 0.5, 0, 1))


def wander(
    start: tuple[float, float], angle: float, length: float, bend: float, rng: np.random.Generator
) -> np.ndarray:
    """A path of half-pixel steps whose direction drifts by about `bend` radians over its length, (n, 2)."""
    steps = max(3, int(length * 2))
    drift = np.cumsum(rng.normal(0, bend / np.sqrt(steps), steps))
    heading = angle + drift
    moves = 0.5 * np.stack([np.sin(heading), np.cos(heading)], axis=1)
    return np.asarray(start + np.concatenate([[[0.0, 0.0]], np.cumsum(moves, axis=0)]))


def stroke(shape: tuple[int, int], path: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A line through the points of a path (n, 2), `widths` (n,) pixels broad, with anti-aliased borders."""
    reach = float(widths.max()) / 2 + 1
    low = np.maximum(np.floor(path.min(0) - reach).astype(int), 0)
    high = np.minimum(np.ceil(path.max(0) + reach).astype(int) + 1, shape)
    out = np.zeros(shape)
    if (high <= low).any():
        return out
    rows, columns = np.mgrid[low[0] : high[0], low[1] : high[1]]
    points = np.stack([rows.ravel(), columns.ravel()], axis=1)
    distance, nearest = cKDTree(path).query(points, distance_upper_bound=reach)
    width = np.append(widths, 0.0)[nearest]  # beyond the reach the index is one past the end
    # a line thinner than a pixel covers a part of it
    cover = np.clip(width / 2 + 0.5 - distance, 0, np.minimum(1, width))
    out[low[0] : high[0], low[1] : high[1]] = np.where(np.isfinite(distance), cover, 0).reshape(rows.shape)
    return out
