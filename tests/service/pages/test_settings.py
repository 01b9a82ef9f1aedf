"""The page of settings: what stands there, what would change, what is wrong, and the file after a save."""

import shutil
from collections.abc import Iterator

import pytest

from service.api.access import Access, Identity
from service.views.settings_file import SettingsFile

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
ADMIN = Identity("service", "admin")


@pytest.fixture(scope="module")
def place(inbox, tmp_path_factory):
    """A settings file of the test's own."""
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    shutil.copy(inbox / "settings.toml", path)
    return path


@pytest.fixture(scope="module")
def served(serving, lived_in, place) -> Iterator[str]:
    """A service that was started from that file."""
    with serving(lived_in, SettingsFile(place)) as address:
        yield address


def test_a_change_is_shown_line_by_line_and_saved(opened, place, good_to_see):
    page = opened("settings")
    page.wait_for_function("document.getElementById('text').value.includes('[families.oven]')")
    assert page.input_value("#text") == place.read_text()
    good_to_see(page)
    page.fill("#text", place.read_text().replace("every = 3", "every = 4"))
    assert page.is_disabled("#save")
    page.click("#check")
    page.wait_for_selector(".diff .added:has-text('every = 4')")
    assert page.inner_text(".diff .removed").strip() == "-every = 3"
    page.click("#save")
    page.wait_for_selector("#outcome:has-text('Saved. The next night reads it')")  # 'saved' alone stands there before
    assert "every = 4" in place.read_text()
    page.click("#check")
    page.wait_for_selector("#outcome:has-text('nothing would change')")


def test_what_cannot_be_used_is_told_by_its_key_and_cannot_be_saved(browser, served, place):
    context = browser.new_context(bypass_csp=True)
    context.add_cookies(
        [{"name": "nightscore", "value": Access(TOKEN, ("127.0.0.1",), True).session_of(ADMIN), "url": served}]
    )
    page = context.new_page()
    page.goto(f"{served}/pages/settings")
    page.wait_for_function("document.getElementById('text').value.includes('[families.oven]')")
    before = place.read_text()
    page.fill("#text", before.replace('step = "10min"', 'step = "7min"'))
    page.click("#check")
    page.wait_for_selector("#outcome .bad:has-text('does not divide the day')")
    assert page.is_disabled("#save")
    assert place.read_text() == before
    context.close()
    page = browser.new_page()
    page.goto(f"{served}/pages/settings")
    assert "An admin sees" in page.inner_text("main")
    assert page.locator("textarea").count() == 0
    page.close()
