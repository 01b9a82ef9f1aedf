"""Learn to draw images like those that a camera saw, and measure how good the drawn ones are.

    fitted = synthesis.fit(images, labels)
    drawn = synthesis.draw(fitted.generator, 2048, seed=1)
    print(fitted.judge(drawn))
    synthesis.plot_sheet(drawn[:64]).save("sheet.png")
    fitted.save("parts.safetensors")
    generator = synthesis.load("parts.safetensors")

Everything is imported when it is first used, so that `import synthesis` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesis.front_door import FittedGenerator as FittedGenerator
    from synthesis.front_door import draw as draw
    from synthesis.front_door import fit as fit
    from synthesis.front_door import load as load
    from synthesis.front_door import plot_sheet as plot_sheet
    from synthesis.generator_files import TrainedGenerator as TrainedGenerator
    from synthesis.presets.catalogue import PRESETS as PRESETS

_HOME = {
    "FittedGenerator": "synthesis.front_door",
    "PRESETS": "synthesis.presets.catalogue",
    "TrainedGenerator": "synthesis.generator_files",
    "draw": "synthesis.front_door",
    "fit": "synthesis.front_door",
    "load": "synthesis.front_door",
    "plot_sheet": "synthesis.front_door",
}
"""The module of each public name."""

__all__ = ["PRESETS", "FittedGenerator", "TrainedGenerator", "draw", "fit", "load", "plot_sheet"]


def __getattr__(name: str) -> Any:
    """A public name, imported now. AttributeError for any other."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'synthesis' has no name '{name}'; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """The public names."""
    return __all__
