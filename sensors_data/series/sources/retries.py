"""A server that does not answer is asked again, with a growing pause between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

RETRIES = 4
"""Tries after the first, with a doubling pause between."""
PAUSE_S = 0.5
"""The first of those pauses."""

T = TypeVar("T")


def asked_again(ask: Callable[[], T], passes: Callable[[Exception], bool]) -> T:
    """What `ask` gives, tried again while it raises what `passes`; at last, or at once for another, that is raised."""
    for number in range(RETRIES):
        try:
            return ask()
        except Exception as error:
            if not passes(error):
                raise
        time.sleep(PAUSE_S * 2**number)
    return ask()
