"""Settings for a camera that was looked at, as TOML with a comment on each guess; what stands in the file stays."""

from __future__ import annotations

from typing import Any

import tomlkit

from sensors_data.images.understanding.discover import CameraDiscovery

_KEYS = (
    *("size", "tiles", "channels", "bits", "any_size", "fit", "day_pattern", "day_from", "undated_day"),
    *("folders", "labels", "normal_labels", "leave_out", "masks", "mask_background"),
)


def with_camera(text: str, discovery: CameraDiscovery, detector: dict[str, Any]) -> str:
    """A settings file's text with `[cameras.NAME]` added to it, and the detector's keys where there are any."""
    document = tomlkit.parse(text)
    cameras = document.setdefault("cameras", tomlkit.table(is_super_table=True))
    table = tomlkit.table()
    table.add("inbox", discovery.camera.inbox)
    values = discovery.camera.model_dump(exclude_none=True)
    for key in _KEYS:
        if key not in values or (key not in discovery.reasons and key not in ("size", "channels")):
            continue
        item = tomlkit.item(list(values[key]) if isinstance(values[key], tuple) else values[key])
        if reason := discovery.reasons.get(key):
            item.comment(" ".join(reason.split()))
        table.add(key, item)
    if discovery.unclear_day:
        table.add(tomlkit.comment(discovery.unclear_day))
    if detector:
        section = tomlkit.table()
        for key, value in detector.items():
            section.add(key, tomlkit.item(value))
        table.add("detector", section)
    cameras.append(discovery.name, table)
    return tomlkit.dumps(document)
