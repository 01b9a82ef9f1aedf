"""Where a night's report goes: whom it is mailed to, which address it is posted to, where its links lead."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from sensors_data.section import Section


class Sending(Section):
    """How the report leaves; nothing is sent where nothing is stated."""

    pages: str = Field("", pattern=r"^(https?://[^\s]+[^/\s])?$")
    """Address at which people reach the service, like `https://nightscore.example.org`; links begin with it."""
    smtp: str = Field("", pattern=r"^([\w.\-\[\]:]+:\d+)?$")
    """Mail server as `host:port`."""
    starttls: bool = True
    """Whether the connection to the mail server is encrypted before anything is said."""
    user: str = ""
    """Account at the mail server; none if empty."""
    password_file: Path | None = None
    """File that holds the account's password."""
    sender: str = "nightscore@localhost"
    """Address that the mail comes from."""
    to: tuple[str, ...] = ()
    """Addresses that it goes to."""
    webhook: str = Field("", pattern=r"^(https?://\S+)?$")
    """Address that the night is posted to as JSON."""
