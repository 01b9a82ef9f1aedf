"""What every training reports on its way."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called now and then with what is done (epochs or images), what is planned, and the losses in words."""
