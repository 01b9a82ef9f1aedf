"""The security headers of every answer, and the headers that none may have."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_NEVER = b"access-control-"
"""Headers that would let pages of other sites read an answer."""


def shielded(message: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A message of an answer; its start with the headers that protect, without those that open."""
    if message["type"] != "http.response.start":
        return message
    ours = {name for name, _ in HEADERS}
    others = [(name.lower(), value) for name, value in message.get("headers", [])]
    harmless = [(name, value) for name, value in others if name not in ours and not name.startswith(_NEVER)]
    return {**message, "headers": [*harmless, *HEADERS]}
