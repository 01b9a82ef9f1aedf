"""Learn what normal looks like and score what is not: sensor series from a pandas DataFrame, or images.

    detector = anomaly.fit(readings)
    scored = detector.score(new_readings)
    print(scored.anomalies())
    scored.plot("pump-1")
    detector.save("pump.safetensors")

    parts = anomaly.fit_images(images)
    print(parts.score(new_images))
    parts.overlays(new_images)

Everything is imported when it is first used, so that `import anomaly` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anomaly import evaluation as evaluation
    from anomaly.images.front_door import FittedImageDetector as FittedImageDetector
    from anomaly.images.front_door import fit_images as fit_images
    from anomaly.images.front_door import load_images as load_images
    from anomaly.series.front_door import SeriesDetector as SeriesDetector
    from anomaly.series.front_door import fit as fit
    from anomaly.series.front_door import load as load
    from anomaly.series.night.anomalies import Rules as Rules
    from anomaly.series.scored import ScoredReadings as ScoredReadings

_HOME = {
    "FittedImageDetector": "anomaly.images.front_door",
    "Rules": "anomaly.series.night.anomalies",
    "ScoredReadings": "anomaly.series.scored",
    "SeriesDetector": "anomaly.series.front_door",
    "fit": "anomaly.series.front_door",
    "fit_images": "anomaly.images.front_door",
    "load": "anomaly.series.front_door",
    "load_images": "anomaly.images.front_door",
}
"""Where each public name stands."""

__all__ = [
    "FittedImageDetector",
    "Rules",
    "ScoredReadings",
    "SeriesDetector",
    "evaluation",
    "fit",
    "fit_images",
    "load",
    "load_images",
]


def __getattr__(name: str) -> Any:
    """A public name, imported now. AttributeError for any other."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in __all__:
        return importlib.import_module(f"anomaly.{name}")
    raise AttributeError(f"module 'anomaly' has no name '{name}'; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """The public names."""
    return __all__
