"""Guesses about labels that no single path allows: what names and marks of a whole set of pictures say."""

from __future__ import annotations

from collections import Counter, defaultdict

from sensors_data.camera import Camera
from sensors_data.images.inbox import CameraFile
from sensors_data.images.masks import Masks
from sensors_data.images.roles import is_normal

TEMPLATE, TESTED = "_temp", "_test"
"""Ends of the names of a pair: the picture of a part without a fault, and the picture to be tested (DeepPCB)."""


def labels_of_set(pictures: list[CameraFile], masks: Masks, camera: Camera) -> tuple[dict[str, str], str]:
    """The setting `labels` for pictures of which no path says that one is good, and why; empty where nothing helps."""
    if any(is_normal(file.role.label, camera) for file in pictures):
        return {}, ""
    stems = {file.path.stem for file in pictures}
    pairs = sum(stem.endswith(TEMPLATE) and stem[: -len(TEMPLATE)] + TESTED in stems for stem in stems)
    if 2 * pairs >= 0.9 * len(stems):
        return {f"*{TEMPLATE}.*": "good", f"*{TESTED}.*": "defect"}, f"{pairs} pairs of a template and a tested picture"
    marked: dict[str, Counter[bool]] = defaultdict(Counter)
    for file in pictures:
        marked[file.role.label][bool(masks.beside(file))] += 1
    mixed = [label for label, counts in marked.items() if counts[True] and counts[False]]
    if mixed:
        return {"*": ""}, f"'{mixed[0]}' holds pictures with and without marks and so names no defect; marks decide"
    return {}, ""


def contradictions(pictures: list[CameraFile], camera: Camera) -> list[str]:
    """What is odd about labels: one that is a product's or a place's name elsewhere."""
    assets = Counter(file.role.asset for file in pictures if file.role.asset)
    labels = Counter(file.role.label for file in pictures)
    both = [label for label in labels if label in assets and not is_normal(label, camera)]
    return [
        f"'{label}' is the label of {labels[label]} pictures and the product or place of {assets[label]} others: "
        f"they count as defects; pass them over with leave_out"
        for label in both
    ]
