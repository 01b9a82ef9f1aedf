"""The users of the service, each with a role and a token that expires; the file holds only hashes of the tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import fsspec

from sensors_data.documents import json_in
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.files import replace_file
from sensors_data.section import Name, Section
from sensors_data.settings import parse

Role = Literal["viewer", "reviewer", "admin"]
SERVICE = "service"
"""Name of the holder of the service's own token."""
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "admin")
"""A viewer reads and scores; a reviewer also says what anomalies are; an admin also accepts thresholds and models."""


class User(Section):
    """One user."""

    name: Name
    role: Role
    digest: str
    """SHA-256 of the token, which has 192 random bits; the token itself is not stored."""
    expires: datetime
    revoked: bool = False

    def is_welcome(self, now: datetime) -> bool:
        """Whether the token is still valid."""
        return not self.revoked and now < self.expires


def digest_of(token: str) -> str:
    """The hash by which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Users:
    """The users in a file, which is read again when it changes; none without a file."""

    path: Path | None = None
    _stamp: tuple[int, int] = (0, 0)
    _known: dict[str, User] = field(default_factory=dict)

    def all(self) -> dict[str, User]:
        """Every user by name. UnusableError when the file holds no users."""
        if self.path is None or not self.path.exists():
            return {}
        about = self.path.stat()
        stamp = (about.st_mtime_ns, about.st_ino)
        if stamp != self._stamp:
            self._known, self._stamp = _read(self.path), stamp
        return self._known

    def by_token(self, token: str) -> User | None:
        """The user of a valid token, or None; compared in constant time."""
        digest, now = digest_of(token), datetime.now(UTC)
        matching = [user for user in self.all().values() if hmac.compare_digest(user.digest, digest)]
        return next((user for user in matching if user.is_welcome(now)), None)

    def by_name(self, name: str) -> User | None:
        """The user of a name whose token is valid, or None."""
        user = self.all().get(name)
        return user if user is not None and user.is_welcome(datetime.now(UTC)) else None


def _read(path: Path) -> dict[str, User]:
    try:
        rows = json_in(path.read_text(encoding="utf-8"))
        users = [parse(User, row, str(path)) for row in rows]
    except (ValueError, TypeError) as error:
        remedy = "restore it or delete it, then: nightscore users add"
        raise UnusableError(f"{path} holds no users: {error}", remedy) from error
    return {user.name: user for user in users}


def add_user(path: Path, name: str, role: Role, days: int) -> str:
    """Add a user whose token is valid for so many days; the token. UnusableError when the name is taken."""
    token = secrets.token_urlsafe(24)

    def change(users: dict[str, User]) -> None:
        if name == SERVICE:
            raise UnusableError(f"'{SERVICE}' is the holder of the service's own token", "take another name")
        if name in users:
            raise UnusableError(f"there is a user '{name}' already", f"new token: nightscore users rotate {name}")
        until = datetime.now(UTC) + timedelta(days=days)
        row = {"name": name, "role": role, "digest": digest_of(token), "expires": until}
        users[name] = parse(User, row, "the user")

    _changed(path, change)
    return token


def rotate_token(path: Path, name: str, days: int) -> str:
    """Give a user a new token, valid for so many days, in place of the old one. NotThereError without such a user."""
    token = secrets.token_urlsafe(24)

    def change(users: dict[str, User]) -> None:
        until = datetime.now(UTC) + timedelta(days=days)
        update = {"digest": digest_of(token), "expires": until, "revoked": False}
        users[name] = _named(users, name).model_copy(update=update)

    _changed(path, change)
    return token


def revoke_user(path: Path, name: str) -> None:
    """Take a user's token away at once. NotThereError when there is none of this name."""

    def change(users: dict[str, User]) -> None:
        users[name] = _named(users, name).model_copy(update={"revoked": True})

    _changed(path, change)


def _named(users: dict[str, User], name: str) -> User:
    if name not in users:
        raise NotThereError(f"there is no user '{name}'", f"known are {', '.join(users) or 'none'}")
    return users[name]


def _changed(path: Path, change: Callable[[dict[str, User]], None]) -> None:
    """Change the users in the file, which only its owner may read."""
    users = dict(Users(path).all())
    change(users)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [user.model_dump(mode="json") for user in users.values()]
    mask = os.umask(0o077)
    try:
        replace_file(fsspec.filesystem("file"), str(path), f"{json.dumps(rows, indent=1)}\n".encode())
    finally:
        os.umask(mask)
