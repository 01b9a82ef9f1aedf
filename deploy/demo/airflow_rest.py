"""Airflow's REST interface, version 2."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rest:
    """Where to ask, and the token that lets one in."""

    url: str
    token: str = field(default="", repr=False)


def sign_in(url: str, user: str, password: str) -> Rest:
    """The interface at `url` as that user. OSError when it does not let him in."""
    words = {"username": user, "password": password}
    return Rest(url, _send(Rest(url), "POST", "/auth/token", words)["access_token"])


def ask(rest: Rest, method: str, path: str, body: object = None, ignore: int = 0) -> dict[str, Any]:
    """The answer to a request; an empty one for the status `ignore`. OSError with what Airflow said otherwise."""
    return _send(rest, method, f"/api/v2{path}", body, ignore)


def _send(rest: Rest, method: str, path: str, body: object, ignore: int = 0) -> dict[str, Any]:
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {rest.token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(rest.url + path, data, head, method=method)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            content: dict[str, Any] = json.loads(answer.read() or b"{}")
            return content
    except urllib.error.HTTPError as error:
        if error.code == ignore:
            return {}
        raise OSError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from error
