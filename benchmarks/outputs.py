"""Where results are written and printed."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console


def make_folders(*files: Path | None) -> None:
    """The folders of files to be written, made before anything costly; None stands for a file not asked for."""
    for file in files:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)


def wide_console(markup: bool = False) -> Console:
    """A console as wide as the terminal; a file has room for every figure. Brackets are text without `markup`."""
    return Console(width=None if sys.stdout.isatty() else 170, markup=markup)
