"""Runs of marked pixels that mark no defect: those that do not fit their picture, and those that cover all of it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from sensors_data.images.marks import UNKNOWN, Annotation


def without_useless_runs(annotation: Annotation | None, path: Path) -> tuple[Annotation | None, str]:
    """A picture's annotation, and why its runs are left out; what the picture shows is then unknown."""
    if annotation is None or not annotation.runs:
        return annotation, ""
    try:
        with Image.open(path) as image:
            width, height = image.size
    except Exception:  # Pillow raises whatever a broken file makes its readers meet; it is refused when it is read
        return annotation, ""
    firsts, lengths = annotation.runs[::2], annotation.runs[1::2]
    outside = [run for run in zip(firsts, lengths, strict=True) if run[0] < 1 or sum(run) - 1 > width * height]
    if outside:
        first, length = outside[0]
        why = f"a run of {length} pixels from {first} ends outside {width}x{height} pixels"
    elif sum(lengths) >= width * height:
        why = "its runs cover the whole picture"
    else:
        return annotation, ""
    return Annotation(UNKNOWN), f"{why}; what it shows is unknown"
