"""Review as people use it: verdicts by key, in bulk, taken back; notes stay with their anomaly; nights judged again."""

from datetime import timedelta

import pytest

from sensors_data.series.incidents import past_incidents, read_incidents
from sensors_data.store import Store

pytest.importorskip("gradio")
ID = "0" * 16


def verdicts(settings) -> list[tuple[str, str, str]]:
    """What stands in the store of oven-1: kind, author, note."""
    rows = read_incidents(Store(settings.store), "oven")
    rows = rows[rows["kind"].isin(("confirmed", "dismissed")) & (rows["asset"] == "oven-1")]
    return rows[["kind", "author", "note"]].to_numpy().tolist()


def test_a_verdict_is_given_by_key_with_its_note_and_taken_back(opened, lived_in, good_to_see):
    page = opened(f"review?id={ID}")
    page.wait_for_selector("#curves canvas")
    assert page.inner_text("#what").startswith("oven-1: ")
    page.wait_for_selector("#lines li:has-text('power odd, warning')")
    good_to_see(page)
    page.keyboard.press("d")
    page.wait_for_selector("text=Say who you are first")
    page.fill("[name=author]", "Ann")
    page.fill("[name=note]", "cleaned")
    page.locator("[name=note]").press("Escape")
    page.keyboard.press("d")
    page.wait_for_selector("#said:has-text('dismissed')")
    assert verdicts(lived_in) == [["dismissed", "Ann", "cleaned"]]
    if page.locator("#queue li").count():
        assert page.input_value("[name=note]") == ""  # the note went with its anomaly
    page.keyboard.press("u")
    page.wait_for_selector("text=taken back: 1 verdict")
    assert verdicts(lived_in) == []
    page.wait_for_selector("#history li:has-text('dismissed by Ann: cleaned, taken back')")
    past = past_incidents(Store(lived_in.store), "oven")
    assert past["note"].tolist() == ["cleaned"]
    assert past["withdrawn"].iloc[0] - past["told"].iloc[0] < timedelta(minutes=5)


def test_all_that_are_shown_are_judged_at_once_and_the_nights_replayed(opened, lived_in):
    page = opened("review?family=oven")
    page.wait_for_selector("#queue li")
    many = page.locator("#queue li").count()
    page.fill("[name=author]", "Ann")
    page.click("#all")
    assert page.inner_text("#selected") == f"{many} selected"
    page.click("[data-kind=confirmed]")
    page.wait_for_selector(f"#said:has-text('{many} anomal')")
    page.select_option("[name=said]", "confirmed")
    assert page.locator("#queue li").count() == many
    page.click("text=Replay these nights")
    page.wait_for_selector("#outcome .note:has-text('thresholds oven@')")
    page.wait_for_function("!document.getElementById('accept').disabled")
    page.click("#undo")
    page.wait_for_selector("text=taken back")
    assert verdicts(lived_in) == []


def test_without_the_token_nothing_can_be_said(browser, served):
    page = browser.new_page()
    page.goto(f"{served}/pages/review?id={ID}")
    page.wait_for_selector("#curves canvas")
    assert "Writing takes the token" in page.inner_text(".note.bad")
    assert page.locator("[data-kind]:enabled").count() == 0
    page.fill("[name=author]", "Eve")
    page.locator("[name=author]").press("Escape")
    page.keyboard.press("c")
    page.wait_for_selector("#said:has-text('Writing takes the token')")
    page.close()
