"""The benchmark of generators on files of every format, a part of a second each."""

import io
import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from benchmarks.images.data import read_drawable
from benchmarks.images.splits import Images
from benchmarks.synthesis import __main__ as command
from benchmarks.synthesis import judging, others
from benchmarks.synthesis import run as synthesis_run
from benchmarks.synthesis.others import flow
from benchmarks.synthesis.run import can_be_counted, gemm_peak
from synthesis.presets.catalogue import PRESETS, preset
from synthesis.quality import extractors as features

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A classifier of little training, few drawn images: the figures are of no account here."""
    trained = features.train_classifier
    monkeypatch.setattr(features, "train_classifier", lambda x, y, seed, shown: trained(x, y, seed, 500))
    monkeypatch.setattr(judging, "MIN_IMAGES", 64)
    monkeypatch.setattr(synthesis_run, "COMPARED", 64)
    monkeypatch.setattr(judging, "frechet_distance", lambda real, drawn: 1.0)


def scenes(count: int, side: int, channels: int) -> np.ndarray:
    """Images of a bright half, upper or lower by turns, (N, side, side[, channels]) uint8."""
    x = RNG.integers(0, 60, (count, side, side, channels), dtype=np.uint8)
    x[::2, : side // 2] += 150
    x[1::2, side // 2 :] += 150
    return x[..., 0] if channels == 1 else x


def write_parquet(path, x, y):
    def jpeg(image):
        out = io.BytesIO()
        Image.fromarray(image).save(out, "JPEG")
        return out.getvalue()

    split = np.where(np.arange(len(x)) % 4 == 0, "test", "train")
    pd.DataFrame({"split": split, "label": y, "jpeg": [jpeg(image) for image in x]}).to_parquet(path)


def asked(path, *words):
    app = command.typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, ["--data", str(path), "--seconds", "0.2", "--seeds", "1", *map(str, words)])


def test_an_npz_with_classes_gives_a_row_a_recipe_and_a_second_run_takes_them_over(tmp_path):
    x, y = scenes(200, 28, 1), np.arange(200) % 2
    path, out = tmp_path / "two.npz", tmp_path / "rows.csv"
    np.savez(path, x_train=x[:150], y_train=y[:150], x_test=x[150:], y_test=y[150:])
    words = (
        "--recipes",
        "default,capstone-mnist",
        "--out",
        out,
        "--features",
        tmp_path / "f",
        "--sheets",
        tmp_path / "s",
    )
    first = asked(path, *words)
    assert first.exit_code == 0, first.output
    rows = pd.read_csv(out)
    assert list(rows.columns) == command.COLUMNS
    assert rows["recipe"].tolist() == ["default", "capstone-mnist"]
    assert (rows["images"] >= 64).all()
    assert rows[["precision", "recall", "coverage", "images_per_s", "draws_per_s", "peak_share"]].notna().all().all()
    assert {p.name for p in (tmp_path / "s").iterdir()} == {
        "default-0.png",
        "capstone-mnist-0.png",
        "all.npz",
        "all.png",
    }
    with np.load(tmp_path / "s" / "all.npz") as shown:
        assert {name: shown[name].shape for name in shown} == {
            "default": (16, 1, 28, 28),
            "capstone-mnist": (16, 1, 28, 28),
        }
    assert "seed 0:" not in asked(path, *words).output
    assert pd.read_csv(out).equals(rows)


def test_all_that_fit_leaves_out_what_needs_classes_or_another_side():
    plain = Images(scenes(80, 28, 1)[:, None], np.full(80, ""), np.full(80, "train"))
    told = Images(plain.x, np.array(["a", "b"] * 40), plain.split)
    left_out = set(PRESETS) - set(command.recipes_asked_for("all-that-fit", plain))
    assert left_out == {"conditional", "acgan", "sngan", "dcgan-64", "review-faces"}
    assert left_out - set(command.recipes_asked_for("all-that-fit", told)) == {
        "acgan",
        "sngan",
        "dcgan-64",
        "review-faces",
    }
    assert len(command.some_of(plain, 64)) == 64


def test_a_recipe_whose_operations_cannot_be_counted_has_a_row_too(tmp_path):
    path, out = tmp_path / "two.npz", tmp_path / "rows.csv"
    np.savez(path, x=scenes(200, 28, 1), y=np.arange(200) % 2)
    done = asked(path, "--recipes", "presgan", "--learned", "64", "--compared", "20", "--out", out)
    assert done.exit_code == 0, done.output
    assert pd.read_csv(out)["peak_share"].isna().all()
    colour = preset("default", (3, 32, 32))
    assert [can_be_counted(recipe) for recipe in (preset("wgan-gp", (1, 28, 28)), colour)] == [False, True]


def test_a_vae_and_a_flow_are_trained_as_long_and_judged_alike(tmp_path):
    path, out = tmp_path / "two.npz", tmp_path / "rows.csv"
    np.savez(path, x=scenes(200, 28, 1), y=np.arange(200) % 2)
    done = asked(path, "--recipes", "vae,flow", "--out", out)
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(out)
    assert rows["recipe"].tolist() == ["vae", "flow"]
    assert rows[["precision", "coverage", "copies", "draws_per_s"]].notna().all().all()
    assert rows["peak_share"].isna().all()


def test_a_flow_learns_which_half_of_a_class_is_bright(monkeypatch):
    torch.set_num_threads(1)
    steps = itertools.count()  # a step a second, so that it learns as much on every machine
    monkeypatch.setattr(others, "time", SimpleNamespace(process_time=lambda: next(steps)))
    x = scenes(200, 16, 1)[:, None]
    drawn = flow(Images(x, np.array(["upper", "lower"] * 100)[::-1], np.full(200, "")), 30, 0).draw(8, 0)
    upper = drawn[:, 0, :8].mean((1, 2)) - drawn[:, 0, 8:].mean((1, 2))
    assert np.abs(upper).mean() > 20
    assert np.sign(upper[::2]).tolist() in ([1.0] * 4, [-1.0] * 4)
    assert np.sign(upper[1::2]).tolist() == [-sign for sign in np.sign(upper[::2])]


@pytest.mark.parametrize(("side", "channels", "drawn"), [(48, 3, 64), (20, 1, 28)])
def test_images_without_classes_or_of_any_size_are_taken(tmp_path, side, channels, drawn):
    path, out = tmp_path / "some.npz", tmp_path / "rows.csv"
    np.savez(path, x=scenes(100, side, channels))
    done = asked(path, "--recipes", "default", "--out", out)
    assert done.exit_code == 0, done.output
    assert "80 images to learn from, 20 to compare with, in EfficientNet-Lite0" in done.output
    assert "trust KID's interval" in done.output
    assert np.isnan(pd.read_csv(out)["classes"].iloc[0])
    assert read_drawable(path)[0].x.shape == (80, channels, drawn, drawn)


def test_a_parquet_file_of_colour_is_taken(tmp_path):
    path, out = tmp_path / "some.parquet", tmp_path / "rows.csv"
    write_parquet(path, scenes(200, 32, 3), np.arange(200) % 2)
    done = asked(path, "--recipes", "default,plain", "--out", out)
    assert done.exit_code == 0, done.output
    assert "150 images to learn from, 50 to compare with, in classifier of 2 classes" in done.output
    assert pd.read_csv(out)["recipe"].tolist() == ["default", "plain"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--recipes", "best"], "no preset 'best'"),
        (["--data", "no.npz"], "no image"),
        (["--training", '{"bach": 8}'], "bach"),
        (["--training", "{"], "Expecting"),
    ],
)
def test_a_wrong_option_ends_with_status_2(tmp_path, words, message):
    np.savez(tmp_path / "x.npz", x=scenes(60, 28, 1))
    done = asked(tmp_path / "x.npz", *words)
    assert done.exit_code == 2
    assert message in done.output


def test_too_few_test_images_are_refused_before_training(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=scenes(60, 28, 1), x_test=scenes(5, 28, 1))
    done = asked(tmp_path / "x.npz", "--recipes", "default")
    assert done.exit_code == 2, done.output
    assert "5 test images were found; at least 6 are needed" in done.output
    np.savez(tmp_path / "x.npz", x_train=scenes(60, 28, 1), x_test=scenes(6, 28, 1))
    assert asked(tmp_path / "x.npz", "--recipes", "default").exit_code == 0


def test_rows_of_other_test_images_are_not_taken_over(tmp_path):
    out = tmp_path / "rows.csv"
    for name in ("one.npz", "other.npz"):
        np.savez(tmp_path / name, x=scenes(60, 28, 1))
    words = ("--recipes", "default", "--out", out)
    assert "default seed 0:" in asked(tmp_path / "one.npz", *words, "--training", '{"batch": 16}').output
    assert "default seed 0:" in asked(tmp_path / "one.npz", *words).output
    first = pd.read_csv(out, dtype={"data": str})["data"].tolist()
    assert "default seed 0:" not in asked(tmp_path / "one.npz", *words).output
    assert "default seed 0:" in asked(tmp_path / "other.npz", *words).output
    second = pd.read_csv(out, dtype={"data": str})["data"].tolist()
    assert len(first) == len(second) == 1
    assert first != second


def test_a_hash_of_digits_alone_is_read_as_text(tmp_path):
    row = dict.fromkeys(command.COLUMNS, 1.0) | {"features": "a", "seconds": 0.5}
    names = ("012345678912", "12345678e912")
    pd.DataFrame([row | {"data": name} for name in names]).to_csv(tmp_path / "rows.csv", index=False)
    for name in names:
        told = {"seconds": 0.5, "features": "a", "data": name}
        assert [found["data"] for found in command.earlier_rows(tmp_path / "rows.csv", told)] == [name]


@pytest.mark.parametrize(
    ("side", "classes", "message"),
    [
        (32, 2, "2 classes of images (C, H, W) (1, 28, 28), the data has 2 of (1, 32, 32)"),
        (28, 3, "2 classes of images (C, H, W) (1, 28, 28), the data has 3 of (1, 28, 28)"),
        (28, 1, "2 classes of images (C, H, W) (1, 28, 28), the data has 0 of (1, 28, 28)"),
    ],
)
def test_a_kept_classifier_of_other_images_is_refused(tmp_path, side, classes, message):
    np.savez(tmp_path / "two.npz", x=scenes(120, 28, 1), y=np.arange(120) % 2)
    train, test = read_drawable(tmp_path / "two.npz")
    judging.judge_for(train, test, tmp_path / "kept")
    np.savez(tmp_path / "other.npz", x=scenes(120, side, 1), y=np.arange(120) % classes)
    done = asked(tmp_path / "other.npz", "--recipes", "default", "--features", tmp_path / "kept")
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())


def test_the_peak_is_that_of_products_of_matrices():
    torch.set_num_threads(1)
    assert 1e9 < gemm_peak(256, 3) < 1e12
