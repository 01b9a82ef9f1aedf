"""The overview as people use it: lane, filters, keys, address; what an empty store says."""

from datetime import timedelta

from starlette.testclient import TestClient

from sensors_data.simulation.plant import START
from service.api.access import Access
from service.api.app import create_app
from service.pages.app import mount_pages

ADMIN = {"Authorization": f"Bearer {'a' * 16}"}
FAULT = START + timedelta(days=7)


def shown(page) -> list[str]:
    """The names of the rows in sight."""
    return page.locator("#lane .body .name").all_inner_texts()


def test_the_lane_is_filtered_sorted_and_kept_in_the_address(opened, good_to_see):
    page = opened("")
    page.wait_for_selector("#lane[data-measured]")
    page.wait_for_selector("#night h3")
    assert page.inner_text("h1").startswith(f"Night of {START + timedelta(days=8)}: ")
    assert sorted(shown(page)) == ["oven-1", "oven-3"]
    cell = page.locator(f'#lane [aria-label^="oven-1 {FAULT}"]')
    assert "warning power" in cell.get_attribute("aria-label")
    assert "warning" in cell.get_attribute("class")
    good_to_see(page)
    page.fill("[name=q]", "oven-3")
    page.wait_for_function("document.querySelectorAll('#lane .body .name').length === 1")
    assert shown(page) == ["oven-3"]
    assert "Shown: 1 of 2 rows" in page.inner_text("#counts")
    assert page.url.endswith("?q=oven-3")
    page.fill("[name=q]", "")
    page.select_option("[name=sort]", "name")
    assert page.url.endswith("?sort=name")
    assert shown(page) == ["oven-1", "oven-3"]
    page.go_back()
    page.wait_for_function("document.querySelector('[name=sort]').value === 'worst'")
    page.close()
    again = opened("?severity=warning&sensor=power")
    again.wait_for_selector("#lane .body .name")
    assert again.locator("[name=severity]").input_value() == "warning"
    assert "oven-1" in shown(again)


def test_the_lane_is_walked_by_keys_and_enter_opens_the_night(opened):
    page = opened("?sort=name")
    page.wait_for_selector("#lane[data-measured]")
    page.locator('#lane [tabindex="0"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.wait_for_function(f"document.activeElement.getAttribute('aria-label').startsWith('oven-1 {FAULT}')")
    assert "warning power" in page.inner_text("#tell")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pages/asset?family=oven&asset=oven-1&from={FAULT}*")


def test_times_are_local_until_utc_is_wanted_and_the_look_is_chosen(opened):
    page = opened("")
    page.wait_for_selector("#list tr")
    assert f"{FAULT} 06:00 to 10:00 (4 h)" in page.inner_text("#list")
    page.click("#zone")
    assert f"{FAULT} 05:00 to 09:00 (4 h)" in page.inner_text("#list")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    page.click("#theme")
    assert page.inner_text("#theme") == "Look: dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_store_without_scores_says_what_to_run(client_of, plant, tmp_path):
    from service.pages.night_cards import night_cards
    from service.views.state import new_service

    empty = plant.model_copy(update={"store": str(tmp_path / "none")})
    assert "nightscore backfill" in str(night_cards(new_service(empty)))
    bare = empty.model_copy(update={"families": {}})
    assert "nightscore init" in str(night_cards(new_service(bare)))
    assert client_of(empty).get("/v1/lane").json()["remedy"].startswith("run: nightscore backfill")


def test_on_the_first_morning_the_pages_say_what_comes_next(plant, tmp_path):
    settings = plant.model_copy(update={"store": str(tmp_path / "store")})
    app = mount_pages(create_app(settings, Access("a" * 16, ("127.0.0.1",), True)), tmp_path / "uploads")
    client = TestClient(app, base_url="http://127.0.0.1")
    overview = client.get("/pages/").text
    assert "Next: nightscore backfill" in overview
    assert "<form" not in overview
    machine = client.get("/pages/asset")
    assert (machine.status_code, "There is nothing to see yet" in machine.text) == (404, True)
    assert "oven has no day to learn from" in client.get("/pages/models", headers=ADMIN).text
