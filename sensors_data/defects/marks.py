"""Marks on a surface: scratches, cracks, stains, dents, holes."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.shapes import blob, perlin, ragged, stroke, turned, wander

WIDEST_PIT = 0.045
"""Radius of a pit at most, of the shorter side: a larger dark spot looks like a stain."""


def scratch(canvas: Canvas) -> Layer:
    """A nearly straight thin line, bright as bare material or dark, that fades at both ends."""
    rng = canvas.rng
    length, angle = 1.8 * canvas.size, rng.uniform(0, np.pi)
    path = _through(canvas, wander((0, 0), angle, length, rng.uniform(0.02, 0.4), rng))
    t = np.linspace(0, 1, len(path))
    width = max(0.6, canvas.size * rng.uniform(0.02, 0.06))
    line = stroke(canvas.shape, path, width * (0.25 + 0.75 * np.sin(np.pi * t) ** 0.5))
    beside = stroke(canvas.shape, path + width * np.array([np.cos(angle), -np.sin(angle)]), np.full(len(path), width))
    bright = rng.random() < 0.6
    tone = canvas.tone(0.97 if bright else 0.03)
    image = np.where(line > 0.05, tone, canvas.good * (1 - 0.35 * beside))  # its burr throws a shadow
    return Layer(image, np.maximum(line, 0.6 * beside) if bright else line)


def crack(canvas: Canvas) -> Layer:
    """A dark jagged line with branches, wide in its middle and hair-thin at its ends."""
    rng = canvas.rng
    length, angle = 1.8 * canvas.size, rng.uniform(0, 2 * np.pi)
    trunk = _through(canvas, wander((0, 0), angle, length, 2.2, rng))
    width = max(0.8, canvas.size * rng.uniform(0.025, 0.07))
    outline = stroke(canvas.shape, trunk, width * (0.2 + 0.8 * np.sin(np.pi * np.linspace(0, 1, len(trunk)))))
    for _ in range(int(rng.integers(0, 4))):
        start = trunk[int(rng.integers(len(trunk) // 5, max(len(trunk) // 5 + 1, 4 * len(trunk) // 5)))]
        side = angle + rng.choice((-1, 1)) * rng.uniform(0.5, 1.2)
        branch = wander((start[0], start[1]), side, length * rng.uniform(0.15, 0.4), 1.8, rng)
        outline = np.maximum(outline, stroke(canvas.shape, branch, width * np.linspace(0.7, 0.15, len(branch))))
    depth = np.clip(0.75 + 0.35 * perlin(canvas.shape, min(canvas.shape) / 4, rng), 0.4, 1)
    return Layer(_darkest(canvas) * np.ones_like(canvas.good), outline * depth)


def stain(canvas: Canvas) -> Layer:
    """A mottled patch that lets the surface show through, darker or lighter than it, with a rim where it dried."""
    rng = canvas.rng
    outline = blob(canvas.shape, canvas.place(), canvas.size / 2, rng, edge=max(1.5, canvas.size / 8))
    rim = np.clip(4 * outline * (1 - outline), 0, 1) * rng.uniform(0, 0.6)
    mottle = np.clip(0.8 + 0.4 * perlin(canvas.shape, min(canvas.shape) / max(3.0, canvas.size / 4), rng), 0, 1.2)
    tint = rng.uniform(0.45, 0.9, (len(canvas.good), 1, 1)) if len(canvas.good) > 1 else np.full((1, 1, 1), 0.55)
    dark = canvas.good * (1 - (1 - tint) * np.clip(mottle + rim, 0, 1.4))
    light = canvas.good + (1 - canvas.good) * (0.45 * np.clip(mottle + rim, 0, 1.4))
    return Layer(np.clip(dark if rng.random() < 0.7 else light, 0, 1), outline)


def dent(canvas: Canvas) -> Layer:
    """A hollow or bump seen by its shading: one flank brighter, the other darker, what lies on it bent a little."""
    rng, at = canvas.rng, canvas.place()
    along, across = turned(canvas.shape, at, rng.uniform(0, 2 * np.pi))
    radius = canvas.size / 2
    distance = np.hypot(along, across * np.exp(rng.uniform(-0.3, 0.3))) / radius
    depth = np.exp(-2.5 * distance**2)
    slope = 2.2 * (along / radius) * depth  # of the hollow towards the light
    pull = 0.15 * radius * depth
    rows, columns = np.mgrid[: canvas.shape[0], : canvas.shape[1]].astype(float)
    where = [rows + pull * (rows - at[0]) / radius, columns + pull * (columns - at[1]) / radius]
    bent = np.stack([ndimage.map_coordinates(c, where, order=1, mode="nearest") for c in canvas.good])
    shaded = bent * (1 + 0.6 * slope) + 0.12 * slope
    return Layer(np.clip(shaded, 0, 1), np.clip(1.6 - distance, 0, 1))


def hole(canvas: Canvas) -> Layer:
    """A dark pit; where the defect is large, a nest of pits, as gas leaves them.

    A pit is deepest in its middle. The wall away from the light is lit, and so is its rim.
    """
    rng = canvas.rng
    radius = min(max(1.0, canvas.size / 4), WIDEST_PIT * min(canvas.shape))
    middle, light = np.array(canvas.place()), rng.uniform(0, 2 * np.pi)
    image, outline = canvas.good, np.zeros(canvas.shape)
    for number in range(1 + int((canvas.size / 4 - radius) / radius * rng.uniform(1, 2))):
        apart = 0.0 if number == 0 else canvas.size / 2 * rng.uniform(0.3, 1)
        way, smaller = rng.uniform(0, 2 * np.pi), 1.0 if number == 0 else rng.uniform(0.3, 0.9)
        at = middle + apart * np.array([np.sin(way), np.cos(way)])
        image, cover = _pit(canvas, image, (at[0], at[1]), max(0.8, radius * smaller), light)
        outline = np.maximum(outline, cover)
    return Layer(image, outline)


def _pit(
    canvas: Canvas, image: np.ndarray, at: tuple[float, float], radius: float, light: float
) -> tuple[np.ndarray, np.ndarray]:
    """An image (C, H, W) with one pit, and where it lies, (H, W)."""
    pit = ragged(canvas.shape, at, radius, canvas.rng, edge=max(1.0, radius / 3))
    toward = radius * 0.4 * np.array([np.sin(light), np.cos(light)])
    deep = np.clip(pit * ndimage.gaussian_filter(pit, radius / 2) * 1.6, 0, 1)
    wall = np.clip(pit - ndimage.shift(pit, -toward, order=1), 0, 1)
    rim = np.clip(ndimage.shift(pit, 0.5 * toward, order=1) - pit, 0, 1)
    floor = image * (1 - 0.55 * pit) * (1 - deep) + _darkest(canvas) * deep + 0.25 * wall * image
    return np.clip(floor + 0.35 * rim * (canvas.tone(0.98) - floor), 0, 1), np.asarray((pit + rim > 0).astype(float))


def _through(canvas: Canvas, path: np.ndarray) -> np.ndarray:
    """A path moved so that its middle lies on the part."""
    return np.asarray(path - path.mean(0) + canvas.place())


def _darkest(canvas: Canvas) -> np.ndarray:
    """What a gap looks like: a third of a dark tone of the part, (C, 1, 1)."""
    return canvas.tone(0.05) * 0.35
