"""Draws the pictures of the service's pages in docs/images: `python deploy/demo/draw_pages.py ADDRESS TOKEN`.

The service runs over the demo's store; the walk is an analyst's morning, from the overview to the verdict.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parents[2] / "docs/images"
SIZE = {"width": 1400, "height": 900}


@dataclass(frozen=True)
class Shown:
    """A picture: its file, the page's address, and what must be in sight before it is taken."""

    name: str
    path: str
    ready: str
    is_dark: bool = False


MORNING = (
    Shown("service-overview.png", "", "#night h3"),
    Shown("service-overview-dark.png", "", "#night h3", True),
    Shown("service-machine.png", "asset?family=pump&asset=pump-3&day=2026-03-23", "#curves canvas"),
    Shown("service-review.png", "review?family=pump", "#history li"),
)
"""The pictures of the docs, of the demo's plant."""


def draw(browser: Any, address: str, token: str, pictures: tuple[Shown, ...], folder: Path) -> list[Path]:
    """Take the pictures of a running service into a folder; their paths."""
    paths = []
    for shown in pictures:
        scheme = "dark" if shown.is_dark else "light"
        context = browser.new_context(viewport=SIZE, color_scheme=scheme, timezone_id="UTC", locale="en-GB")
        context.add_cookies([{"name": "nightscore", "value": token, "url": address}])
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/pages/{shown.path}")
        page.wait_for_selector(shown.ready)
        page.wait_for_timeout(300)  # the curves of the last font
        page.screenshot(path=folder / shown.name)
        paths.append(folder / shown.name)
        context.close()
    return paths


def main(address: str, token: str) -> None:
    """Draw the docs' pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--headless", "--no-sandbox"])
        for path in draw(browser, address.rstrip("/"), token, MORNING, IMAGES):
            print(f"drew {path.name}")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
