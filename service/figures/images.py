"""Images as pages: the worst of a day with their heat maps, what a VAE's codes hold, what it draws."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from sensors_data.figure_files import figure_bytes
from synthesis.sheets import contact_sheet

INK, NORMAL, ODD = "#2b2d42", "#1d5b8f", "#c1272d"
SHOWN_CODES = 3000
"""Points of a map of codes, at most: more cover one another."""
SHOWN_PIXELS = 512
"""A side of an image on a page, about, at most."""
_STYLE = mpl.RcParams(
    {"font.size": 8, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK}
)


def pairs_page(pairs: list[tuple[np.ndarray, np.ndarray]], captions: list[str], odd: np.ndarray, title: str) -> bytes:
    """A PNG page of pairs of images (1 or 3, H, W), side by side, `captions` above them.

    A caption is red where `odd` (N,) is true. Large images have fewer columns, and are drawn larger.
    """
    large = bool(pairs) and max(pairs[0][0].shape[1:]) > SHOWN_PIXELS
    columns = min(2 if large else 5, max(1, len(pairs)))
    rows, width = -(-len(pairs) // columns), 6.25 if large else 2.5
    height = width / 2 * pairs[0][0].shape[1] / pairs[0][0].shape[2] + 0.2 if pairs else 0.0
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width * columns, height * rows + 0.5), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for axis in axes:
            axis.set_axis_off()
        for axis, pair, caption, is_odd in zip(axes, pairs, captions, odd, strict=False):
            left, right = (_as_rgb(_thinned(image)) for image in pair)
            both = np.concatenate([left, np.full((len(left), 2, 3), 255, np.uint8), right], axis=1)
            axis.imshow(both, interpolation="nearest")
            axis.set_title(caption, fontsize=7, color=ODD if is_odd else INK, pad=2)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        return figure_bytes(figure)


def sheet(images: np.ndarray, columns: int, title: str, rows: list[str] | None = None) -> bytes:
    """A PNG sheet of images (N, C, H, W) in rows of `columns`, with the names of the rows where given."""
    count = -(-len(images) // columns)
    height = images.shape[2]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(0.62 * columns + 0.9, 0.62 * count + 0.5), layout="constrained")
        axis = figure.subplots()
        axis.imshow(_as_rgb(contact_sheet(images, columns)), interpolation="nearest")
        for spine in axis.spines.values():
            spine.set_visible(False)
        axis.set_xticks([])
        axis.set_yticks([height / 2 + n * (height + 2) for n in range(count)] if rows else [], rows or [])
        axis.tick_params(length=0)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        return figure_bytes(figure)


def code_map(codes: np.ndarray, labels: np.ndarray, title: str) -> bytes:
    """A PNG of codes (N, Z) on their two principal axes, coloured by label; of very many, some spread evenly."""
    centred = codes - codes.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    few = np.unique(np.linspace(0, len(codes) - 1, min(len(codes), SHOWN_CODES)).astype(int))
    flat, labels = centred[few] @ axes[:2].T, labels[few]
    shares = sizes**2 / np.sum(sizes**2)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.5, 5), layout="constrained")
        axis = figure.subplots()
        names = sorted(set(labels))
        for number, name in enumerate(names):
            points = flat[labels == name]
            colour = mpl.colormaps["tab10"](number % 10)
            axis.scatter(points[:, 0], points[:, 1], s=8, alpha=0.7, color=colour, label=name or "no label")
        axis.set_xlabel(f"first principal axis of the codes ({shares[0]:.0%} of their variance)")
        axis.set_ylabel(f"second ({shares[1]:.0%})")
        if len(names) > 1:
            axis.legend(frameon=False, markerscale=2)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        return figure_bytes(figure)


def _thinned(image: np.ndarray) -> np.ndarray:
    """Every k-th pixel of an image (C, H, W) that is larger than a page shows."""
    step = max(1, max(image.shape[1:]) // SHOWN_PIXELS)
    return image[:, ::step, ::step]


def _as_rgb(image: np.ndarray) -> np.ndarray:
    """An image (1 or 3, H, W) as (H, W, 3)."""
    return np.repeat(image, 3, axis=0).transpose(1, 2, 0) if len(image) == 1 else image.transpose(1, 2, 0)
