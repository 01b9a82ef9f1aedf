"""Repeat a request to a server that does not answer, with growing pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

RETRIES = 4
"""Number of tries after the first; the pause doubles each time."""
PAUSE_S = 0.5
"""The first pause."""

T = TypeVar("T")


def with_retries(ask: Callable[[], T], passes: Callable[[Exception], bool]) -> T:
    """The result of `ask`, repeated up to RETRIES times while it raises an error that `passes`; the error otherwise."""
    for number in range(RETRIES):
        try:
            return ask()
        except Exception as error:
            if not passes(error):
                raise
        time.sleep(PAUSE_S * 2**number)
    return ask()
