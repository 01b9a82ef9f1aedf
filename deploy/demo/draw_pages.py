"""Draws the pictures of the service's pages in docs/images: `python deploy/demo/draw_pages.py ADDRESS TOKEN INBOX`.

The service runs over the demo's store; the walk is an analyst's morning, from the overview to the verdict. Then six
days of the demo's pumps, from its INBOX, are uploaded as a spreadsheet in Germany would have saved them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

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
    Shown("service-models.png", "models", "table"),
)
"""The pictures of the docs, of the demo's plant."""
CAMERAS = (
    Shown("service-images.png", "images?camera=press&only=odd", "#codes circle.odd"),
    Shown("service-synthesis.png", "synthesis?camera=digits", "#quality td"),
)
"""Those of its cameras."""


def signed_in(browser: Any, address: str, token: str, scheme: str = "light") -> Any:
    """A browser of its own that has signed in at the service's form."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, timezone_id="UTC", locale="en-GB")
    if not context.request.post(f"{address}/login", form={"token": token}).ok:
        sys.exit(f"{address} knows no such token; it stands beside the settings, in nightscore.token")
    return context


def draw(browser: Any, address: str, token: str, pictures: tuple[Shown, ...], folder: Path) -> list[Path]:
    """Take the pictures of a running service into a folder; their paths."""
    paths = []
    for shown in pictures:
        scheme = "dark" if shown.is_dark else "light"
        context = signed_in(browser, address, token, scheme)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/pages/{shown.path}")
        page.wait_for_selector(shown.ready)
        page.wait_for_timeout(800)  # the curves of the last font, pictures on their way
        page.screenshot(path=folder / shown.name)
        paths.append(folder / shown.name)
        context.close()
    return paths


def days_of(inbox: Path, folder: Path) -> Path:
    """Six days of three pumps as one file with semicolons, decimal commas, and the date apart from the clock."""
    days = [pd.read_csv(inbox / "pump" / f"pump-2026-03-{day}.csv", parse_dates=["time"]) for day in range(18, 24)]
    rows = pd.concat(days)
    rows = rows[rows["asset"].isin(["pump-1", "pump-2", "pump-3"])]
    clock = {"Datum": rows["time"].dt.strftime("%d.%m.%Y"), "Zeit": rows["time"].dt.strftime("%H:%M")}
    table = pd.DataFrame(clock).assign(Maschine=rows["asset"], **{c: rows[c] for c in rows.columns[2:]})
    table.to_csv(folder / "pumpen.csv", sep=";", decimal=",", index=False)
    return folder / "pumpen.csv"


def draw_try(browser: Any, address: str, token: str, file: Path, folder: Path) -> Path:
    """Take the picture of a file that is uploaded, understood and scored by a detector fitted on the spot; its path."""
    context = signed_in(browser, address, token)
    page = context.new_page()
    page.set_default_timeout(240_000)
    page.goto(f"{address}/pages/try")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("heading", name="What was understood").wait_for()
    page.get_by_role("button", name="Score it").click()
    page.locator("#curves canvas").first.wait_for()
    page.wait_for_timeout(1500)
    upper = {"x": 0, "y": 0, "width": SIZE["width"], "height": 1330}  # from the file to what was found
    page.screenshot(path=folder / "service-try.png", full_page=True, clip=upper)
    context.close()
    return folder / "service-try.png"


def main(address: str, token: str, inbox: str) -> None:
    """Draw the docs' pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--headless", "--no-sandbox"])
        for path in draw(browser, address.rstrip("/"), token, MORNING + CAMERAS, IMAGES):
            print(f"drew {path.name}")
        with TemporaryDirectory() as folder:
            file = days_of(Path(inbox), Path(folder))
            print(f"drew {draw_try(browser, address.rstrip('/'), token, file, IMAGES).name}")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
