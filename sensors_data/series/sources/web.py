"""Answers of a server that others run: time-outs, retries, and no secret in what is said of a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from sensors_data.documents import json_in
from sensors_data.errors import StorageError, UnreadableError, UnusableError, not_installed
from sensors_data.series.sources.credentials import Secret, without_secret
from sensors_data.series.sources.retries import PAUSE_S, RETRIES

MAX_BYTES = 512 * 2**20
"""A larger answer is refused."""
AGAIN = (429, 500, 502, 503, 504)
"""Answers after which a server is asked again."""


@dataclass(frozen=True)
class Server:
    """How one server is asked."""

    url: str
    timeout: timedelta
    token: Secret | None = None
    user: str = ""
    password: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    """What stands before the token."""

    def ask(self, url: str, fields: Mapping[str, str] | None = None) -> Any:
        """The JSON that `url` answers to a GET. StorageError when it does not answer, UnreadableError for no JSON.

        A place outside this server is not asked: the token is for this one alone.
        """
        body = self._answered("GET", url, fields, None)
        try:
            return json_in(body)
        except ValueError as error:
            raise UnreadableError(f"{_without_query(url)} answers no JSON: {_excerpt(body)}") from error

    def post(self, url: str, fields: Mapping[str, str], question: Mapping[str, Any]) -> bytes:
        """What `url` answers to a question in JSON that changes nothing there. StorageError when it does not answer."""
        return self._answered("POST", url, fields, json.dumps(question).encode())

    def _answered(self, method: str, url: str, fields: Mapping[str, str] | None, question: bytes | None) -> bytes:
        """The body of an answer. StorageError when there is none, or the server refuses."""
        if _origin(url) != _origin(self.url):
            raise UnusableError(
                f"{_without_query(self.url)} points to another server, {_without_query(url)}; only the first is asked"
            )
        secret, headers = self._credentials()
        if question is not None:
            headers["Content-Type"] = "application/json"
            url = f"{url}?{urlencode(dict(fields or {}))}"
            fields = None
        try:
            status, body = _request(method, url, dict(fields or {}), question, headers, self.timeout)
        except OSError as error:
            raise StorageError(f"{_without_query(url)} failed: {without_secret(str(error), secret)}") from None
        if status in (401, 403):
            raise StorageError(f"{_without_query(url)} refuses with {status}", "check the source's token or password")
        if status >= 300:
            text = without_secret(_excerpt(body), secret)
            raise StorageError(f"{_without_query(url)} answers {status}: {text}")
        return body

    def _credentials(self) -> tuple[str, dict[str, str]]:
        """The secret and the headers that hold it."""
        import urllib3

        headers = dict(self.headers)
        if self.token is not None:
            secret = self.token.read()
            return secret, headers | {"Authorization": f"{self.scheme} {secret}"}
        if self.password is not None:
            secret = self.password.read()
            return secret, headers | urllib3.make_headers(basic_auth=f"{self.user}:{secret}")
        return "", headers


def _request(
    method: str, url: str, fields: dict[str, str], body: bytes | None, headers: dict[str, str], timeout: timedelta
) -> tuple[int, bytes]:
    """Status and body of an answer, after retries; it is not followed elsewhere. OSError when there is none."""
    try:
        import urllib3
    except ImportError as error:
        raise not_installed("a source on a server", "urllib3", "http") from error
    retry = urllib3.Retry(
        RETRIES,
        allowed_methods=None,  # a question in a POST may be asked again as well
        redirect=0,
        status_forcelist=AGAIN,
        backoff_factor=PAUSE_S,
        raise_on_status=False,
        raise_on_redirect=False,
    )
    seconds = timeout.total_seconds()
    limits = urllib3.Timeout(connect=min(10.0, seconds), read=seconds)
    try:
        with urllib3.PoolManager(retries=retry, timeout=limits) as pool:
            content: dict[str, Any] = {"body": body} if body is not None else {"fields": fields}
            answer = pool.request(method, url, **content, headers=headers, preload_content=False)
            received = answer.read(MAX_BYTES + 1, decode_content=True)
            answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise StorageError(f"no answer after {RETRIES + 1} tries ({type(error).__name__})") from error
    if len(received) > MAX_BYTES:
        raise StorageError(f"an answer of more than {MAX_BYTES:,} bytes", "ask for smaller pages")
    return int(answer.status), received


def _origin(url: str) -> tuple[str, str]:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _without_query(url: str) -> str:
    """An address without its query, which may hold what nobody should read."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _excerpt(body: bytes) -> str:
    """The beginning of an answer, on one line."""
    return body[:200].decode("utf-8", "replace").replace("\n", " ")
