"""Annotations in a table: a picture a row with its label, or with runs of marked pixels."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sensors_data.images.marks import DEFECT, NORMAL, Annotation

PICTURES = ("image", "imageid", "filename", "file", "path", "imagepath", "filepath", "picture", "imagename", "img")
LABELS = (
    "label",
    "class",
    "classid",
    "category",
    "defect",
    "defecttype",
    "kind",
    "type",
    "anomaly",
    "target",
    "result",
    "verdict",
    "decision",
    "judgement",
    "judgment",
    "inspection",
    "quality",
)
RUNS = ("encodedpixels", "rle")
JOINED = "imageidclassid"
"""A column of a picture's name and a class, as a.jpg_3."""
_SWITCH = {"0": NORMAL, "1": DEFECT}


def read_table(path: Path) -> dict[str, Annotation]:
    """The annotations of a table by the picture's name in it; none where it has no column of pictures and of labels.

    Of several rows of a picture the first names the label, and the runs of all are marked.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, sep=_separator(path))
    except (ValueError, OSError, pd.errors.ParserError):
        return {}
    columns = {"".join(c for c in str(column).lower() if c.isalnum()): column for column in frame.columns}
    frame = _split(frame, columns)
    picture, label, runs = (_first(columns, names) for names in (PICTURES, LABELS, RUNS))
    if picture is None or (label is None and runs is None):
        return {}
    named = frame[frame[picture].str.contains(r"\w", regex=True)]
    labels = _labels(named, label, runs is not None)
    marked = [_runs(text) for text in named[runs]] if runs is not None else [()] * len(named)
    annotations: dict[str, Annotation] = {}
    for name, word, pixels in zip(named[picture], labels, marked, strict=True):
        if runs is not None and not pixels:
            continue  # a row without runs marks nothing
        before = annotations.get(name)
        annotations[name] = Annotation(before.label if before else word, (), (before.runs if before else ()) + pixels)
    return {name.replace("\\", "/"): annotation for name, annotation in annotations.items()}


def _separator(path: Path) -> str:
    """What stands between the columns of a table: the most frequent of tab, semicolon and comma in its first line."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline()
    return max(",;\t", key=first.count)


def _split(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The frame with a joined column of pictures and classes as two; `columns` learns their names."""
    if JOINED not in columns:
        return frame
    parts = frame[columns.pop(JOINED)].str.rpartition("_")
    columns |= {"imageid": "imageid", "classid": "classid"}
    return frame.assign(imageid=parts[0], classid=parts[2])


def _first(columns: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _labels(frame: pd.DataFrame, column: str | None, marked: bool) -> list[str]:
    """A label a row: the words of its column; of 0 and 1 alone, good and a defect; numbers of classes by name."""
    if column is None:
        return [DEFECT] * len(frame)
    words = frame[column].str.strip()
    if not marked and set(words) <= _SWITCH.keys():
        return [_SWITCH[word] for word in words]
    return [f"class-{word}" if word.isdigit() else word for word in words]


def _runs(text: str) -> tuple[int, ...]:
    numbers = text.split()
    whole = len(numbers) % 2 == 0 and all(number.isdigit() for number in numbers)
    return tuple(int(number) for number in numbers) if whole else ()
