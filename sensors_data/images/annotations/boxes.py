"""Annotations in a file beside each picture: Pascal VOC's XML and YOLO's lines of text."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sensors_data.images.marks import Annotation, Outline, box, of_marks

NAMES_FILES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
"""Where YOLO's sets keep the names of their classes."""
_FOLDERS_UP = 4


def read_voc(path: Path) -> Annotation | None:
    """The annotation of a Pascal VOC file; None where it is none."""
    try:
        root = fromstring(path.read_bytes())
        if root.tag != "annotation":
            return None
        size = float(root.findtext("size/width", "")), float(root.findtext("size/height", ""))
        objects = root.findall("object")
        return of_marks(
            [item.findtext("name", "").strip() for item in objects], [_voc_box(item, size) for item in objects]
        )
    except (ParseError, DefusedXmlException, ValueError, ZeroDivisionError, OSError):
        return None


def _voc_box(item: Element, size: tuple[float, float]) -> Outline:
    left, top, right, bottom = (float(item.findtext(f"bndbox/{edge}", "")) for edge in ("xmin", "ymin", "xmax", "ymax"))
    return box(left / size[0], top / size[1], right / size[0], bottom / size[1])


def read_yolo(path: Path, names: dict[str, str]) -> Annotation | None:
    """The annotation of a YOLO file: a class and a box or a polygon a line, as shares; None where it is none.

    An empty file says that the picture is good.
    """
    labels, outlines = [], []
    try:
        for line in path.read_text("utf-8").splitlines():
            kind, *numbers = line.split() or [""]
            values = [float(number) for number in numbers]
            fits = kind.isdigit() and (len(values) == 4 or (len(values) >= 6 and len(values) % 2 == 0))
            if not fits or not all(-0.01 <= value <= 1.01 for value in values):
                if line.strip():
                    return None
                continue
            labels.append(names.get(kind, f"class-{kind}"))
            outlines.append(_yolo_outline(values))
    except (ValueError, OSError):
        return None
    return of_marks(labels, outlines)


def _yolo_outline(values: list[float]) -> Outline:
    if len(values) == 4:
        x, y, width, height = values
        return box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return tuple(zip(values[::2], values[1::2], strict=True))


def yolo_names(folder: Path, class_files: tuple[Path, ...] = ()) -> dict[str, str]:
    """The names of a YOLO set's classes by number, from the nearest file that holds them at or above a folder.

    `class_files` are files that hold them and are called otherwise.
    """
    for place in (folder, *folder.parents[:_FOLDERS_UP]):
        others = [path for path in class_files if path.parent == place]
        for path in (*(place / name for name in NAMES_FILES), *others):
            if path.is_file():
                text = path.read_text("utf-8", errors="replace")
                lines = _yaml_names(text) if path.suffix.lower() in {".yaml", ".yml"} else text.splitlines()
                return {str(number): line.strip() for number, line in enumerate(lines) if line.strip()}
    return {}


def _yaml_names(text: str) -> list[str]:
    """The entries under `names:`, written as [a, b], as lines `- a`, or as lines `0: a`."""
    match = re.search(r"^names:[ \t]*(\[[^\]]*\])?", text, re.MULTILINE)
    if match is None:
        return []
    if match[1]:
        entries = match[1].strip("[]").split(",")
    else:
        below = re.match(r"(?:\s*\n[ \t]*(?:-|\d+:)[ \t]*\S.*)*", text[match.end() :])
        entries = [re.sub(r"^\s*(?:-|\d+:)\s*", "", line) for line in (below[0] if below else "").split("\n")[1:]]
    return [entry.strip().strip("'\"") for entry in entries]
