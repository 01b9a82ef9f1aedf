"""Defects made of other places: a flake or gouge of another part, a patch blended in, a foreign texture."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.fft import dstn, idstn

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.shapes import blob, perlin, ragged, stroke, wander


def cut_paste(canvas: Canvas) -> Layer:
    """A flake of another part that lies on this one: ragged, in this place's light and grain, with a thin shadow.

    After CutPaste (Li et al. 2021, arXiv:2104.04015), whose boxes have edges that no wear makes.
    """
    rng, radius = canvas.rng, canvas.size / 2
    flake = ragged(canvas.shape, canvas.place(), radius, rng, edge=max(1.2, radius / 10))
    toward = max(0.7, canvas.size / 25) * _way(rng)
    shadow = np.clip(ndimage.shift(flake, toward, order=1) - flake, 0, 1)
    rim = np.clip(flake - ndimage.shift(flake, toward, order=1), 0, 1)
    patch = _in_this_light(canvas, flake, rng.choice((-1, 1)) * rng.uniform(0.12, 0.45)) * (1 + 0.25 * rim)
    image = canvas.good * (1 - 0.35 * shadow) * (1 - flake) + patch * flake
    return Layer(np.clip(image, 0, 1), _support(flake + shadow))


def scar(canvas: Canvas) -> Layer:
    """A gouge: long, bent and tapered, torn open to material of another part, one flank in shadow and one lit."""
    rng = canvas.rng
    length, breadth = 1.6 * canvas.size, max(1.5, canvas.size * rng.uniform(0.08, 0.2))
    path = wander((0, 0), rng.uniform(0, 2 * np.pi), length, rng.uniform(0.2, 0.9), rng)
    taper = np.sin(np.pi * np.linspace(0.02, 0.98, len(path))) ** 0.7
    torn = np.clip(1 + 0.35 * ndimage.gaussian_filter1d(rng.normal(0, 2, len(path)), 3), 0.4, 1.6)
    gouge = stroke(canvas.shape, path - path.mean(0) + canvas.place(), breadth * taper * torn)
    gouge = ndimage.gaussian_filter(gouge, 0.5)
    toward = max(0.7, breadth / 4) * _way(rng)
    dark, lit = (np.clip(gouge - ndimage.shift(gouge, sign * toward, order=1), 0, 1) for sign in (1, -1))
    patch = _in_this_light(canvas, gouge, -rng.uniform(0.15, 0.5)) * (1 - 0.5 * dark) * (1 + 0.6 * lit)
    return Layer(np.clip(canvas.good * (1 - gouge) + patch * gouge, 0, 1), _support(gouge))


def _in_this_light(canvas: Canvas, outline: np.ndarray, change: float) -> np.ndarray:
    """The donor's grain on the light that falls on the good part, as strong inside an outline as the part's own.

    It is brighter by `change`, a share of the part's range of tones, or darker by it where there is no room.
    """
    source, reach = moved(canvas.donor, canvas.rng), max(1.5, canvas.size / 6)
    light = ndimage.gaussian_filter(canvas.good, (0, reach, reach))
    grain = source - ndimage.gaussian_filter(source, (0, reach, reach))
    inside = outline > 0.5 if (outline > 0.5).any() else outline > 0
    good, other = (float(x[:, inside].std()) if inside.any() else 0.0 for x in (canvas.good - light, grain))
    step = change * (canvas.tone(0.98) - canvas.tone(0.02))  # (C, 1, 1)
    level = light[:, inside].mean(1)[:, None, None] if inside.any() else light.mean((1, 2), keepdims=True)
    step = np.where((level + step < 0) | (level + step > 1), -step, step)
    return np.asarray(np.clip(light + step + float(np.clip(good / max(other, 1e-3), 0.3, 3)) * grain, 0, 1))


def _way(rng: np.random.Generator) -> np.ndarray:
    """A direction, rows and columns."""
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.sin(angle), np.cos(angle)])


def _support(cover: np.ndarray) -> np.ndarray:
    """1 wherever an image is covered at all."""
    return np.asarray((cover > 0).astype(float))


def blended(canvas: Canvas) -> Layer:
    """An irregular patch of another part, its gradients continued seamlessly (NSA, Schlueter et al. 2022,
    arXiv:2109.15222; Poisson editing, Perez et al. 2003)."""
    outline = blob(canvas.shape, canvas.place(), canvas.size / 2, canvas.rng)
    return Layer(poisson_blend(canvas.good, moved(canvas.donor, canvas.rng), outline), grown(outline))


def texture(canvas: Canvas) -> Layer:
    """A foreign texture inside an outline of Perlin noise (DRAEM, Zavrtanik et al. 2021, arXiv:2108.07610)."""
    rng = canvas.rng
    radius = 0.75 * canvas.size
    reach = blob(canvas.shape, canvas.place(), radius, rng, edge=radius / 2)
    noise = perlin(canvas.shape, min(canvas.shape) / max(3.0, canvas.size / 2), rng)
    outline = np.clip((noise + 0.9 * reach - 0.75) * 6, 0, 1) * (reach > 0.3)
    return Layer(_foreign(canvas), outline)


def _foreign(canvas: Canvas) -> np.ndarray:
    """Another part inverted and turned, or noise of several scales in two colours of the part."""
    rng, good = canvas.rng, canvas.good
    if rng.random() < 0.5:
        turned = np.rot90(moved(canvas.donor, rng), int(rng.integers(1, 4)), (1, 2))
        fitted = ndimage.zoom(turned, (1, *np.divide(canvas.shape, turned.shape[1:])), order=1)
        return np.asarray(np.clip(good.min() + good.max() - fitted, 0, 1))
    grain = sum(perlin(canvas.shape, min(canvas.shape) / cell, rng) / k for k, cell in enumerate((2.5, 5.0, 10.0), 1))
    share = np.clip(0.5 + np.asarray(grain), 0, 1)
    low, high = np.quantile(good, rng.uniform(0, 1, 2) ** 2 * 0.5 + (0.0, 0.5), axis=(1, 2))
    return np.asarray(low[:, None, None] + share * (high - low)[:, None, None])


def moved(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An image rolled by any distance and perhaps mirrored: what lies at a place comes from another one."""
    height, width = x.shape[1:]
    rolled = np.roll(x, (int(rng.integers(height // 8, height)), int(rng.integers(width // 8, width))), (1, 2))
    return np.asarray(rolled[:, :: rng.choice((-1, 1)), :: rng.choice((-1, 1))])


def grown(outline: np.ndarray, by: int = 1) -> np.ndarray:
    """An outline with `by` pixels more on every side."""
    return np.asarray(ndimage.maximum_filter(outline, size=2 * by + 1))


def poisson_blend(target: np.ndarray, source: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """`target` (C, H, W) with the gradients of `source` inside an outline (H, W), continuous at its border.

    The equation is solved on the outline's surrounding box by sine transforms, the target's values at its rim.
    """
    rows, columns = (np.flatnonzero((outline > 0).any(axis)) for axis in (1, 0))
    out = target.copy()
    if not len(rows):
        return out
    top, bottom = max(0, rows[0] - 2), min(outline.shape[0], rows[-1] + 3)
    left, right = max(0, columns[0] - 2), min(outline.shape[1], columns[-1] + 3)
    if min(bottom - top, right - left) < 3:
        return out
    inner = (slice(None), slice(top, bottom), slice(left, right))
    change = source[inner] - target[inner]
    alpha = outline[top:bottom, left:right]
    down = np.diff(change, axis=1) * np.minimum(alpha[1:], alpha[:-1])
    across = np.diff(change, axis=2) * np.minimum(alpha[:, 1:], alpha[:, :-1])
    divergence = np.diff(down, axis=1)[:, :, 1:-1] + np.diff(across, axis=2)[:, 1:-1, :]
    out[:, top + 1 : bottom - 1, left + 1 : right - 1] += _solved(divergence)
    return np.asarray(np.clip(out, 0, 1))


def _solved(divergence: np.ndarray) -> np.ndarray:
    """The field whose Laplacian is `divergence` (C, h, w) and which is 0 around it."""
    height, width = divergence.shape[1:]
    rows = 2 * np.cos(np.pi * np.arange(1, height + 1) / (height + 1)) - 2
    columns = 2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1)) - 2
    spectrum = dstn(divergence, type=1, axes=(1, 2)) / (rows[:, None] + columns[None])
    return np.asarray(idstn(spectrum, type=1, axes=(1, 2)))
