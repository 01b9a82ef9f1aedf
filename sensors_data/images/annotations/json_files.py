"""Annotations in JSON: COCO's one file for many pictures, LabelMe's one for each."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from sensors_data.documents import json_in
from sensors_data.images.annotations.listed import Listed
from sensors_data.images.marks import NORMAL, Annotation, Outline, box, of_marks


def read_json(path: Path) -> Listed:
    """The annotations of a COCO or LabelMe file by the picture's name in it; none where it is neither."""
    try:
        held = json_in(path.read_bytes())
        if not isinstance(held, dict):
            return Listed()
        if isinstance(held.get("images"), list) and isinstance(held.get("annotations"), list):
            annotations = _coco(held)
            return Listed(annotations, labels_all=any(each.label == NORMAL for each in annotations.values()))
        if isinstance(held.get("shapes"), list) and "imagePath" in held:
            return Listed({str(held["imagePath"]).replace("\\", "/").rpartition("/")[2]: _labelme(held)})
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, OSError):
        return Listed()
    return Listed()


def _coco(held: dict[str, Any]) -> dict[str, Annotation]:
    """Every listed picture; one without marks is good."""
    names = {category["id"]: str(category["name"]) for category in held.get("categories", [])}
    marks = defaultdict(list)
    for mark in held["annotations"]:
        marks[mark["image_id"]].append(mark)
    annotations = {}
    for image in held["images"]:
        size = float(image["width"]), float(image["height"])
        labels = [names.get(mark.get("category_id"), "") for mark in marks[image["id"]]]
        outlines = [outline for mark in marks[image["id"]] for outline in _outlines(mark, size)]
        annotations[str(image["file_name"]).replace("\\", "/")] = of_marks(labels, outlines)
    return annotations


def _outlines(mark: dict[str, Any], size: tuple[float, float]) -> list[Outline]:
    """The polygons of a COCO mark; its box where it has none."""
    polygons = mark.get("segmentation")
    if isinstance(polygons, list) and polygons:
        return [_shares(list(zip(flat[::2], flat[1::2], strict=True)), size) for flat in polygons if len(flat) >= 6]
    if "bbox" not in mark:
        return []
    left, top, width, height = mark["bbox"]
    return [_shares(list(box(left, top, left + width, top + height)), size)]


def _labelme(held: dict[str, Any]) -> Annotation:
    size = float(held["imageWidth"]), float(held["imageHeight"])
    shapes = held["shapes"]
    outlines = [_labelme_outline(shape) for shape in shapes]
    return of_marks([str(shape["label"]) for shape in shapes], [_shares(o, size) for o in outlines if len(o) > 2])


def _labelme_outline(shape: dict[str, Any]) -> list[tuple[float, float]]:
    """A polygon's corners, those of a rectangle, or of the square around a circle."""
    points = [(float(x), float(y)) for x, y in shape["points"]]
    if shape.get("shape_type") == "rectangle":
        return list(box(*points[0], *points[1]))
    if shape.get("shape_type") == "circle":
        (x, y), (at_x, at_y) = points
        radius = ((at_x - x) ** 2 + (at_y - y) ** 2) ** 0.5
        return list(box(x - radius, y - radius, x + radius, y + radius))
    return points


def _shares(corners: list[tuple[float, float]], size: tuple[float, float]) -> Outline:
    return tuple((float(x) / size[0], float(y) / size[1]) for x, y in corners)
