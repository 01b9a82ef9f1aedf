"""The pages of images as people use them: an image is uploaded and judged, images are drawn, a slider is moved."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from anomaly.images.files import load_for
from anomaly.images.heat_maps import hot_places
from anomaly.images.image_scores import score_images as score_of
from anomaly.images.jobs import score_images, train_images
from sensors_data.camera_job import ingest_images
from sensors_data.defects.pasted import grown
from sensors_data.images.files import decode_image
from sensors_data.images.table import pixels_of
from sensors_data.settings import Settings, load
from sensors_data.simulation.camera import camera_settings, write_camera
from sensors_data.store import Store
from sensors_data.verdicts import picture_verdicts
from service.views.words import number
from synthesis.generator_files import GeneratorCard, TrainedGenerator, save
from synthesis.inversion import MARGIN
from synthesis.networks.dcgan import Generator
from synthesis.networks.style import StyleGenerator, StyleGeneratorConfig
from synthesis.presets.catalogue import preset

FIRST, DAYS = date(2026, 3, 2), 5
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Settings:
    """Cameras: `bare` saw nothing, `press` has a scored day and a generator that was taught nothing, `styled` one with
    styles.
    """
    folder = tmp_path_factory.mktemp("cameras")
    write_camera(folder / "inbox/press", 0, FIRST, DAYS, parts=15)
    both = (
        camera_settings("bare")
        + camera_settings("styled")
        + camera_settings()
        + "detector = { steps = 60, folds = 1 }\n"
    )
    (folder / "settings.toml").write_text(f'store = "store"\n{both}')
    settings = load(folder / "settings.toml")
    for n in range(DAYS):
        ingest_images(settings, FIRST + timedelta(days=n), "press")
    train_images(settings, LAST, "press")
    score_images(settings, LAST, "press")
    torch.manual_seed(0)
    network = preset("default", (1, 28, 28)).generator
    about = {"camera": "press", "trained_through": LAST, "preset": "default", "images": 100, "shown": 1000, "seed": 0}
    card = GeneratorCard(**about, network=network, accepted=True)
    save(Store(settings.store), TrainedGenerator(Generator(network).eval(), card))
    network = StyleGeneratorConfig(image=(1, 28, 28), latent=8, style=6, mapping=2, start=7, widths=(8, 8, 8))
    card = GeneratorCard(**{**about, "camera": "styled", "preset": "style2"}, network=network, accepted=True)
    save(Store(settings.store), TrainedGenerator(StyleGenerator(network).eval(), card))
    return settings


@pytest.fixture(scope="module")
def served(serving, seen) -> Iterator[str]:
    """The service's address."""
    with serving(seen) as address:
        yield address


def test_what_is_odd_is_painted_out_and_the_rest_of_the_picture_stays(client_of, seen):
    store, spec = Store(seen.store), seen.camera("press")
    scores = store.read("image_scores", camera="press", day=LAST).sort_values("score", ascending=False)
    rows = store.read("images", camera="press", day=LAST).set_index("image_id")
    detector, client = load_for(store, "press", LAST), client_of(seen)
    worst, best = scores["image_id"].iloc[[0, -1]]
    image = pixels_of(rows.loc[[worst]].reset_index(), spec)
    hidden = hot_places(detector, score_of(detector, image).maps[0], (28, 28))
    answer = client.get("/v1/expected-image", params={"camera": "press", "day": str(LAST), "image": worst})
    assert answer.status_code == 200, answer.text
    made = decode_image(answer.content, 1)
    changed = (made != image[0])[0]
    assert hidden.any()
    assert changed[hidden].mean() > 0.5  # the generator was taught nothing: it draws something else there
    assert not changed[~grown(hidden, MARGIN)].any()
    refused = client.get("/v1/expected-image", params={"camera": "press", "day": str(LAST), "image": best})
    assert "no place of the image is over the pixel threshold" in refused.text
    unknown = client.get("/v1/expected-image", params={"camera": "press", "day": str(LAST), "image": "none"})
    assert unknown.status_code == 404


def test_a_day_is_shown_worst_first_and_an_image_of_ones_own_is_judged(opened, seen, good_to_see):
    page = opened("images")
    page.wait_for_selector("#counts:has-text('over the threshold')")
    assert page.input_value("[name=camera]") == "press"  # not the one that saw nothing
    scores = Store(seen.store).read("image_scores", camera="press", day=LAST).sort_values("score", ascending=False)
    page.wait_for_selector("#codes circle.today")
    assert page.locator("#pictures figure").count() == 12
    shown = page.eval_on_selector_all("#pictures figure", "all => all.map(one => one.dataset.image)")
    assert shown == scores["image_id"].head(12).tolist()
    assert page.locator("#codes circle.today, #codes circle.odd").count() == len(scores) == 19
    assert page.locator("#codes circle.odd").count() == scores["is_anomaly"].sum()
    loaded = "[...document.querySelectorAll('#pictures img')].slice(0, 8).every(one => one.naturalWidth >= 28)"
    page.wait_for_function(loaded)
    good_to_see(page)
    page.select_option("[name=only]", "odd")
    assert page.locator("#pictures figure").count() == min(12, scores["is_anomaly"].sum())
    assert "only=odd" in page.url
    page.locator("#pictures [data-expected]").first.click()
    page.wait_for_function("document.querySelector('#pictures [alt=\"what it should look like\"]')?.naturalWidth >= 28")
    inbox = Path(seen.cameras["press"].inbox) / str(LAST)
    for label in ("good", "defect"):
        file = min((inbox / label).glob("*.png"))
        row = scores[[file.name in name for name in scores["image_id"]]].iloc[0]
        page.set_input_files("#own input", str(file))
        page.wait_for_selector(
            f"#judged:has-text('{'Odd' if row['is_anomaly'] else 'Normal'}: {number(row['score'])}')"
        )


def test_a_picture_is_judged_by_key_and_the_verdict_taken_back(opened, browser, served, seen):
    page = opened("images?camera=press&only=odd")
    page.wait_for_selector("#pictures figure")
    image = page.locator("#pictures figure").first.get_attribute("data-image")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.wait_for_selector("#said:has-text('Say who you are first')")
    page.fill("[name=author]", "Ann")
    page.locator("#pictures figure").first.focus()
    page.keyboard.press("d")
    page.wait_for_selector("#pictures em:has-text('a false alarm, says')")
    rows = picture_verdicts(Store(seen.store), "press")
    assert rows[["image", "kind", "author"]].to_numpy().tolist() == [[image, "dismissed", "Ann"]]
    page.select_option("[name=only]", "open")
    assert image not in page.eval_on_selector_all("#pictures figure", "all => all.map(one => one.dataset.image)")
    page.select_option("[name=only]", "odd")
    page.locator("#pictures figure").first.focus()
    page.keyboard.press("u")
    page.wait_for_selector("#said:has-text('taken back')")
    assert picture_verdicts(Store(seen.store), "press").empty
    stranger = browser.new_page()
    stranger.goto(f"{served}/pages/images")
    stranger.wait_for_selector("#pictures figure")
    assert stranger.locator("[data-kind]:enabled").count() == 0
    stranger.select_option("[name=camera]", "bare")
    stranger.wait_for_selector("#counts:has-text('No picture of bare was scored yet')")
    stranger.close()


def test_a_place_is_dragged_or_typed_drawn_judged_and_taken_back(opened, seen, good_to_see):
    page = opened("images?camera=press", is_refused=True)
    page.wait_for_function("document.querySelector('.marked img')?.naturalWidth >= 28")
    page.fill("[name=author]", "Ann")
    figure, store = page.locator("#pictures figure").first, Store(seen.store)
    image = figure.get_attribute("data-image")
    figure.focus()
    page.keyboard.press("p")
    for typed in (3, 4, 5, 40):  # focus lies on the first field
        page.keyboard.type(str(typed))
        page.keyboard.press("Tab")
    figure.locator("[data-kind=confirmed]").click()
    page.wait_for_selector("#said:has-text('3,4,5,40 is not inside')")
    figure.locator("[data-part=height]").fill("6")
    page.wait_for_selector(".marked .draft[height='6']")
    figure.locator("[data-kind=confirmed]").click()
    page.wait_for_selector(".verdicts li:has-text('a real defect at 3,4,5,6, says Ann')")
    over = figure.locator(".marked svg").last.bounding_box()  # the heat map's
    side = over["width"] / 28
    page.mouse.move(over["x"] + 20.5 * side, over["y"] + 9.5 * side)
    page.mouse.down()
    page.mouse.move(over["x"] + 15.5 * side, over["y"] + 12.5 * side)
    page.mouse.up()
    good_to_see(page)
    figure.locator("[data-kind=dismissed]").click()
    page.wait_for_selector("#said:has-text('15,9,6,4: a false alarm. Training still leaves the picture out')")
    rows = picture_verdicts(store, "press").sort_values("place")[["image", "kind", "place", "place_size"]]
    assert rows.to_numpy().tolist() == [
        [image, "dismissed", "15,9,6,4", "28x28"],
        [image, "confirmed", "3,4,5,6", "28x28"],
    ]
    page.reload()
    page.wait_for_selector(".marked rect.confirmed")
    page.locator("#pictures figure").first.focus()
    page.keyboard.press("u")
    page.wait_for_selector("#said:has-text('Take a place back by its own button')")
    for left in (1, 0):
        page.locator("[data-back]").first.click()
        page.wait_for_function(f"document.querySelectorAll('[data-back]').length === {left}")
    assert page.locator(".marked rect").count() == 0
    assert picture_verdicts(store, "press").empty


SHEETS = "['drawn', 'real', 'way'].map(id => document.getElementById(id))"


def sheets(page: Any) -> list[str]:
    """The addresses of the three sheets, once all are drawn."""
    page.wait_for_function(f"{SHEETS}.every(one => one.complete && one.naturalWidth > 200)")
    return list(page.evaluate(f"{SHEETS}.map(one => one.src)"))


def test_images_are_drawn_again_when_the_seed_changes_and_the_address_holds_it(opened, good_to_see):
    page = opened("synthesis")
    page.wait_for_selector("#drawer:has-text('press@2026-03-06, default')")
    drawn, real, way = sheets(page)
    good_to_see(page)
    page.fill("[name=seed]", "7")
    page.keyboard.press("Tab")
    page.wait_for_function(f"document.getElementById('drawn').src !== '{drawn}'")
    assert sheets(page)[1:] == [real, way]
    page.fill("[name=last]", "5")
    page.keyboard.press("Tab")
    page.wait_for_function(f"document.getElementById('way').src !== '{way}'")
    assert page.url.endswith("seed=7&last=5")
    again = opened("synthesis?seed=7&last=5")
    assert sheets(again) == sheets(page)
    page.close()
    page = opened("synthesis", is_refused=True)
    page.select_option("[name=camera]", "bare")
    page.wait_for_selector("#drawer:has-text('No generator of bare was trained yet. Next: nightscore train-dcgan')")
    page.wait_for_selector("#said:has-text('bare has no image yet')")


def test_styles_are_mixed_where_a_generator_has_some(opened):
    page = opened("synthesis", is_refused=True)  # it has no real images
    assert page.locator("#styles").is_hidden()
    page.select_option("[name=camera]", "styled")
    large = "['mixed', 'varied'].every(id => document.getElementById(id).naturalWidth > 200)"
    page.wait_for_function(large)
    assert page.get_attribute("[name=layers]", "max") == "4"
    mixed = page.get_attribute("#mixed", "src")
    page.fill("[name=layers]", "3")
    page.locator("[name=layers]").dispatch_event("change")
    page.wait_for_function(f"document.getElementById('mixed').src.endsWith('layers=3') && {large}")
    assert page.get_attribute("#mixed", "src") != mixed
    page.select_option("[name=camera]", "press")
    page.wait_for_selector("#styles", state="hidden")
