"""The commands of synthesis as a user calls them, on a camera that sees digits at 16 pixels."""

import re
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from typer.testing import CliRunner

from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.places import data_sheet_path
from sensors_data.provenance import Provenance
from sensors_data.seal import check
from sensors_data.store import Store
from service import trials
from service.cli.app import app
from synthesis.quality import classifier_trial

DAY = "2026-03-10"
SETTINGS = """
store = "store"
[cameras.eye]
inbox = "inbox"
size = 16
[cameras.eye.generator]
learns_from = "all"
images = 3000
snapshots = 2
classifier_images = 2000
count = 300
training = { learning_rate = 2e-3, batch = 32 }
watch = { diversity = 0.1, entropy_share = 0.1 }
gate = { frechet_share = 9, precision = 0, recall = 0, coverage = 0, diversity = 0.1, entropy_share = 0.1, copies = 1 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("eye")
    (made / "settings.toml").write_text(SETTINGS)
    digits = load_digits()
    scans = resize(np.rint(digits.images * (255 / 16)).astype(np.uint8)[:, None], 16)
    rows = pd.DataFrame(
        {
            "image_id": [f"{n:04d}" for n in range(len(scans))],
            "time": datetime(2026, 3, 9, tzinfo=UTC),
            "asset": "",
            "label": digits.target.astype(str),
            "png": [encode_png(x) for x in scans],
        }
    )
    Store(str(made / "store")).write("images", rows, Provenance(job="test"), camera="eye", day=date(2026, 3, 9))
    assert "trained a generator of eye" in run(made, "train-dcgan", "--camera", "eye", "--day", DAY).output
    return made


def run(folder, *words):
    return CliRunner().invoke(app, [*map(str, words), "--settings", str(folder / "settings.toml")])


def of_eye(folder, command, *words):
    return run(folder, command, "--camera", "eye", "--day", DAY, *words)


def quality(folder) -> pd.DataFrame:
    return Store(str(folder / "store")).read("quality", camera="eye", day=date(2026, 3, 10)).set_index("measure")


def data_sheet(folder) -> str:
    return Store(str(folder / "store")).read_bytes(data_sheet_path("eye", date(2026, 3, 10))).decode()


def test_a_batch_is_drawn_judged_and_tried(folder, monkeypatch):
    monkeypatch.setattr(trials, "SHOWN", 128)
    monkeypatch.setattr(classifier_trial, "PASSES", 0)
    assert "drew eye 2026-03-10: 300 images" in of_eye(folder, "draw-images").output
    assert "300 images published" in of_eye(folder, "judge-images").output
    assert (
        quality(folder).loc["use", "reason"].startswith("to look at: no gain over ordinary augmentation was measured")
    )
    assert "Published to look at" in data_sheet(folder)
    store = Store(str(folder / "store"))
    made = [path for path in store.all_files() if not path.startswith("images/")]
    assert [path for path in made if not check(store.unchecked_bytes(path), path)] == []  # each has its hash
    tried = of_eye(folder, "try-augmentation", "--per-class", "12", "--seeds", "2")
    assert "tried 300 drawn images of eye 2026-03-10 on 12 real ones a class" in tried.output
    assert "the generator learned from 1,617 real images" in tried.output
    rows = quality(folder)
    assert {"augmentation_classifier_12", "augmentation_classifier_12_imbalanced:7", "gate"} <= set(rows.index)
    assert "over 2 seeds" in rows.loc["augmentation_classifier_12", "reason"]
    assert "was measured" in rows.loc["use", "reason"]  # few images decide nothing


def test_the_trial_on_all_real_images_says_what_a_batch_is_for(folder, monkeypatch):
    monkeypatch.setattr(trials, "SHOWN", 128)
    monkeypatch.setattr(classifier_trial, "PASSES", 0)
    tried = of_eye(folder, "try-augmentation", "--seeds", "2", "--count", "100")
    assert "on all real ones: classifier_all: real images alone 0." in tried.output
    rows = quality(folder)
    assert "; 100 of them add " in tried.output
    assert rows.loc["augmentation_classifier_all_of_100", "images"] == 100
    gain, use = rows.loc["augmentation_classifier_all"], rows.loc["use"]
    assert use["passed"] == (gain["low"] > 0)
    assert use["reason"].split(":")[0] == ("for augmentation" if gain["low"] > 0 else "to look at")
    assert f"Published {use['reason']}." in data_sheet(folder)
    assert "1,617 real images of the camera eye" in data_sheet(folder)
    assert "Nothing may be accepted, refused or tested by them." in data_sheet(folder)


def test_pngs_in_a_folder_are_drawn_again_and_a_changed_one_is_named(folder, tmp_path):
    found = of_eye(
        folder, "draw-images", "--count", 3, "--class", "7", "--truncation", "0.7", "--out", tmp_path / "out"
    )
    assert "drew 3 images by eye@2026-03-09" in found.output
    pngs = sorted((tmp_path / "out").rglob("*.png"))
    assert len(pngs) == 3
    with Image.open(pngs[0]) as image:
        text = dict(image.info)
    assert (text["synthetic"], text["class"], text["index"]) == ("true", "7", "0")
    assert "every pixel the same" in run(folder, "redraw-image", "--png", pngs[2]).output
    with Image.open(pngs[1]) as image:
        spoilt = np.asarray(image).copy()[None]
    spoilt[0, 5, 5] ^= 255
    pngs[1].write_bytes(encode_png(spoilt, {str(k): str(v) for k, v in text.items()}))
    assert "differs from what is drawn from its text" in str(run(folder, "redraw-image", "--png", pngs[1]).exception)
    assert "there is no" in str(run(folder, "redraw-image", "--png", tmp_path / "none.png").exception)


def test_a_strip_is_a_picture(folder, tmp_path):
    out = tmp_path / "strip.png"
    assert (
        "drew 6 images from seed 2 to 5"
        in of_eye(folder, "interpolate-images", "--from-seed", 2, "--to-seed", 5, "--steps", 6, "--out", out).output
    )
    with Image.open(out) as image:
        assert image.width > 200


def test_a_drawn_image_is_found_again_by_its_pixels(folder, tmp_path):
    of_eye(folder, "draw-images", "--count", 1, "--class", "7", "--out", tmp_path / "out")
    (png,) = (tmp_path / "out").rglob("*.png")
    ended = of_eye(folder, "invert-image", "--png", png, "--out", tmp_path / "inverted.png")
    found = " ".join(ended.output.split())
    assert ended.exit_code == 0, ended.exception
    away = float(re.search(r"is ([0-9.]+) grey levels away", found).group(1))
    assert away < 25, found
    with Image.open(tmp_path / "inverted.png") as image:
        assert image.width > 100


def test_what_should_be_there_takes_a_detector(folder):
    assert "run: nightscore train-images" in str(of_eye(folder, "expected-images").exception)


@pytest.mark.parametrize("command", ["mix-images", "vary-images"])
def test_a_generator_without_styles_has_none_to_mix_or_vary(folder, command):
    assert "is of preset default and has no styles" in str(of_eye(folder, command).exception)


@pytest.mark.parametrize(
    ("words", "message"), [(["--count", 0], "found 0"), (["--class", "x"], "cannot draw class 'x'")]
)
def test_what_cannot_be_drawn_is_refused(folder, words, message):
    assert message in str(of_eye(folder, "draw-images", *words).exception)


def presets(*words):
    return CliRunner().invoke(app, ["presets", *map(str, words)])


TERMS = {
    "ebgan": "margin 10, pulling-away term of weight 0.1",
    "presgan": "entropy of weight 0.0005",
    "historical-averaging": "distance from past weights by weight 0.001",
    "style": "r1 penalty of weight 5 every 16 steps",
    "style2": "r1 penalty of weight 5 every 16 steps, path length of weight 2 every 4 steps",
    "sagan": "adam 0.0001 (0.0004 of the discriminator) betas 0 0.9",
}
"""What a preset's paper adds to the plain DCGAN's loss or optimizer."""


def test_presets_are_listed_and_shown():
    listed = presets("list").output
    assert "5,593,345" in listed
    assert "387,201" in listed
    shown = presets("show", "--name", "review-fashion").output
    assert "transposed convolution to 256 channels, kernel 4, stride 2, batch normalisation, leaky-0.2" in shown
    assert "dropout 0.4" in shown
    assert "bce, adam 0.001 betas 0.5 0.999, real images as 0.9, batch 32, 1,200,000 images" in shown
    told = presets("show", "--name", "wgan").output
    assert "wasserstein, rmsprop 5e-05, weights clipped to 0.01, 5 steps of the discriminator" in told
    assert "arXiv:1701.07875" in told
    told = presets("show", "--name", "acgan", "--size", 32, "--channels", 3, "--classes", 10).output
    assert "dense to one logit and to 10 of the class" in told
    told = presets("show", "--name", "minibatch-features").output
    assert "virtual batch normalisation, relu" in told
    assert "minibatch discrimination by 100 kernels" in told
    for name, term in TERMS.items():
        assert f", {term}, batch" in presets("show", "--name", name).output
    assert "no preset 'x'" in str(presets("show", "--name", "x").exception)
