"""One thread for sums whose last digits must not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import torch
from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch and NumPy's linear algebra on one thread, so that sums are made in one order whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with _linear_algebra().limit(limits=1):
            yield
    finally:
        torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _linear_algebra() -> ThreadpoolController:
    """The control of the threads of each linear algebra library that is loaded."""
    return ThreadpoolController().select(user_api="blas")
