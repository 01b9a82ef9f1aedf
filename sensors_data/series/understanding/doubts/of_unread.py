"""Doubts about what was not read: lines that begin as rows do, and whole files."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

_LOST = "lines begin as rows do"
_LOOK = 10_000
"""Lines that are looked at."""


def lost_lines(name: str, bad: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """A sentence on lines (raw) that begin with a time as the rows (time) do and are no rows all the same."""
    forms = {form for form in (_form(str(cell)) for cell in rows["time"].iloc[:50]) if len(form) > 4}
    begun = [str(raw) for raw in bad["raw"].iloc[:_LOOK] if _form(str(raw)).startswith(tuple(forms))]
    return [f"{len(begun):,} {_LOST} in {name}, and are not read, like '{begun[0][:60]}'"] if len(begun) > 2 else []


def unread(broken: list[str], files: list[Path]) -> list[str]:
    """Of all that is said of lines and files that are not read, what makes an understanding unsure.

    Files count where they are one in ten or more and not small.
    """
    lost = [text for text in broken if _LOST in text][:1]
    least = 0.2 * sorted(path.stat().st_size for path in files)[len(files) // 2]
    names = [path.name for path in files if any(f"not read: {path.name}" in text for text in broken)]
    large = [path.name for path in files if path.name in names and path.stat().st_size >= least]
    if len(files) < 2 or len(large) < max(1, 0.1 * len(files)):
        return lost
    return [*lost, f"{len(large)} of {len(files)} files are not read, like {large[0]}: other columns? init them apart"]


def _form(text: str) -> str:
    """How a text is written: runs of digits and of letters, and what stands between."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text.strip(' "')))
