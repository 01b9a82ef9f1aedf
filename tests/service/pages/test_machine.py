"""A machine's page as people use it: curves, keys, ranges, numbers; wrong addresses are refused with what there is."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from sensors_data.simulation.plant import START
from service.api.access import Access
from service.api.app import create_app

FAULT = START + timedelta(days=7)
ADDRESS = f"asset?family=oven&asset=oven-1&day={FAULT}"


@pytest.fixture(scope="module")
def pages(lived_in) -> TestClient:
    """A client of the pages that are made here."""
    from service.pages.routes import page_routes

    app = create_app(lived_in, Access("a" * 16, ("127.0.0.1",), True))
    app.include_router(page_routes(app.state.service, app.state.access))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def test_a_machine_is_told_in_words_and_curves_and_its_range_is_moved_by_key(opened, good_to_see):
    page = opened(ADDRESS)
    page.wait_for_selector(".curve canvas")
    titles = page.locator("#curves h3").all_inner_texts()
    assert titles[-2:] == ["Contribution of each sensor to the score", "Score and threshold, nats"]
    assert "warning" in page.inner_text("#words")
    assert f"{FAULT} 06:00 to 10:00 (4 h)" in page.inner_text("#words")
    event, curve = (page.locator(where).first.bounding_box() for where in ("#events rect", "#curves .u-over"))
    assert event["x"] == pytest.approx(curve["x"] + curve["width"] * 5 / 24, abs=2)  # begins at 05:00 UTC
    assert event["width"] == pytest.approx(curve["width"] * 4 / 24, abs=3)
    page.locator("#curves [role=group]").first.focus()
    page.keyboard.press("ArrowRight")
    legends = page.locator("#curves .u-legend").all_inner_texts()
    assert all(any(sign.isdigit() for sign in legend) for legend in legends)  # one cursor for all of them
    page.click("summary:has-text('The numbers')")
    page.wait_for_selector("text=144 of 144 rows")
    assert page.locator("#numbers tbody tr").count() == 144
    good_to_see(page)
    page.locator("#curves [role=group]").first.focus()
    page.keyboard.press("+")
    page.wait_for_url("**from=*T06*")
    page.wait_for_selector(".curve canvas")
    page.go_back()
    page.wait_for_url(f"**day={FAULT}")


def test_two_machines_are_compared_and_the_night_before_is_one_click_away(opened):
    page = opened(f"{ADDRESS}&compare=oven-3")
    page.wait_for_selector(".u-legend :text('oven-3')")
    assert page.locator("[name=compare]").input_value() == "oven-3"
    page.click("#before")
    page.wait_for_url(f"**from={FAULT - timedelta(days=1)}T00*")
    page.wait_for_selector(".curve canvas")


def test_an_address_without_choices_leads_to_the_worst_machine_of_the_newest_night(pages):
    answer = pages.get("/pages/asset?family=oven")
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("/pages/asset?family=oven&asset=oven-")
    assert f"from={START + timedelta(days=8)}" in answer.headers["location"]
    of_fault = pages.get(f"/pages/asset?family=oven&day={FAULT}").headers["location"]
    assert "asset=oven-1" in of_fault


@pytest.mark.parametrize(
    ("query", "reason", "offer"),
    [
        ("family=nope&asset=x", "there is no family &#39;nope&#39;", ">oven</a>"),
        (f"family=oven&asset=oven-9&day={FAULT}", "no machine &#39;oven-9&#39; of oven", ">oven-1</a>"),
        ("family=oven&asset=oven-1&day=2027-01-01", "no night of oven was scored", f">{START + timedelta(days=8)}</a>"),
        ("family=oven&asset=oven-1&day=yesterday", "the range cannot be read", "To the overview"),
        ("family=oven&asset=oven-1&from=2026-03-09&to=2026-03-08", "cannot be shown", "at most 92 days"),
    ],
)
def test_a_wrong_address_is_refused_with_what_there_is(pages, query, reason, offer):
    answer = pages.get(f"/pages/asset?{query}")
    assert answer.status_code == 404
    assert reason in answer.text
    assert offer in answer.text
