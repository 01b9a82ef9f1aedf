"""Refusals: what a user, a file or a machine did not give, and what to do about it. Anything else is our own fault."""

from __future__ import annotations


class NightscoreError(Exception):
    """Base of every refusal.

    Commands, addresses, pages and schedules show this error to people and catch no other.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        Exception.__init__(self, reason, remedy)  # not OSError's, which would take them for errno and strerror
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        """The reason and, where there is one, the remedy after a semicolon."""
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


class NotThereError(NightscoreError, LookupError):
    """Something is missing: a family, a partition, a model, a file, an extra package."""


def not_installed(what: str, package: str, extra: str) -> NotThereError:
    """The refusal of something that needs a package which an extra brings."""
    return NotThereError(f"{what} needs {package}", f"run: pip install 'nightscore[{extra}]'")


class UnusableError(NightscoreError, ValueError):
    """Something is there and cannot be used as it is: a setting, an argument, a file, a model."""


class UnreadableError(UnusableError):
    """A file or a body that cannot be read; the message names it and says why."""


class DamagedError(UnusableError):
    """A file of the store whose bytes are not those that were written."""


class DivergedError(NightscoreError, ArithmeticError):
    """A training whose loss left the finite numbers."""


class StoppedError(NightscoreError):
    """A training that somebody stopped."""


class StorageError(NightscoreError, OSError):
    """A disk, an object store or a port that does not do what was asked of it."""
