"""Telemetry of the service itself: a log line per request, and its own metrics."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

log = logging.getLogger("nightscore.access")
_SECONDS = (0.01, 0.05, 0.25, 1, 2, 5, 15, 60, 300)
_AREAS = ("v1", "pages", "login", "metrics", "health", "ready", "docs")


class Telemetry:
    """The counts of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "nightscore_service_requests", "Requests that were answered.", ("area", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "nightscore_service_seconds",
            "Time until a request was answered, seconds.",
            ("area",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.under_way = Gauge("nightscore_service_under_way", "Requests that are under way.", registry=self.registry)

    def note(self, who: str, client: str, method: str, path: str, status: int, seconds: float) -> None:
        """Record an answered request: who, from where, what, how it ended; no query, header or body."""
        area = path.strip("/").split("/", 1)[0]
        area = area if area in _AREAS else "other"
        self.requests.labels(area, str(status)).inc()
        self.seconds.labels(area).observe(seconds)
        shown = "".join(c if c.isprintable() and c != " " else "_" for c in path[:200])
        log.info("%s %s %s %s %d %.0f ms", client, who or "-", method, shown, status, 1000 * seconds)

    def text(self) -> bytes:
        """Everything in the text exposition format."""
        made: bytes = generate_latest(self.registry)
        return made
