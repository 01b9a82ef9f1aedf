"""Train now on the page of models: begun by keyboard, watched, left, stopped, gone on over a restart of the service."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from sensors_data.leases import leases
from sensors_data.model_files import ModelCatalogue
from sensors_data.settings import Settings
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.api.access import COOKIE, Access
from service.api.app import create_app
from service.api.users import Users, add_user
from service.pages.app import mount_pages

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
DAY = START + timedelta(days=9)
OVEN = "section[data-name=oven]"


def settings_of(plant, folder, epochs: int) -> Settings:
    """The plant with a store of its own, whose networks are trained for so many epochs."""
    shutil.copytree(plant.store, folder / "store")
    oven = plant.families["oven"]
    fit = {"epochs": epochs, "patience": epochs}
    detector = {**oven.detector, "draft_epochs": epochs, "recurrent_rows": 100, "fit": fit}
    changed = oven.model_copy(update={"detector": detector})
    return plant.model_copy(update={"store": str(folder / "store"), "families": {"oven": changed}})


@pytest.fixture(scope="module")
def quick(plant, tmp_path_factory) -> Settings:
    return settings_of(plant, tmp_path_factory.mktemp("quick"), 300)


@pytest.fixture(scope="module")
def long(plant, tmp_path_factory) -> Settings:
    return settings_of(plant, tmp_path_factory.mktemp("long"), 100_000)


@pytest.fixture(scope="module")
def served(serving, quick) -> Iterator[str]:
    with serving(quick) as address:
        yield address


def begin(page) -> None:
    """Begin a training by keyboard alone."""
    page.wait_for_selector(f"{OVEN} [data-train]:enabled")
    page.focus(f"{OVEN} [data-train]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{OVEN} [data-train]:has-text('Sure? What is accepted serves oven from {DAY} on')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{OVEN} .under-way:visible")


def test_a_training_is_begun_by_keyboard_watched_left_and_ends_with_its_verdict(opened, quick, good_to_see):
    page = opened("models")
    begin(page)
    assert page.locator(f"{OVEN} [data-train]").is_disabled()
    page.wait_for_selector(f"{OVEN} .under-way:has-text('network, windows of 32 rows: epoch')")
    assert 0 < page.locator("progress").evaluate("bar => bar.value / bar.max") <= 1
    good_to_see(page)
    page.goto(f"{page.url.rpartition('/')[0]}/synthesis")
    page.go_back()
    page.wait_for_selector(f"{OVEN}:has-text('The newest training, for {DAY}')")
    newest = ModelCatalogue(Store(quick.store)).models("series", "oven")[-1]
    assert newest.through == DAY - timedelta(days=1)
    word = "accepted" if newest.accepted else "refused"
    assert page.locator(f"{OVEN} p b").inner_text() == word
    assert page.locator(f"{OVEN} tbody tr").first.inner_text().startswith(str(newest.through))
    assert page.locator(f"{OVEN} .under-way").is_hidden()
    assert leases(Store(quick.store)) == []


def test_a_training_goes_on_over_a_restart_of_the_service_and_is_stopped_by_keyboard(browser, serving, long, signed_in):
    store = Store(long.store)
    before = ModelCatalogue(store).models("series", "oven")
    context = browser.new_context(bypass_csp=True)
    with serving(long) as address:
        context.add_cookies([{"name": COOKIE, "value": signed_in, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/pages/models")
        begin(page)
        page.wait_for_selector(f"{OVEN} .under-way:has-text('epoch')")
    with serving(long) as address:
        context.add_cookies([{"name": COOKIE, "value": signed_in, "url": address}])
        page.goto(f"{address}/pages/models")
        page.wait_for_selector(f"{OVEN} .under-way:has-text('epoch')")
        page.focus(f"{OVEN} [data-stop]")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{OVEN} [data-stop]:has-text('Sure?')")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{OVEN}:has-text('stopped by service')", timeout=60_000)
        assert page.locator(f"{OVEN} p b").inner_text() == "stopped"
        assert page.evaluate("document.activeElement.id") == "series-oven"
    assert ModelCatalogue(store).models("series", "oven") == before
    assert store.files("models/unfinished") == []
    context.close()


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_nobody_but_an_admin_has_the_buttons(quick, tmp_path, role):
    token = add_user(tmp_path / "users.json", "ana", role, 30)
    access = Access(TOKEN, ("127.0.0.1",), True, Users(tmp_path / "users.json"))
    app = mount_pages(create_app(quick, access), tmp_path / "uploads")
    client = TestClient(app, "http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})
    for path in ("/pages/models", "/pages/parts/models?kind=series&name=oven"):
        text = client.get(path).text
        assert ("data-train" in text, "data-stop" in text) == (role == "admin",) * 2, path
    assert client.get("/pages/parts/models?kind=series&name=mill").status_code == 404
