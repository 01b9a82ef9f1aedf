"""What kind a file is by its first bytes, whatever it is called: exports are often saved under another kind's name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sensors_data.series.files.archives import DAMAGED, ZIP, entries, holds_workbook

_PARQUET = b"PAR1"
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_NO_DATA = frozenset((
    ".md", ".rst", ".html", ".htm", ".pdf", ".py", ".sh", ".bat", ".ps1", ".sql", ".toml", ".ini", ".cfg", ".conf",
    ".yml", ".yaml", ".lock", ".part", ".tmp", ".done", ".ok", ".sha256", ".md5",
))  # fmt: skip
"""Endings of files that are texts and hold no readings."""


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet: it begins as one, or it is called so and does not begin as text."""
    head = _head(path)
    return head.startswith(_PARQUET) or (path.name.lower().endswith(".parquet") and not _is_text(head))


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook: it holds one, or it is called so and does not begin as text."""
    head = _head(path)
    if head.startswith(ZIP):
        try:
            with zipfile.ZipFile(path) as archive:
                return holds_workbook(entries(archive))
        except DAMAGED:
            pass  # a damaged archive is what its name says
    return path.suffix.lower() in (".xlsx", ".xlsm") and not _is_text(head)


def called_otherwise(paths: list[Path]) -> list[Path]:
    """Of files without a known ending those that may be exports, as `load-2026-02-02`: texts of lines, or packed."""
    likely = {path: _head(path) for path in paths if path.suffix.lower() not in _NO_DATA}
    return [path for path, head in likely.items() if head.startswith(_PACKED) or (b"\n" in head and _is_text(head))]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _is_text(head: bytes) -> bool:
    """Whether a file begins with printable text of one byte a character; an empty file does not."""
    return bool(head) and not any(byte < 32 and byte not in b"\t\n\r\x0c\x1a" for byte in head)
