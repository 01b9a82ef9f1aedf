"""From the pager's text to the verdict: how many clicks, and the pictures of that morning as the docs draw them."""

import sys
import time
from pathlib import Path

from matplotlib import image

from sensors_data.series.incidents import read_incidents
from sensors_data.store import Store

sys.path.insert(0, str(Path(__file__).parents[3] / "deploy" / "demo"))

from draw_pages import MORNING, SIZE, Shown, draw

TOKEN = "a-token-for-the-tests-only"  # noqa: S105


def test_from_the_pagers_link_to_the_cause_to_the_verdict_takes_at_most_six_clicks(opened, lived_in):
    begun, clicks = time.monotonic(), 1  # the link in the pager's text
    page = opened(f"review?family=oven&id={'0' * 16}")
    page.wait_for_selector("#lines li:has-text('power odd')")  # what is odd, since when, how sure
    page.wait_for_selector("#curves canvas")
    page.click("#where")  # the cause: the whole machine
    clicks += 1
    page.wait_for_selector("#curves canvas")
    assert page.locator("#curves h3").count() > 2
    page.go_back()
    clicks += 1
    page.wait_for_selector("#curves canvas")
    page.click("[name=author]")
    page.keyboard.type("Ann")
    page.click("[data-kind=confirmed]")
    clicks += 2
    page.wait_for_selector("#said:has-text('confirmed')")
    rows = read_incidents(Store(lived_in.store), "oven")
    assert rows.loc[rows["kind"] == "confirmed", "author"].tolist() == ["Ann"]
    assert clicks <= 6
    assert time.monotonic() - begun < 120  # on a machine that does other things too; a few seconds alone
    page.click("#undo")
    page.wait_for_selector("#said:has-text('taken back')")


def test_the_pictures_of_the_docs_can_be_drawn_again(browser, served, tmp_path):
    here = (
        Shown("overview.png", "", "#night h3"),
        Shown("dark.png", "", "#night h3", is_dark=True),
        Shown("review.png", f"review?id={'0' * 16}", "#history li"),
    )
    light, dark, review = (image.imread(path) for path in draw(browser, served, TOKEN, here, tmp_path))
    assert light.shape[:2] == review.shape[:2] == (SIZE["height"], SIZE["width"])
    corners = [picture[-5, 5, :3].mean() for picture in (light, dark)]
    assert corners[0] > 0.8 > 0.2 > corners[1]
    docs = Path(__file__).parents[3] / "docs"
    assert all((docs / "images" / shown.name).exists() for shown in MORNING)
