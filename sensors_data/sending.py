"""The section `[sending]` of the settings: recipients and webhook of a night's report, and the base of its links."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from sensors_data.section import Section


class Sending(Section):
    """How the report is sent; without these keys it is not."""

    pages: str = Field("", pattern=r"^(https?://[^\s]+[^/\s])?$")
    """Address of the service for people, like `https://nightscore.example.org`; links begin with it."""
    smtp: str = Field("", pattern=r"^([\w.\-\[\]:]+:\d+)?$")
    """Mail server as `host:port`."""
    starttls: bool = True
    """Whether to encrypt the connection to the mail server with STARTTLS."""
    user: str = ""
    """Account at the mail server; none if empty."""
    password_file: Path | None = None
    """File with the account's password."""
    sender: str = "nightscore@localhost"
    """Sender's address."""
    to: tuple[str, ...] = ()
    """Recipients' addresses."""
    webhook: str = Field("", pattern=r"^(https?://\S+)?$")
    """Address to which a night is posted as JSON."""
