"""The page of models: which serves, which were refused and why, thresholds and power, and two side by side."""

from datetime import timedelta

import pytest

from anomaly.monitoring.power import power_of_nights, self_test_files
from sensors_data.model_files import ModelCatalogue
from sensors_data.provenance import Provenance
from sensors_data.retention import Retention
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from sensors_data.upkeep.joining import join, to_join
from service.pages.app import mount_pages
from service.pages.model_rows import model_groups
from service.pages.power_rows import power_row
from service.views.state import new_service
from service.views.words import number


def test_the_models_of_a_family_say_which_serves_and_their_thresholds(opened, lived_in, good_to_see):
    [group] = model_groups(new_service(lived_in))
    catalogue = ModelCatalogue(Store(lived_in.store))
    models = catalogue.models("series", "oven")
    assert [row["through"] for row in group["rows"]] == [model.through for model in reversed(models)]
    assert [row["state"] for row in group["rows"]].count("serves") == 1
    newest = catalogue.card(models[-1])
    assert group["rows"][0]["limit_text"].startswith(f"{number(newest['threshold']['value'])} nats (")
    aside = f"; not learned: {newest['cleaning']}" if "cleaning" in newest else ""
    assert group["rows"][0]["verdict"] == newest["verdict"] + aside
    page = opened("models")
    page.wait_for_selector("text=oven family")
    assert page.locator(".thresholds polyline").get_attribute("points").count(",") == len(models) >= 2
    good_to_see(page)


def test_a_model_that_cannot_be_read_is_told_with_its_reason(copied):
    store = Store(copied.store)
    broken = ModelCatalogue(store).models("series", "oven")[-1]
    store.write_bytes(broken.path, b"no model")
    [group] = model_groups(new_service(copied))
    assert group["rows"][0]["through"] == broken.through >= START + timedelta(days=5)
    assert "is not a model" in group["rows"][0]["verdict"]


def test_power_stands_beside_the_thresholds_with_its_lowest_and_newest_night(opened, lived_in):
    store = Store(lived_in.store)
    nights = power_of_nights(store, "series", self_test_files(store, "series", "oven"))
    assert [night.day for night in nights] == store.days("self_tests", family="oven")
    lowest = min(nights, key=lambda night: night.share)
    caption = opened("models").locator(".power").inner_text()
    assert f"{100 * nights[-1].share:.0f} % in the newest night {nights[-1].day}" in caption
    assert f"lowest {100 * lowest.share:.0f} % on {lowest.day}; {len(nights)} nights of the last 90" in caption
    assert f"spike {100 * nights[-1].kinds['spike']:.0f} %" in caption


def test_power_is_read_again_when_a_night_is_replaced_and_of_nights_that_lie_joined(copied):
    service, store = new_service(copied), Store(copied.store)
    before = power_row(service, "series", "oven")
    joined = sum(join(store, paths) for paths in to_join(store, Retention(), START + timedelta(days=99)))
    assert joined > 0
    assert power_row(service, "series", "oven") == before
    day = store.days("self_tests", family="oven")[-1]
    missed = store.read("self_tests", family="oven", day=day, shard=0).assign(found=False)
    store.write("self_tests", missed, Provenance(job="test"), family="oven", day=day, shard=0)
    share = power_of_nights(store, "series", self_test_files(store, "series", "oven"))[-1].share
    assert share < 1
    assert f"{100 * share:.0f} % in the newest night {day}" in power_row(service, "series", "oven")["sentence"]
    for path in store.written("self_tests", family="oven"):
        store.remove(path)
    assert power_row(service, "series", "oven")["sentence"] == "no self-test yet: nightly runs it"


def test_two_models_are_compared_by_keyboard_and_the_address_holds_the_choice(opened, lived_in, good_to_see):
    catalogue = ModelCatalogue(Store(lived_in.store))
    old, new = catalogue.models("series", "oven")[:2]
    page = opened("models")
    page.focus("select[name=one]")
    page.keyboard.type(str(old.through))
    page.focus("select[name=other]")
    page.keyboard.type(str(new.through))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pages/models/compare?kind=series&name=oven&one={old.through}&other={new.through}")
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()
    }
    cards = [catalogue.card(model) for model in (old, new)]
    assert rows["normal rows ≠ differs"] == [
        f"{card['rows']:,}, {card['held_out_rows']:,} of them held out first" for card in cards
    ]
    assert rows["budget"] == ["0.25 false alarms an asset and week"] * 2
    assert rows["sensors in"][0].startswith(f"{len(cards[0]['modelled'])}: ")
    assert "verdict ≠ differs" in rows
    assert any("found, the mean of" in told for head, told in rows.items() if head.startswith("power") for told in told)
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["Models"]
    good_to_see(page)
    page.go_back()
    page.wait_for_selector("h1:has-text('Models')")


@pytest.mark.parametrize(
    ("query", "reason", "offer"),
    [
        ("", "there is no", "kind=series&amp;name=oven"),
        ("kind=series&name=mill", "there is no", "kind=series&amp;name=oven"),
        ("kind=images&name=oven", "there is no", "kind=series&amp;name=oven"),
        ("kind=series&name=oven&one=2020-01-01", "has no model that learned through", "one=2026-03-"),
        ("kind=series&name=oven&other=<b>", "has no model that learned through", "one=2026-03-"),
    ],
)
def test_a_comparison_of_what_is_not_there_is_refused_with_what_is(client_of_pages, query, reason, offer):
    answer = client_of_pages.get(f"/pages/models/compare?{query}")
    assert answer.status_code == 404
    assert reason in answer.text
    assert offer in answer.text
    assert "<b>" not in answer.text


def test_a_model_that_cannot_be_read_is_compared_by_its_reason_and_one_alone_is_not(client_of_pages, copied):
    catalogue = ModelCatalogue(Store(copied.store))
    *_, broken = catalogue.models("series", "oven")
    catalogue.store.write_bytes(broken.path, b"no model")
    answer = client_of_pages.get("/pages/models/compare?kind=series&name=oven")
    assert answer.status_code == 200
    assert "is not a detector file" in answer.text
    catalogue.store.remove(broken.path)
    answer = client_of_pages.get("/pages/models/compare?kind=series&name=oven")
    assert answer.status_code == 404
    assert "oven has 1 model, and two are compared" in answer.text


@pytest.fixture
def client_of_pages(client_of, copied, tmp_path):
    """A client of the pages over a store of the test's own."""
    client = client_of(copied)
    mount_pages(client.app, tmp_path / "uploads")
    return client


def test_an_admin_lets_an_earlier_model_serve_again_after_being_asked_twice(opened, lived_in, browser, served):
    page = opened("models")
    assert page.locator("button[data-to]").count() >= 1
    button = page.locator("button[data-to]").last
    oldest = button.get_attribute("data-to")
    button.click()
    page.wait_for_selector("button:has-text('Sure?')")
    before = ModelCatalogue(Store(lived_in.store)).models("series", "oven")
    button.click()
    page.wait_for_selector("#said:has-text('rolled back oven')")
    after = ModelCatalogue(Store(lived_in.store)).models("series", "oven")
    assert f"the model of {oldest}" in str(ModelCatalogue(Store(lived_in.store)).card(after[-1])["verdict"])
    assert len(after) >= len(before)
    stranger = browser.new_page()
    stranger.goto(f"{served}/pages/models")
    assert stranger.locator("button[data-to]").count() == 0
    stranger.close()
