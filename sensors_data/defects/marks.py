"""Marks on a surface: scratches, cracks, stains, dents, holes."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.shapes import blob, perlin, stroke, turned, wander


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
    tone = _tone(canvas, 0.97 if bright else 0.03)
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
    """A small dark pit, its rim lit on the side away from the light."""
    rng, at = canvas.rng, canvas.place()
    radius = max(1.0, canvas.size / 4)
    pit = blob(canvas.shape, at, radius, rng, edge=max(1.0, radius / 4))
    shift = radius * 0.35 * np.array([np.sin(a := rng.uniform(0, 2 * np.pi)), np.cos(a)])
    lit = np.clip(ndimage.shift(pit, shift, order=1) - pit, 0, 1)
    image = _darkest(canvas) * (1 - lit) + lit * _tone(canvas, 0.98)
    return Layer(image * np.ones_like(canvas.good), np.maximum(pit, 0.5 * lit))


def _through(canvas: Canvas, path: np.ndarray) -> np.ndarray:
    """A path moved so that its middle lies on the part."""
    return np.asarray(path - path.mean(0) + canvas.place())


def _tone(canvas: Canvas, quantile: float) -> np.ndarray:
    """A brightness of the part, (C, 1, 1)."""
    return np.asarray(np.quantile(canvas.good, quantile, axis=(1, 2)))[:, None, None]


def _darkest(canvas: Canvas) -> np.ndarray:
    """What a gap looks like: a third of a dark tone of the part, (C, 1, 1)."""
    return _tone(canvas, 0.05) * 0.35
