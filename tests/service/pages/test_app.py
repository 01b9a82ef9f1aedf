"""The pages as people use them: a browser opens each, uploads, moves, draws, dismisses; nothing is asked elsewhere."""

import socket
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from sensors_data.simulate import START
from service.api.access import Access
from service.api.app import create_app

pytest.importorskip("gradio")

from service.pages.app import mount_pages

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")  # gradio's own
TOKEN = "a-token-for-the-tests-only"  # noqa: S105
FAULT = START + timedelta(days=7)


def test_every_page_of_gradio_opens_asks_nothing_of_another_host_and_is_reached_by_keyboard(opened):
    for path, shown in (("synthesis", "The settings have no camera"), ("try", "Score it")):
        page = opened(path)
        page.wait_for_selector(f"text={shown}")
        assert page.locator("nav.ns-bar a[aria-current]").get_attribute("href") == f"/pages/{path}"
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.tagName")
        assert focused in ("A", "BUTTON", "INPUT", "TEXTAREA"), (path, focused)
        page.close()


def test_a_csv_is_uploaded_scored_and_the_budget_moves_the_threshold(opened, inbox):
    page = opened("try")
    page.wait_for_selector("text=Score it")
    page.get_by_label("Scored by").click()
    page.get_by_role("option", name="the detector of oven").click()
    file = next(inbox.glob(f"inbox/oven/*{FAULT}*"))
    page.set_input_files("input[type=file]", str(file))
    page.wait_for_selector(".ns-table")  # it is read; its name stands there in two parts
    page.click("text=Score it")
    page.wait_for_selector("text=rows scored by oven@")
    page.wait_for_selector(".js-plotly-plot .scatterlayer")
    page.wait_for_function(f"{THRESHOLD} > 0")
    before = page.evaluate(THRESHOLD)
    slider = page.get_by_role("slider").last
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    slider.dispatch_event("pointerup")
    page.wait_for_function(f"{THRESHOLD} < {before}")
    assert page.get_by_text("Download the scores as Parquet").is_visible()


def test_an_upload_is_understood_corrected_scored_and_taken_along_on_a_phone_and_a_desk(opened, inbox, tmp_path):
    rows = pd.concat([pd.read_csv(path) for path in sorted(inbox.glob("inbox/oven/*"))[:3]])
    rows = rows[rows["asset"] == "oven-1"].rename(columns={"power": "load"})
    rows.to_csv(tmp_path / "mine.csv", index=False)
    page = opened("try")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_selector("text=Score it")
    page.set_input_files("input[type=file]", str(tmp_path / "mine.csv"))
    page.wait_for_selector(".ns-table")
    page.click("text=Correct what was understood")
    page.get_by_label("Their zone").fill("Europe/Berlin")
    page.get_by_label("A value holds for").fill("10min")
    page.click("text=Read it again like this")
    page.click("button:has-text('Score it')")
    page.wait_for_selector("text=rows scored; learned from those until")
    page.wait_for_selector("text=share of the score, by sensor")
    for width in (390, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Save as a family").fill("oven")
    page.wait_for_selector("text=there is a family 'oven' already")
    page.get_by_label("Save as a family").fill("mill")
    page.wait_for_selector("text=Download its settings")
    with page.expect_download() as download:
        page.click("text=Download its settings")
    assert download.value.path().read_text().startswith('[families.mill]\ninbox = "inbox/mine.csv"')


THRESHOLD = """(() => {
    const line = document.querySelector('.js-plotly-plot')._fullData.find(t => t.name === 'threshold')
    return Array.from(line.y).filter(value => value > 0)[0] || 0
})()"""


def test_no_page_fetches_an_address_that_it_is_given(lived_in):
    app = mount_pages(create_app(lived_in, Access(TOKEN, ("127.0.0.1",), True)))
    refused = 0
    with socket.create_server(("127.0.0.1", 0)) as elsewhere, TestClient(app, "http://127.0.0.1") as client:
        elsewhere.settimeout(0.5)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/x.csv"
        given = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
        for dependency in client.get("/pages/config").json()["dependencies"]:
            if dependency["inputs"]:
                body = {"data": [given] * len(dependency["inputs"]), "fn_index": dependency["id"]}
                answer = client.post("/pages/gradio_api/run/predict", json={**body, "session_hash": "s"})
                refused += "files are uploaded, not fetched" in answer.text
        assert refused >= 8
        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_no_file_of_the_host_is_served_by_the_pages(lived_in):
    client = TestClient(mount_pages(create_app(lived_in, Access(TOKEN, ("127.0.0.1",), True))), "http://127.0.0.1")
    for path in ("/etc/passwd", str(Path(lived_in.store) / "metrics/nightscore-oven.prom"), "../../etc/passwd"):
        for address in (f"/pages/gradio_api/file={path}", f"/pages/gradio_api/proxy=http://127.0.0.1{path}"):
            answer = client.get(address)
            assert answer.status_code >= 400
            assert "root:" not in answer.text
