"""The pages of images as people use them: an image is uploaded and judged, images are drawn, a slider is moved."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from anomaly.images.jobs import score_images, train_images
from sensors_data.images.jobs import ingest_images
from sensors_data.settings import Settings, load
from sensors_data.simulate_camera import camera_settings, write_camera
from sensors_data.store import Store
from service.views.words import number
from synthesis.generator_files import GeneratorCard, TrainedGenerator, save
from synthesis.networks.dcgan import Generator
from synthesis.presets.catalogue import preset

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")  # gradio's own
FIRST, DAYS = date(2026, 3, 2), 5
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Settings:
    """Two cameras: `bare` that saw nothing, and `press` with a scored day and a generator that was taught nothing."""
    folder = tmp_path_factory.mktemp("cameras")
    write_camera(folder / "inbox/press", 0, FIRST, DAYS, parts=15)
    both = camera_settings("bare") + camera_settings() + "detector = { steps = 60 }\n"
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
    return settings


@pytest.fixture(scope="module")
def served(serving, seen) -> Iterator[str]:
    """The service's address."""
    with serving(seen) as address:
        yield address


def picture(page: Any, place: int) -> str:
    """The address of the page's `place`-th picture, once it has one."""
    page.wait_for_function(f"document.querySelectorAll('.image-frame img').length > {place}")
    return str(page.locator(".image-frame img").nth(place).get_attribute("src"))


def test_an_image_is_uploaded_and_judged_beside_its_heat_map(opened, seen):
    page = opened("images")
    page.wait_for_selector("text=over the threshold of")
    assert page.get_by_label("Camera").input_value() == "press"  # not the one that saw nothing
    page.wait_for_selector(".thumbnail-item img")
    assert page.locator(".thumbnail-item").count() == 12
    traces = "document.querySelector('.js-plotly-plot')._fullData.map(t => [t.name, t.x.length])"
    page.wait_for_selector(".js-plotly-plot .scatterlayer")
    points = dict(page.evaluate(traces))
    assert points["of this day"] + points["over the threshold"] == 19
    inbox = Path(seen.cameras["press"].inbox) / str(LAST)
    scores = Store(seen.store).read("image_scores", camera="press", day=LAST).set_index("image_id")
    for label in ("good", "defect"):
        file = min((inbox / label).glob("*.png"))
        row = scores[[file.name in name for name in scores.index]].iloc[0]
        page.set_input_files("input[type=file]", str(file))
        page.wait_for_selector(f"text={'Odd' if row['is_anomaly'] else 'Normal'}: {number(row['score'])} nats")
        page.wait_for_selector(f".caption-label:has-text('{file.name}')")
        page.get_by_label("Clear").first.click()
        page.wait_for_selector("input[type=file]", state="attached")


def test_images_are_drawn_again_when_a_slider_is_moved_and_the_way_between_two_seeds_is_shown(opened):
    page = opened("synthesis")
    page.wait_for_selector("text=press@2026-03-06, default")
    drawn, real, strip = (picture(page, place) for place in range(3))
    page.get_by_label("range slider for Seed").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"document.querySelectorAll('.image-frame img')[0].src !== '{drawn}'")
    assert (picture(page, 1), picture(page, 2)) == (real, strip)
    moved = picture(page, 0)
    page.get_by_label("range slider for To seed").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"document.querySelectorAll('.image-frame img')[2].src !== '{strip}'")
    assert picture(page, 0) == moved
    page.get_by_label("range slider for Seed").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"document.querySelectorAll('.image-frame img')[0].src === '{drawn}'")  # a seed, one sheet
