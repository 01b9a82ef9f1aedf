"""Connections that are cut off while their request's head is still under way: too slow, too large, too many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES = 32 * 1024
"""Bytes of a request's line and headers at most."""
HEAD_SECONDS = 10.0
"""Time for them to arrive."""
HEADS = 64
"""Requests of one client whose head is under way at once, at most."""


class HeadLimits(H11Protocol):
    """HTTP/1.1 that waits for no head for long."""

    _waiting: Counter[str] = Counter()
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: its first head is waited for."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or a body."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_is_there()
        elif self._timer is None and not self.transport.is_closing():
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._head_is_there()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        client = self._client_name()
        if self._waiting[client] >= HEADS:
            self.transport.abort()
            return
        self._waiting[client] += 1
        self._timer = self.loop.call_later(HEAD_SECONDS, self._cut_off)

    def _head_is_there(self) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        client = self._client_name()
        self._waiting[client] -= 1
        if self._waiting[client] <= 0:
            del self._waiting[client]

    def _cut_off(self) -> None:
        self._head_is_there()
        self.transport.abort()

    def _client_name(self) -> str:
        client: Any = self.client
        return str(client[0]) if client else "unknown"
