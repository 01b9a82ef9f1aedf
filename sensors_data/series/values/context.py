"""Context sensors: setpoints, commands and states, recognised by their values."""

from __future__ import annotations

import re

import numpy as np

MOST_LEVELS = 12
_NAMES = re.compile(
    r"(?:^|[\W_\d])(?:sp|setpoint|set point|soll|sollwert|cmd|command|consigna|consigne|setpunkt|setwert|mode|schedule)"
    r"(?:$|[\W_\d])",
    re.IGNORECASE,
)
"""Names of setpoints and commands; they only help where the values leave it open."""


def is_context(name: str, values: np.ndarray, states: int) -> bool:
    """Whether a sensor is context: words of more than two states, or numbers that rest on a few levels and jump.

    `values` are in the order of their times. A measured value read coarsely also has few levels, but goes from one to
    the next; a setpoint jumps over some. Two levels alone are context where the name says so.
    """
    if states > 2:
        return True
    levels = np.unique(values)
    if len(values) < 48 or not 2 <= len(levels) <= MOST_LEVELS or states:
        return False
    changes = np.flatnonzero(np.diff(values))
    if not len(changes) or len(changes) > 0.2 * len(values):
        return False
    named = bool(_NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))
    if len(levels) <= 2 or set(levels) <= {0.0, 1.0}:
        return named
    jumps = np.abs(np.diff(np.searchsorted(levels, values)))[changes]
    return named or bool((jumps > 1).mean() > 0.2 and len(changes) <= 0.1 * len(values))
