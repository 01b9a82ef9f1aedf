"""The log on standard error: a line an event with time, level, job, family and day, as text or as JSON."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FIELDS = ("job", "family", "day")
"""What a line says beside its sentence, where that is known."""


class LogForm(StrEnum):
    """How a line is written."""

    text = "text"
    json = "json"


class LineFormatter(logging.Formatter):
    """Lines of one form; times are UTC."""

    def __init__(self, form: LogForm) -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """`2026-11-22T01:02:03Z INFO scored pump ... job=score-series family=pump-0`, or that as JSON."""
        moment = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        fault = self.formatException(record.exc_info) if record.exc_info else ""
        if self.form is LogForm.json:
            line: dict[str, Any] = {"time": moment, "level": record.levelname, "message": record.getMessage(), **fields}
            return json.dumps(line | ({"fault": fault} if fault else {}))
        context = " ".join(f"{name}={value}" for name, value in fields.items())
        return "\n".join(filter(None, [f"{moment} {record.levelname} {record.getMessage()} {context}".rstrip(), fault]))


def start_log(level: int, form: LogForm) -> None:
    """Write lines of `level` and above to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(form))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("nightscore").setLevel(level)
