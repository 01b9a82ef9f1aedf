"""Secrets of a source: read from the environment or a file when needed, never stored in settings or logs."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import model_validator

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.settings import Section


class Secret(Section):
    """Where to read a password or token: `{ env = "PLANT_PASSWORD" }` or `{ file = "/run/secrets/plant" }`."""

    env: str = ""
    """Name of the environment variable with the secret."""
    file: str = ""
    """Path of the file with the secret; white space around it is removed."""

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        if bool(self.env) == bool(self.file):
            raise UnusableError('give a secret in one way, { env = "NAME" } or { file = "PATH" }')
        return self

    def read(self) -> str:
        """The secret. NotThereError when it is not there."""
        if self.env:
            secret = os.environ.get(self.env, "")
        else:
            path = Path(self.file)
            secret = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
        if not secret:
            place = f"environment variable {self.env}" if self.env else f"file {self.file}"
            raise NotThereError(f"the {place} holds no secret", "set it for the user that runs nightscore")
        return secret


def without_secret(text: str, secret: str) -> str:
    """A message with the secret removed."""
    return text.replace(secret, "***") if secret else text
