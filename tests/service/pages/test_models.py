"""The page of models: which serves, which were refused and why, their thresholds."""

from datetime import timedelta

from sensors_data.model_files import ModelCatalogue
from sensors_data.simulate import START
from sensors_data.store import Store
from service.pages.model_rows import model_groups
from service.views.state import new_service
from service.views.words import number


def test_the_models_of_a_family_say_which_serves_and_their_thresholds(opened, lived_in, good_to_see):
    [group] = model_groups(new_service(lived_in))
    catalogue = ModelCatalogue(Store(lived_in.store))
    models = catalogue.models("series", "oven")
    assert [row["through"] for row in group["rows"]] == [model.through for model in reversed(models)]
    assert [row["state"] for row in group["rows"]].count("serves") == 1
    newest = catalogue.card(models[-1])
    assert group["rows"][0]["told"].startswith(f"{number(newest['threshold']['value'])} nats (")
    aside = f"; not learned: {newest['cleaning']}" if "cleaning" in newest else ""
    assert group["rows"][0]["verdict"] == newest["verdict"] + aside
    page = opened("models")
    page.wait_for_selector("text=oven family")
    assert page.locator("polyline").get_attribute("points").count(",") == len(models) >= 2
    good_to_see(page)


def test_a_model_that_cannot_be_read_is_told_with_its_reason(copied):
    store = Store(copied.store)
    broken = ModelCatalogue(store).models("series", "oven")[-1]
    store.write_bytes(broken.path, b"no model")
    [group] = model_groups(new_service(copied))
    assert group["rows"][0]["through"] == broken.through >= START + timedelta(days=5)
    assert "is not a model" in group["rows"][0]["verdict"]


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
