"""The benchmark of image detectors on small files of every kind: the figures are of no account here."""

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from benchmarks.images import __main__ as command
from benchmarks.images.data import read_images
from benchmarks.images.methods import WIDE, falls_short, pca

RNG = np.random.default_rng(0)


def halves(count, height=12, width=12):
    """Images of a bright half, upper or lower by turns, (N, H, W) uint8."""
    x = RNG.integers(0, 60, (count, height, width), dtype=np.uint8)
    x[::2, : height // 2] += 150
    x[1::2, height // 2 :] += 150
    return x


def asked(path, *words):
    app = typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, ["--data", str(path), "--methods", "knn,pca", *map(str, words)])


def test_images_that_are_no_squares_are_made_so(tmp_path):
    np.savez(tmp_path / "a.npz", x=halves(120, 10, 14), y=np.arange(120) % 2)
    done = asked(tmp_path / "a.npz", "--out", tmp_path / "rows.csv")
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(tmp_path / "rows.csv")
    kinds = {"0", "1", "unknown-digits", "unknown-noise", "unknown-flat", "unknown-inverted"}
    assert set(rows["class"]) == kinds
    assert read_images(tmp_path / "a.npz").x.shape == (120, 1, 14, 14)


def test_classes_too_rare_to_learn_or_to_test_are_left_out_and_named(tmp_path):
    y = np.array(["a", "b"] * 40 + ["rare"] * 10)
    x, test = halves(90), np.array(["a", "b", "rare"] * 10)
    x_train, y_train = np.concatenate([x, halves(30)]), np.concatenate([y, ["untested"] * 30])
    np.savez(tmp_path / "a.npz", x_train=x_train, y_train=y_train, x_test=halves(30), y_test=test)
    done = asked(tmp_path / "a.npz", "--out", tmp_path / "rows.csv")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "rare (10 to train on, 10 and 20 others to test)" in said
    assert "untested (30 to train on, 0 and 30 others to test)" in said
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert {name for name in rows["class"] if not name.startswith("unknown-")} == {"a", "b"}


@pytest.mark.parametrize("labels", [{}, {"y": np.zeros(60)}])
def test_without_classes_only_the_known_are_told_from_the_unknown(tmp_path, labels):
    np.savez(tmp_path / "a.npz", x=halves(60), **labels)
    done = asked(tmp_path / "a.npz", "--methods", "nightscore,knn", "--seeds", 1, "--out", tmp_path / "rows.csv")
    assert done.exit_code == 0, done.output
    assert "no class can be told from another here" in " ".join(done.output.split())
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert rows["class"].str.startswith("unknown-").all()
    assert rows["auroc"].notna().all()


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"x": halves(20)}, "has 12 images to train on and 8 to test; at least 20 and 1 are needed"),
        ({"x": halves(60), "y": np.eye(60)}, "y has the shape (60, 60)"),
        ({"z": halves(60)}, "holds no array x, x_train or x_test"),
    ],
)
def test_a_file_of_no_use_ends_with_status_2(tmp_path, held, message):
    np.savez(tmp_path / "a.npz", **held)
    done = asked(tmp_path / "a.npz")
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_principal_axes_of_wide_images_are_those_of_all_of_them():
    smooth = np.kron(RNG.normal(size=(80, 3, 8, 8)), np.ones((5, 5))) + RNG.normal(0, 0.3, (80, 3, 40, 40))
    x = np.rint(128 + 40 * smooth).clip(0, 255).astype(np.uint8)
    assert x[0].size > WIDE
    flat = x.reshape(80, -1) / 255
    apart = flat - flat[:60].mean(0)
    axes = np.linalg.svd(apart[:60], full_matrices=False)[2][:32]
    exact = np.square(apart[60:] - apart[60:] @ axes.T @ axes).sum(1)
    assert pca(x[:60], x[60:], 0)["pca-32"].score == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize(
    ("ours", "nearest", "short"),
    [(0.9, 0.8, False), (0.8, 0.9, True), (0.9, 0.9, True), (1.0, 1.0, False), (np.nan, 0.9, False)],
)
def test_a_tie_is_a_failure_unless_both_are_perfect(ours, nearest, short):
    assert falls_short(ours, nearest) is short
