"""Connections that are cut off while the head of a request arrives: too slow, too large, or too many at once."""

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
_END = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HeadLimits(H11Protocol):
    """HTTP/1.1 with limits on the head of a request."""

    _waiting: Counter[str] = Counter()
    _timer: asyncio.TimerHandle | None = None
    _head: int = 0
    """Bytes of the head that is under way."""
    _last: bytes = b""
    """Its newest three, among which its end may have begun."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: its first head is waited for."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or a body."""
        if self._timer is not None and self._is_too_large(data):
            self.transport.write(_TOO_LARGE)
            self._head_is_there()
            self.transport.close()
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_is_there()
        elif self._timer is None and not self.transport.is_closing():
            self._await_head()

    def _is_too_large(self, data: bytes) -> bool:
        """Whether a head has more than HEAD_BYTES with these; the parser measures only what has not ended yet."""
        joined = self._last + data
        end = joined.find(_END)
        self._head += len(data) if end < 0 else end
        self._last = joined[-3:]
        return self._head > HEAD_BYTES

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
        self._head, self._last = 0, b""
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
