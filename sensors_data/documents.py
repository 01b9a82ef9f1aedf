"""What a text in JSON or TOML holds. One in more layers than Python follows is none of either."""

from __future__ import annotations

import json
import tomllib
from typing import Any

_LAYERS = "it lies in too many layers"


def json_in(text: str | bytes) -> Any:
    """The value that a JSON text holds. ValueError where it is none."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(_LAYERS) from error


def toml_in(text: str) -> dict[str, Any]:
    """The table that a TOML text holds. tomllib.TOMLDecodeError where it is none."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError(_LAYERS) from error
