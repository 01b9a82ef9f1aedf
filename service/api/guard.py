"""The checks before every request: host name, sender, size, rate and speed."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.access import LOOPBACK, Access
from service.api.problems import RefusedError, answer, refused
from service.api.shield import shielded
from service.api.telemetry import Telemetry

MB = 2**20
OPEN = ("/health", "/ready", "/login", "/logout", "/favicon.ico")
"""Addresses that need no authentication."""
READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Limits:
    """The limits of one service."""

    body: int = 32 * MB
    """Bytes of one request."""
    bodies: int = 256 * MB
    """Bytes of all requests under way."""
    seconds: float = 60.0
    """Time for a request's body to arrive."""
    rate: float = 100.0
    """Requests a second of one client under /v1, once its first `burst` are used up."""
    burst: int = 500
    clients: int = 10_000
    """Clients whose rate is remembered."""


@dataclass
class Rates:
    """A token bucket for each client; the clients that were not seen for longest are forgotten first."""

    limits: Limits
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, client: str, now: float) -> bool:
        """Whether a client may send one more request."""
        tokens, at = self.left.pop(client, (float(self.limits.burst), now))
        tokens = min(float(self.limits.burst), tokens + (now - at) * self.limits.rate)
        self.left[client] = (max(0.0, tokens - 1), now)
        while len(self.left) > self.limits.clients:
            self.left.popitem(last=False)
        return tokens >= 1


class Guard:
    """Refuses requests before their body is read, cuts off large or slow ones, and records each outcome."""

    def __init__(self, app: ASGIApp, access: Access, limits: Limits, telemetry: Telemetry) -> None:
        self.app, self.access, self.limits, self.telemetry = app, access, limits, telemetry
        self.rates, self.under_way = Rates(limits), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1003})  # nothing here speaks it
            return
        begun, status = time.perf_counter(), 499  # a client that leaves before its answer

        async def shown(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(shielded(message))

        scope = self._without_forged_names(scope)
        with self.telemetry.under_way.track_inprogress():
            await self._answer(scope, receive, shown)
        identity = self.access.identity(Headers(scope=scope))
        who, seconds = identity.name if identity else "", time.perf_counter() - begun
        self.telemetry.note(who, self._client_of(scope), scope["method"], scope["path"], status, seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            self._admit(scope, headers)
            announced = self._announced(headers)
        except RefusedError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._pass_on(scope, receive, send, announced)

    def _without_forged_names(self, scope: Scope) -> Scope:
        """The request without the proxy's header, unless the proxy sent it."""
        proxy = self.access.proxy
        if proxy is None or proxy.is_peer(_peer_of(scope)):
            return scope
        name = proxy.header.lower().encode()
        return {**scope, "headers": [(key, value) for key, value in scope["headers"] if key.lower() != name]}

    def _client_of(self, scope: Scope) -> str:
        """The client to log and to count the rate of: the sender or, from a proxy, the last client it names."""
        peer, proxy = _peer_of(scope), self.access.proxy
        if peer not in LOOPBACK and (proxy is None or not proxy.is_peer(peer)):
            return peer
        address = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            return peer

    def _admit(self, scope: Scope, headers: Headers) -> None:
        path = scope["path"]
        host = headers.get("host", "").rsplit("@", 1)[-1]
        name = host[: host.rindex(":")] if ":" in host and not host.endswith("]") else host
        if name.lower() not in self.access.hosts:
            known = ", ".join(self.access.hosts)
            raise refused(421, "the request names another host", "host", host, f"ask for one of: {known}")
        origin = headers.get("origin")
        if origin is not None and not self.access.is_own_page(origin, host):
            raise refused(403, "a page of another site sent this", "origin", origin, "ask from this service's pages")
        if scope["method"] not in READS and headers.get("sec-fetch-site") == "cross-site":
            raise refused(403, "a page of another site sent this", "sec-fetch-site", "cross-site")
        if not self.access.open_to_read and path not in OPEN and not self.access.may(headers, "viewer"):
            remedy = "send it as `Authorization: Bearer TOKEN`, or sign in at /login"
            raise refused(401, "this service is not on loopback, so every request needs a token", remedy=remedy)
        costs = path.startswith("/v1/") or scope["method"] not in READS
        if costs and not self.rates.take(self._client_of(scope), time.monotonic()):
            raise refused(429, f"more than {self.limits.rate:g} requests a second", remedy="wait a second")

    def _announced(self, headers: Headers) -> int:
        """The declared length of a request. RefusedError if it is too large, or compressed."""
        if headers.get("content-encoding", "identity") != "identity":
            packing = headers["content-encoding"]
            raise refused(
                415, "compressed bodies are not accepted", "content-encoding", packing, "send it uncompressed"
            )
        text = headers.get("content-length", "0")
        length = int(text) if text.isascii() and text.isdigit() else 0
        if length > self.limits.body:
            most = f"at most {self.limits.body // MB} MB are read"
            raise refused(413, most, "content-length", text, "send a day at a time")
        if self.under_way + length > self.limits.bodies:
            raise refused(503, "too many large requests are under way", remedy="try again in a second")
        return length

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, announced: int) -> None:
        """Pass a request on, while its body is counted and timed."""
        self.under_way += announced
        seen, begun = 0, False
        end = anyio.current_time() + self.limits.seconds
        complete = False

        async def counted() -> Message:
            nonlocal seen, complete
            if complete:
                return await receive()  # only a client's leaving comes now
            with anyio.move_on_after(max(0.0, end - anyio.current_time())):
                message = await receive()
                seen += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if seen > self.limits.body:
                    raise refused(413, f"at most {self.limits.body // MB} MB are read", remedy="send a day at a time")
                return message
            raise refused(408, f"the body took more than {self.limits.seconds:g} seconds", remedy="send it faster")

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except RefusedError as error:
            if begun:
                raise
            await _refuse(error, scope, receive, send)
        finally:
            self.under_way -= announced


def _peer_of(scope: Scope) -> str:
    """The address that a request comes from."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


async def _refuse(error: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Connection": "close"}
    if error.problem.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="nightscore: any name, your token as password"'
    if error.problem.status in (429, 503):
        headers["Retry-After"] = "1"
    await answer(error.problem, headers)(scope, receive, send)
