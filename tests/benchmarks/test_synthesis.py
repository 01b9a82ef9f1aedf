"""The benchmark of generators on files of every format, a part of a second each."""

import io

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from benchmarks import synthesis as command
from benchmarks import synthesis_run
from benchmarks.synthesis_run import gemm_peak, quality_of
from synthesis import features

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A classifier of little training, few drawn images: the figures are of no account here."""
    trained = features.train_classifier
    monkeypatch.setattr(features, "train_classifier", lambda x, y, seed, shown: trained(x, y, seed, 500))
    monkeypatch.setattr(synthesis_run, "MIN_IMAGES", 64)
    monkeypatch.setattr(synthesis_run, "frechet_distance", lambda real, drawn: 1.0)


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
    assert {p.name for p in (tmp_path / "s").iterdir()} == {"default-0.png", "capstone-mnist-0.png"}
    assert "seed 0:" not in asked(path, *words).output
    assert pd.read_csv(out).equals(rows)


@pytest.mark.parametrize(("side", "channels", "drawn"), [(48, 3, 64), (20, 1, 28)])
def test_images_without_classes_or_of_any_size_are_taken(tmp_path, side, channels, drawn):
    path, out = tmp_path / "some.npz", tmp_path / "rows.csv"
    np.savez(path, x=scenes(100, side, channels))
    done = asked(path, "--recipes", "default", "--out", out)
    assert done.exit_code == 0, done.output
    assert "80 images to learn from, 20 to compare with, in EfficientNet-Lite0" in done.output
    assert "trust KID's interval" in done.output
    assert np.isnan(pd.read_csv(out)["classes"].iloc[0])
    assert command.read_images(path)[0].x.shape == (80, channels, drawn, drawn)


def test_a_parquet_file_of_colour_is_taken(tmp_path):
    path, out = tmp_path / "some.parquet", tmp_path / "rows.csv"
    write_parquet(path, scenes(200, 32, 3), np.arange(200) % 2)
    done = asked(path, "--recipes", "default,plain", "--out", out)
    assert done.exit_code == 0, done.output
    assert "150 images to learn from, 50 to compare with, in classifier of 2 classes" in done.output
    assert pd.read_csv(out)["recipe"].tolist() == ["default", "plain"]


@pytest.mark.parametrize(
    ("words", "message"), [(["--recipes", "best"], "no preset 'best'"), (["--data", "no.npz"], "no image")]
)
def test_a_wrong_option_ends_with_status_2(tmp_path, words, message):
    np.savez(tmp_path / "x.npz", x=scenes(60, 28, 1))
    done = asked(tmp_path / "x.npz", *words)
    assert done.exit_code == 2
    assert message in done.output


def test_the_peak_is_that_of_products_of_matrices():
    torch.set_num_threads(1)
    assert 1e9 < gemm_peak(256, 3) < 1e12
    assert quality_of.__doc__
