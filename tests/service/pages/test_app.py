"""Try it as people use it in a browser; and what none of the pages does."""

from datetime import timedelta

import pandas as pd
import pytest
from starlette.testclient import TestClient

from sensors_data.simulation.plant import START
from service.api.access import Access
from service.api.app import create_app
from service.pages.app import mount_pages

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
FAULT = START + timedelta(days=7)


def test_pages_without_cameras_say_so_and_are_reached_by_keyboard(opened):
    for path, shown in (("synthesis", "The settings have no camera"), ("try", "Score it")):
        page = opened(path)
        page.wait_for_selector(f"text={shown}")
        assert page.locator("nav a[aria-current]").get_attribute("href") == f"/pages/{path}"
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.tagName")
        assert focused in ("A", "BUTTON", "INPUT", "TEXTAREA"), (path, focused)
        page.close()


def test_a_csv_is_scored_by_a_family_and_the_budget_moves_the_threshold(opened, inbox):
    page = opened("try")
    page.select_option("[name=scorer]", "the detector of oven")
    page.set_input_files("input[type=file]", str(next(inbox.glob(f"inbox/oven/*{FAULT}*"))))
    page.wait_for_selector("#understood table")
    page.click("text=Score it")
    page.wait_for_selector("#about:has-text('rows scored by oven@')")
    page.wait_for_selector("#curves .curve")
    address = page.get_attribute("#download", "href")
    with page.expect_response(lambda answer: "alarms=0.3" in answer.url and "curves" not in answer.url) as moved:
        page.locator("[name=alarms]").focus()
        page.keyboard.press("ArrowRight")
    limits = [one["threshold"][0] for one in moved.value.json()["scores"].values()]
    assert page.inner_text("#budget output") == "0.3"
    with page.expect_download() as download:
        page.click("#download")
    rows = pd.read_parquet(download.value.path())
    assert download.value.suggested_filename == "scores.parquet"
    assert 0 < max(limits) < rows["threshold"].max()
    assert page.request.get(f"{page.url.split('/pages')[0]}{address}").status == 200


def test_an_upload_is_understood_corrected_scored_and_taken_along_on_a_phone_and_a_desk(
    opened, inbox, tmp_path, good_to_see
):
    rows = pd.concat([pd.read_csv(path) for path in sorted(inbox.glob("inbox/oven/*"))[:3]])
    rows = rows[rows["asset"] == "oven-1"].rename(columns={"power": "load"})
    rows.to_csv(tmp_path / "mine.csv", index=False)
    page = opened("try", is_refused=True)
    page.set_viewport_size({"width": 390, "height": 900})
    page.set_input_files("input[type=file]", str(tmp_path / "mine.csv"))
    page.wait_for_selector("#understood table")
    page.click("text=Correct what was understood")
    page.fill("[name=zone]", "Europe/Berlin")
    page.fill("[name=hold]", "10min")
    page.click("text=Read it again like this")
    page.wait_for_function("document.querySelector('#corrections [name=zone]').defaultValue === 'Europe/Berlin'")
    page.click("#score")
    page.wait_for_selector("#about:has-text('rows scored; learned from those until')")
    page.wait_for_selector("#curves [aria-label='Contribution of each sensor to the score']")
    good_to_see(page)
    page.fill("#saving [name=name]", "oven")
    page.click("text=Download its settings")
    page.wait_for_selector("#problem:has-text(\"there is a family 'oven' already\")")
    page.fill("#saving [name=name]", "mill")
    with page.expect_download() as download:
        page.click("text=Download its settings")
    assert download.value.path().read_text().startswith('[families.mill]\ninbox = "inbox/mine.csv"')


def test_an_example_of_the_store_is_scored_by_the_keyboard_alone(opened):
    page = opened("try")
    page.locator("[name=example]").focus()
    page.keyboard.press("ArrowDown")
    assert page.input_value("[name=scorer]") == "the detector of oven"
    page.locator("#score").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#curves .curve")
    before = page.locator("#curves .curve").first.evaluate("one => one.querySelector('canvas').toDataURL()")
    page.locator("#curves .curve").first.focus()
    page.keyboard.press("+")
    page.wait_for_function(
        "before => document.querySelector('#curves .curve canvas')?.toDataURL() !== before", arg=before
    )


def test_a_file_that_cannot_be_read_says_why_and_may_be_corrected(opened, tmp_path):
    (tmp_path / "bare.csv").write_text("time,x\n2026-01-01,1\n")
    page = opened("try", is_refused=True)
    with page.expect_response(lambda answer: answer.url.endswith("/understood")) as answered:
        page.set_input_files("input[type=file]", str(tmp_path / "bare.csv"))
    assert answered.value.status == 422
    page.wait_for_selector("#problem:has-text('two are needed')")
    assert page.locator("#corrections [name=style]").is_visible()


MADE_BY_SCRIPTS = {
    "": ".lane .row",
    "asset?family=oven&asset=oven-1": "#curves canvas",
    "review": "#queue li",
    "models": "#zone:has-text('Times: ')",
    "images": "#zone:has-text('Times: ')",
    "synthesis": "#zone:has-text('Times: ')",
    "settings": "#zone:has-text('Times: ')",
}
"""Of each page, what stands there once its scripts ran."""


def test_every_page_works_under_the_policy_that_forbids_scripts_of_others(browser, served, signed_in):
    context = browser.new_context()
    context.add_cookies([{"name": "nightscore", "value": signed_in, "url": served}])
    page, errors = context.new_page(), []
    page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path, made in MADE_BY_SCRIPTS.items():
        page.goto(f"{served}/pages/{path}")
        page.wait_for_selector(made)
    page.goto(f"{served}/pages/try")
    page.select_option("[name=example]", index=1)
    page.click("#score")
    page.wait_for_selector("#curves canvas")
    assert errors == []
    context.close()


@pytest.fixture
def client(lived_in, tmp_path) -> TestClient:
    """The service with its pages, without a browser; it serves loopback."""
    app = mount_pages(create_app(lived_in, Access(TOKEN, ("127.0.0.1",), True)), tmp_path / "uploads")
    return TestClient(app, "http://127.0.0.1")


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "..\\x.csv", "a/../../x.csv"])
def test_an_upload_lies_nowhere_else_than_in_its_own_folder(client, tmp_path, name):
    answer = client.post("/pages/try/files", params={"name": name}, content=b"time,flow\n")
    files = [path.relative_to(tmp_path / "uploads").parts for path in (tmp_path / "uploads").rglob("x.csv")]
    assert files == [(answer.json()["upload"], "x.csv")]
    assert list(tmp_path.rglob("x.csv"))[1:] == []


@pytest.mark.parametrize("name", ["..", "/", "a\nb.csv", "x" * 250])
def test_what_is_no_name_of_a_file_is_refused_and_nothing_is_kept(client, tmp_path, name):
    answer = client.post("/pages/try/files", params={"name": name}, content=b"time,flow\n")
    assert (answer.status_code, answer.json()["remedy"]) == (422, "give the file a plain name")
    assert list((tmp_path / "uploads").rglob("*.csv")) == []


def test_an_unknown_upload_is_no_longer_kept(client):
    for path in ("files/nobodys/settings.toml?name=a", "scores/nobodys?alarms=1", "scores/..%2f..%2fx?alarms=1"):
        assert client.get(f"/pages/try/{path}").status_code == 404
    answer = client.post("/pages/try/files/nobodys/understood", json={})
    assert (answer.status_code, answer.json()["remedy"]) == (404, "upload the file again")


@pytest.mark.parametrize("example", ["oven", "oven nope", "oven 1999-01-01", "oven ../2026-03-09", "mill 2026-03-09"])
def test_an_example_that_is_none_is_refused(client, example):
    answer = client.post("/pages/try/scores", json={"example": example})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_no_page_runs_a_script_that_is_not_a_file_of_the_service(client):
    for path in ("", "asset", "review", "models", "images", "synthesis", "try", "settings", "runbook"):
        answer = client.get(f"/pages/{path}")
        assert answer.status_code == 200, path
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        scripts = [part.split(">", 1) for part in answer.text.split("<script")[1:]]
        assert all("src=" in head and body.startswith("</script>") for head, body in scripts), path
