"""The sensors of an anomaly with their shares: a list at rest, a line where people read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

SHARES = pa.list_(pa.struct([pa.field("sensor", pa.string()), pa.field("share", pa.float64())]))


def shares_in_words(shares: Iterable[dict[str, Any]]) -> str:
    """A line such as `pressure 0.62, flow 0.21`; empty where no sensor is named."""
    return ", ".join(f"{one['sensor']} {one['share']:.2f}" for one in shares)


def shares_of_text(text: str | None) -> list[dict[str, Any]] | None:
    """The list in a line of that form, as files held it before there were lists; a name may hold commas."""
    if text is None:
        return None
    return [{"sensor": name, "share": float(share)} for name, share in re.findall(r"(.+?) (\d\.\d+)(?:, |$)", text)]
