"""One message as rows (time, asset, sensor, value): a plain number, or a JSON object of one value or several."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sensors_data.documents import json_in
from sensors_data.errors import UnusableError

Row = tuple[str, str, str, str]
"""Time, asset, sensor and value as text."""
_PART = re.compile(r"\{(asset|sensor)\}")


@dataclass(frozen=True)
class Reader:
    """How a topic and a payload are read."""

    topic: str
    """With {asset} and {sensor} where their names stand, like `plant/{asset}/{sensor}`."""
    time: str = "time"
    """The key of a payload's time; the moment of arrival where there is none."""
    value: str = "value"
    """The key of a payload's value, where the topic names the sensor."""
    asset: str = ""
    """The key of a payload's asset, where the topic does not name it."""

    def __post_init__(self) -> None:
        """UnusableError when neither the topic nor a key says whose a message is."""
        if "{asset}" not in self.topic and not self.asset:
            raise UnusableError("nothing says whose a message is", "write {asset} in the topic, or the key `asset`")

    def rows(self, topic: str, payload: bytes, arrived: datetime) -> list[Row]:
        """The rows of a message; what is no number stays as it came, for `ingest` to reject with its reason."""
        names = self._names(topic)
        text = payload.decode("utf-8", "replace").strip()
        try:
            body = json_in(text)
        except ValueError:
            body = text
        if not isinstance(body, dict):
            return [(_moment(arrived), names.get("asset", ""), names.get("sensor", ""), _cell(body))]
        time = body.get(self.time)
        moment = _moment(arrived) if time is None else str(time)
        asset = names.get("asset") or _cell(body.get(self.asset))
        if "sensor" in names:
            return [(moment, asset, names["sensor"], _cell(body.get(self.value)))]
        about = {self.time, self.asset}
        return [(moment, asset, str(sensor), _cell(value)) for sensor, value in body.items() if sensor not in about]

    def _names(self, topic: str) -> dict[str, str]:
        """Asset and sensor as the topic names them; none where it is another topic."""
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part).replace(r"\#", ".*").replace(r"\+", "[^/]+")
            for place, part in enumerate(_PART.split(self.topic))
        )
        match = re.fullmatch(pattern, topic)
        return match.groupdict() if match else {}


def subscription(topic: str) -> str:
    """A topic as MQTT subscribes to it: any name where {asset} and {sensor} stand."""
    return _PART.sub("+", topic)


def _moment(arrived: datetime) -> str:
    return f"{arrived.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _cell(value: Any) -> str:
    """A value as text; true and false as 1 and 0."""
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
