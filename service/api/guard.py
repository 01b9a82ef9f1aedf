"""What stands before every request: whose host it names, who asks, how much, how often, how fast."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import RefusedError, answer, refused

COOKIE = "nightscore"
MB = 2**20


@dataclass(frozen=True)
class Limits:
    """How much of everything one service takes."""

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


@dataclass(frozen=True)
class Access:
    """Who may do what: the token, and whether reading takes it too."""

    token: str
    hosts: tuple[str, ...]
    """Names under which the service may be called; a page of another site that resolves to it is refused."""
    open_to_read: bool
    """True on loopback."""

    def known(self, headers: Headers) -> bool:
        """Whether a request carries the token: as bearer, as the password of basic access, or in its cookie."""
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.same(given)
        if kind.lower() == "basic":
            try:
                return self.same(base64.b64decode(given, validate=True).decode().partition(":")[2])
            except (binascii.Error, UnicodeDecodeError):
                return False
        return self.same(cookie_of(headers))

    def same(self, given: str) -> bool:
        """Whether this is the token; as quick for a nearly right one."""
        return hmac.compare_digest(given.encode(), self.token.encode())


def cookie_of(headers: Headers) -> str:
    """The token in a request's cookie, empty where there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


@dataclass
class Rates:
    """A bucket of requests for each client; the longest unseen clients are forgotten first."""

    limits: Limits
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, client: str, now: float) -> bool:
        """Whether a client may ask once more."""
        tokens, at = self.left.pop(client, (float(self.limits.burst), now))
        tokens = min(float(self.limits.burst), tokens + (now - at) * self.limits.rate)
        self.left[client] = (max(0.0, tokens - 1), now)
        while len(self.left) > self.limits.clients:
            self.left.popitem(last=False)
        return tokens >= 1


class Guard:
    """Refuses requests before any of their body is read; cuts off those that grow or dawdle."""

    def __init__(self, app: ASGIApp, access: Access, limits: Limits) -> None:
        self.app, self.access, self.limits = app, access, limits
        self.rates, self.under_way = Rates(limits), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # nothing here speaks another protocol
        headers = Headers(scope=scope)
        try:
            if (welcome := self._welcome(scope)) is not None:
                await welcome(scope, receive, send)
                return
            self._admit(scope, headers)
            announced = self._announced(headers)
        except RefusedError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._pass_on(scope, receive, send, announced)

    def _welcome(self, scope: Scope) -> RedirectResponse | None:
        """The printed link's token becomes a cookie, and the token leaves the address."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=50)
        given = query.get("token", [""])[0]
        if scope["method"] != "GET" or not given or not self.access.same(given):
            return None
        away = RedirectResponse(scope["path"] if scope["path"].startswith("/pages") else "/pages/", 303)
        away.set_cookie(COOKIE, given, max_age=30 * 86_400, httponly=True, samesite="strict")
        return away

    def _admit(self, scope: Scope, headers: Headers) -> None:
        path = scope["path"]
        host = headers.get("host", "").rsplit("@", 1)[-1]
        name = host[: host.rindex(":")] if ":" in host and not host.endswith("]") else host
        if name.lower() not in self.access.hosts:
            known = ", ".join(self.access.hosts)
            raise refused(421, "the request names another host", "host", host, f"ask for one of: {known}")
        if not self.access.open_to_read and path not in ("/health", "/ready") and not self.access.known(headers):
            remedy = "send it as `Authorization: Bearer TOKEN`, or open the link that the service printed at its start"
            raise refused(401, "this service is not on loopback, so everything takes its token", remedy=remedy)
        client = scope["client"][0] if scope.get("client") else "unknown"
        if path.startswith("/v1/") and not self.rates.take(client, time.monotonic()):
            raise refused(429, f"more than {self.limits.rate:g} requests a second", remedy="wait a second")

    def _announced(self, headers: Headers) -> int:
        """The length that a request says it has. RefusedError where it is too much, or packed."""
        if headers.get("content-encoding", "identity") != "identity":
            found = headers["content-encoding"]
            raise refused(415, "packed bodies are not unpacked here", "content-encoding", found, "send it unpacked")
        text = headers.get("content-length", "0")
        length = int(text) if text.isascii() and text.isdigit() else 0
        if length > self.limits.body:
            most = f"at most {self.limits.body // MB} MB are read"
            raise refused(413, most, "content-length", text, "send a day at a time")
        if self.under_way + length > self.limits.bodies:
            raise refused(503, "too many large requests are under way", remedy="try again in a second")
        return length

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, announced: int) -> None:
        """Hand a request on, its body counted and timed as it comes."""
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


async def _refuse(error: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Connection": "close"}
    if error.problem.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="nightscore: any name, the token as password"'
    if error.problem.status in (429, 503):
        headers["Retry-After"] = "1"
    await answer(error.problem, headers)(scope, receive, send)
