from datetime import date, timedelta

import pytest
from PIL import Image
from typer.testing import CliRunner

from sensors_data.simulation.camera import camera_settings, write_camera
from service.cli.app import app

FIRST, DAYS = date(2026, 3, 2), 5
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("camera")
    write_camera(made / "inbox" / "press", 0, FIRST, DAYS, parts=15)
    text = f'store = "store"\n{camera_settings()}detector = {{ steps = 60, folds = 1 }}\n'
    (made / "settings.toml").write_text(text)
    return made


def run(folder, *words):
    return CliRunner().invoke(app, [*words, "--camera", "press", "--settings", str(folder / "settings.toml")])


def test_from_files_to_a_page_of_heat_maps(folder):
    for number in range(DAYS):
        found = run(folder, "ingest-images", "--day", str(FIRST + timedelta(days=number)))
        assert "ingested press" in found.output
    assert "trained press for" in run(folder, "train-images", "--day", str(LAST)).output
    assert f"scored press {LAST}: 19 images" in run(folder, "score-images", "--day", str(LAST)).output
    page = folder / "page.png"
    assert "drew 6 images" in run(folder, "show-image", "--day", str(LAST), "--count", "6", "--out", str(page)).output
    with Image.open(page) as image:
        assert image.width > 500
    looks = folder / "looks"
    found = run(folder, "explore-images", "--day", str(LAST), "--steps", "20", "--out", str(looks))
    assert found.exit_code == 0
    names = {"codes.png", "interpolation.png", "reconstructions.png", "samples.png"}
    assert {path.name for path in looks.iterdir()} == names


def test_an_image_that_is_not_there_is_named(folder):
    found = run(folder, "show-image", "--day", str(LAST), "--image", "nothing.png")
    assert "has no image 'nothing.png'" in str(found.exception)


def test_a_preset_that_is_not_there_is_named(folder):
    found = run(folder, "explore-images", "--day", str(LAST), "--preset", "best")
    assert "conv, dense-six, conv-logistic" in str(found.exception)
