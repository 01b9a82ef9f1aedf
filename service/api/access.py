"""Authentication and authorisation: by a user's token, a session, a trusted proxy, or the service's own token."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
import time
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from sensors_data.errors import UnusableError
from service.api.users import ROLES, SERVICE, Role, Users

COOKIE = "nightscore"
SESSION_S = 12 * 3600
"""Lifetime of a browser's session, seconds."""
CODE_S = 900
"""Lifetime of the link that is printed at the start, seconds; it works once."""
_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True)
class Identity:
    """The sender of a request."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether it has at least a role."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def speaks_as(self, stated: str) -> str:
        """The author to record: the user; with the service's token, the author that the request states."""
        return stated if self.name == SERVICE else self.name


@dataclass(frozen=True)
class Proxy:
    """A proxy that authenticates users and names them in a header, which is trusted only from its addresses."""

    header: str
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    role: Role = "viewer"
    """Role of users who are not in the file of users."""

    def is_peer(self, address: str) -> bool:
        """Whether an address is the proxy's."""
        try:
            return any(ipaddress.ip_address(address) in network for network in self.networks)
        except ValueError:
            return False


def proxy_of(header: str | None, addresses: tuple[str, ...]) -> Proxy | None:
    """The proxy whose header is trusted, None without a header. UnusableError for a proxy without an address."""
    if header is None:
        return None
    try:
        networks = tuple(ipaddress.ip_network(address, strict=False) for address in addresses)
    except ValueError as error:
        raise UnusableError(f"--trust-from: {error}", "write an address like 10.0.0.7, or a network") from error
    if not networks:
        raise UnusableError(f"the header {header} would be trusted from anybody", "name the proxy with --trust-from")
    return Proxy(header, networks)


@dataclass(frozen=True)
class Access:
    """The access rules: the service's token, which has the role admin, the users, and whether reading needs a token."""

    token: str
    hosts: tuple[str, ...]
    """Host names that the service answers to; requests to any other name are refused."""
    open_to_read: bool
    """True on loopback."""
    users: Users = field(default_factory=Users)
    proxy: Proxy | None = None
    _codes: dict[str, float] = field(default_factory=dict)

    def identity(self, headers: Headers) -> Identity | None:
        """The sender, by a token, a session or the proxy's header; None if unknown."""
        kind, _, text = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.of_token(text)
        if kind.lower() == "basic":
            try:
                return self.of_token(base64.b64decode(text, validate=True).decode().partition(":")[2])
            except (binascii.Error, UnicodeDecodeError):
                return None
        if self.proxy is not None and (names := headers.getlist(self.proxy.header)):
            if len(names) > 1 or not (name := names[0]):  # a proxy replaces the header; one that adds it does not
                return None
            user = self.users.all().get(name)
            return self._named(name) if user else Identity(name[:128], self.proxy.role)
        return self._of_session(_cookie_of(headers))

    def known(self, headers: Headers) -> bool:
        """Whether the sender may record verdicts."""
        return self.may(headers, "reviewer")

    def may(self, headers: Headers, role: Role) -> bool:
        """Whether the sender has at least a role."""
        identity = self.identity(headers)
        return identity is not None and identity.may(role)

    def of_token(self, token: str) -> Identity | None:
        """The owner of a token; compared in constant time."""
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return Identity(SERVICE, "admin")
        user = self.users.by_token(token)
        return Identity(user.name, user.role) if user else None

    def session_of(self, identity: Identity, now: float | None = None) -> str:
        """The value of a session cookie, valid for SESSION_S or until the user's token changes or is revoked."""
        text = f"{identity.name}.{int((now or time.time()) + SESSION_S)}"
        return f"{text}.{self._signature(text, identity.name)}"

    def _of_session(self, value: str) -> Identity | None:
        text, _, signature = value.rpartition(".")
        name, _, until = text.rpartition(".")
        if not until.isascii() or not until.isdigit() or int(until) < time.time():
            return None
        if not hmac.compare_digest(signature.encode(), self._signature(text, name).encode()):
            return None
        return self._named(name)

    def _named(self, name: str) -> Identity | None:
        if name == SERVICE:
            return Identity(SERVICE, "admin")
        user = self.users.by_name(name)
        return Identity(user.name, user.role) if user else None

    def _signature(self, text: str, name: str) -> str:
        """The signature of a session, keyed by the service's and the user's token: a change of either ends it."""
        user = self.users.all().get(name)
        key = hashlib.sha256(f"session {self.token} {user.digest if user else ''}".encode()).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def code(self) -> str:
        """A code that signs an admin in once, within CODE_S, for the link that is printed at the start."""
        made = secrets.token_urlsafe(18)
        self._codes[made] = time.monotonic() + CODE_S
        return made

    def redeemed(self, code: str) -> Identity | None:
        """The admin that a code signs in; None if the code was used, is too old or was never issued."""
        until = self._codes.pop(code, 0.0)
        return Identity(SERVICE, "admin") if time.monotonic() < until else None

    def is_own_page(self, origin: str, host: str) -> bool:
        """Whether a request from a page comes from a page of this service."""
        try:
            parts = urlsplit(origin)
            port = str(parts.port or "")
        except ValueError:
            return False
        if not parts.hostname:
            return False
        default = _PORTS.get(parts.scheme, "")
        name, _, asked_port = host.lower().rpartition(":") if _has_port(host) else (host.lower(), "", "")
        shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        usual = _PORTS["http"] if name in LOOPBACK else default  # TLS ends at a proxy, which has a name
        if shown == name and (port or default) == (asked_port or usual):
            return True
        return parts.hostname in self.hosts and parts.hostname not in LOOPBACK and not port  # behind a proxy


LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def _has_port(host: str) -> bool:
    return ":" in host and not host.endswith("]")


def _cookie_of(headers: Headers) -> str:
    """The session in a request's cookie, empty where there is none."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""
