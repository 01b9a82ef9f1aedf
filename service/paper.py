"""A report on paper: PDF, printed by a Chromium or Chrome of this machine without a window."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
from pathlib import Path
from tempfile import TemporaryDirectory

from sensors_data.errors import NotThereError, StorageError, UnusableError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""Programs that print alike, the first of which is taken."""
LONGEST = 120
"""Seconds that printing may take."""
QUIET = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
"""A browser that opens no window and asks no other machine for anything."""


def print_pdf(document: str, target: Path) -> str:
    """Write an HTML document as PDF and say so.

    NotThereError where no browser is installed, UnusableError where it does not print: what stood there stays.
    StorageError where the file cannot be written.
    """
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        raise NotThereError(
            "no browser is installed that can print",
            f"install one of {', '.join(BROWSERS)}, or print the page from a browser",
        )
    with TemporaryDirectory() as folder:
        page, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(document, encoding="utf-8")
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # it refuses to start otherwise
        command = [program, *QUIET, *as_root, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}"]
        try:
            ended = subprocess.run(  # noqa: S603  # nosec B603
                [*command, page.as_uri()], capture_output=True, text=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UnusableError(
                f"{program} did not print within {LONGEST} s", "try again, or print from a browser"
            ) from error
        if not made.is_file():
            reason = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise UnusableError(f"{program} did not print: {reason}", "print the page from a browser")
        try:
            shutil.copyfile(made, target)
        except OSError as error:
            raise StorageError(f"cannot write {target}: {error.strerror}", "name another file") from error
    return f"wrote {target}"
