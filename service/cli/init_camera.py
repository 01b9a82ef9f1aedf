"""`nightscore init` for pictures: settings for a folder of them, what was understood, and a contact sheet."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sensors_data.errors import UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.images.paths.roles import is_normal
from sensors_data.images.table import MIN_IMAGES
from sensors_data.images.understanding.discover import CameraDiscovery, discover_camera
from sensors_data.images.understanding.settings_text import with_camera
from sensors_data.settings import Settings, load, parse
from service.cli.camera_steps import USUAL_SPAN, next_steps, span_to_learn
from service.figures.contact_sheet import labelled_sheet

LEAST_FOR_PATCHES = 64
"""Sides below this are too few pixels for features of a pretrained network."""


def init_camera(source: Path, settings: Path, store: str | None, name: str | None) -> list[str]:
    """Write `[cameras.NAME]` for a folder of pictures and a contact sheet; what was understood, in lines.

    UnusableError when the settings have a camera of that name.
    """
    known = load(settings) if settings.exists() else Settings()
    discovery = discover_camera(source, name)
    if not source.is_absolute():
        inbox = os.path.relpath(discovery.camera.inbox, settings.resolve().parent)
        discovery = replace(discovery, camera=discovery.camera.model_copy(update={"inbox": inbox}))
    if discovery.name in known.cameras:
        raise UnusableError(
            f"{settings} already has a camera '{discovery.name}'", "take another --family or edit the file"
        )
    before = settings.read_text(encoding="utf-8") if settings.exists() else f"store = {json.dumps(store or 'store')}\n"
    detector, why = _detector(discovery)
    if (span := span_to_learn(discovery)) > USUAL_SPAN:
        detector = {"days": span, **detector}
    text = with_camera(before, discovery, detector)
    parse(Settings, tomllib.loads(text), f"the settings for {source}")
    replace_file(*open_url(str(settings.resolve())), text.encode())
    picture = settings.resolve().parent / f"{discovery.name}.png"
    replace_file(*open_url(str(picture)), labelled_sheet(discovery.samples, f"{discovery.name}: what was understood"))
    lines = [*_lines(discovery, why), f"wrote {settings} and {picture.name}; next:"]
    return lines + next_steps(discovery, str(settings))


def _detector(discovery: CameraDiscovery) -> tuple[dict[str, Any], str]:
    """The detector's keys that suit the pictures, and why."""
    if discovery.camera.size < LEAST_FOR_PATCHES:
        return {}, "gradients of the whole picture, which suit small ones"
    if find_spec("efficientnet_lite_pytorch") is None:
        return {}, "gradients of the whole picture; patches find small defects better: install 'nightscore[patches]'"
    if discovery.camera.is_tiled:
        return {"features": {"kind": "patches", "mirrors": 1}}, "patches, which find small defects best; of many tiles"
    return {"features": {"kind": "patches"}}, "patches, which find small defects best"


def _lines(discovery: CameraDiscovery, detector: str) -> list[str]:
    """What was understood, for a person."""
    camera = discovery.camera
    normal = sum(count for label, count in discovery.labels.items() if is_normal(label, camera))
    names = ", ".join(f"{label or '(no label)'} {count:,}" for label, count in discovery.labels.items())
    days = " to ".join(str(day) for day in dict.fromkeys([*discovery.days[:1], *discovery.days[-1:]]))
    colours = "grey" if camera.channels == 1 else "colour"
    size = f"{camera.shape[2]}x{camera.shape[1]} {colours}"
    lines = [
        f"{discovery.name}: {discovery.pictures:,} pictures of {days or 'unclear days'}, kept as {size}",
        f"  labels: {names}; {normal:,} of them normal",
        f"  detector: {detector}",
    ]
    if (span := span_to_learn(discovery)) > USUAL_SPAN:
        lines.append(f"  detector.days: the newest {MIN_IMAGES} normal pictures are of {span} days")
    if discovery.splits:
        parts = ", ".join(f"{split} {count:,}" for split, count in sorted(discovery.splits.items()))
        lines.append(f"  parts: {parts}; only train is learned from")
    if discovery.masks:
        lines.append(f"  masks: {discovery.masks:,}, for evaluate-images")
    lines += [f"  {key}: {reason}" for key, reason in discovery.reasons.items() if key not in ("size", "channels")]
    if 0 < normal < MIN_IMAGES:
        lines.append(
            f"  odd: {normal} normal pictures are too few to learn from; a detector wants at least {MIN_IMAGES}"
        )
    if discovery.unclear_day:
        lines.append(f"  unclear: {discovery.unclear_day}")
    return lines + [f"  odd: {what}" for what in discovery.odd]
