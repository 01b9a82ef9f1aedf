"""Learn what normal looks like and score what is not: sensor series from a pandas DataFrame, in five lines.

    detector = anomaly.fit(readings)
    scored = detector.score(new_readings)
    print(scored.anomalies())
    scored.plot("pump-1")
    detector.save("pump.safetensors")

Everything is imported when it is first used, so that `import anomaly` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anomaly import evaluation as evaluation
    from anomaly.series.anomalies import Rules as Rules
    from anomaly.series.front_door import SeriesDetector as SeriesDetector
    from anomaly.series.front_door import fit as fit
    from anomaly.series.front_door import load as load
    from anomaly.series.scored import ScoredReadings as ScoredReadings

_HOME = {
    "Rules": "anomaly.series.anomalies",
    "ScoredReadings": "anomaly.series.scored",
    "SeriesDetector": "anomaly.series.front_door",
    "fit": "anomaly.series.front_door",
    "load": "anomaly.series.front_door",
}
"""Where each public name stands."""

__all__ = ["Rules", "ScoredReadings", "SeriesDetector", "evaluation", "fit", "load"]


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
