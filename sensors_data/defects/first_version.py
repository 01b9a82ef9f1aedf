"""Painters of version 1 that version 2 paints otherwise: detectors are tested by them, and what they painted in batches
can be painted again."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sensors_data.defects.canvas import Canvas, Layer
from sensors_data.defects.pasted import moved
from sensors_data.defects.shapes import blob, box


def cut_paste(canvas: Canvas) -> Layer:
    """A box of another part pasted in elsewhere, its brightness changed a little (CutPaste, Li et al. 2021,
    arXiv:2104.04015)."""
    rng, at = canvas.rng, canvas.place()
    stretch = float(np.exp(rng.uniform(-0.7, 0.7)))
    outline = box(canvas.shape, at, canvas.size * stretch, canvas.size / stretch)
    return Layer(_fitting(canvas, outline), outline)


def scar(canvas: Canvas) -> Layer:
    """A long thin turned box of another part (CutPaste's scar)."""
    rng = canvas.rng
    breadth = max(1.5, canvas.size * rng.uniform(0.12, 0.3))
    outline = box(canvas.shape, canvas.place(), canvas.size * 1.6, breadth, rng.uniform(0, np.pi))
    return Layer(_fitting(canvas, outline), outline)


def hole(canvas: Canvas) -> Layer:
    """A dark pit of any size, its rim lit on the side away from the light."""
    rng, at = canvas.rng, canvas.place()
    radius = max(1.0, canvas.size / 4)
    pit = blob(canvas.shape, at, radius, rng, edge=max(1.0, radius / 4))
    shift = radius * 0.35 * np.array([np.sin(a := rng.uniform(0, 2 * np.pi)), np.cos(a)])
    lit = np.clip(ndimage.shift(pit, shift, order=1) - pit, 0, 1)
    image = canvas.tone(0.05) * 0.35 * (1 - lit) + lit * canvas.tone(0.98)
    return Layer(image * np.ones_like(canvas.good), np.maximum(pit, 0.5 * lit))


def _fitting(canvas: Canvas, outline: np.ndarray) -> np.ndarray:
    """The donor moved, nearly as bright inside an outline as the good part is there: exposures differ, parts do not."""
    source, weight = moved(canvas.donor, canvas.rng), max(float(outline.sum()), 1e-6)
    target, level = ((x * outline).sum() / weight / len(x) for x in (canvas.good, source))
    brighter = target / max(float(level), 0.02) * canvas.rng.uniform(0.8, 1.25)
    return np.asarray(np.clip(source * min(brighter, 4.0), 0, 1))
