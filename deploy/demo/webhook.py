"""A receiver of Alertmanager's messages, and what it received."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """Alerts in the order in which they came, each with the moment (time.monotonic) of its message."""

    url: str
    token: str
    alerts: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    def first(self, name: str, family: str, status: str) -> dict[str, Any] | None:
        """The first message of a family's alert in a state, `firing` or `resolved`, or None."""
        matching = (a for a in self.alerts if a["labels"].get("family") == family and a["status"] == status)
        return next((a for a in matching if a["labels"]["alertname"] == name), None)


@contextmanager
def listening(token: str) -> Iterator[Received]:
    """A server on loopback that keeps what is posted to it with the right token."""

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            right = self.headers.get("Authorization") == f"Bearer {received.token}"
            if right:
                at = time.monotonic()
                received.alerts += [{**alert, "at": at} for alert in json.loads(body)["alerts"]]
            else:
                received.refused += 1
            self.send_response(200 if right else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
    received = Received(f"http://127.0.0.1:{server.server_port}/alerts", token)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
