"""Where results are put."""

from __future__ import annotations

from pathlib import Path


def make_folders(*files: Path | None) -> None:
    """The folders of files to be written, made before anything costly; None stands for a file not asked for."""
    for file in files:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
