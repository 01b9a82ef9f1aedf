"""Figures as files: the same bytes each time, and silent about characters that the font lacks."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNSTAMPED: dict[str, dict[str, str | None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
"""What would differ between two runs or versions, left out."""


def figure_bytes(figure: Figure, kind: Literal["png", "svg"] = "png", dpi: int = 110) -> bytes:
    """A figure as a PNG or SVG; a character that the font lacks is drawn as a box."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=UNSTAMPED[kind])
    return buffer.getvalue()
