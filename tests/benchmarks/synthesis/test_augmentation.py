"""The benchmark of batches on two plain classes: the figures are of no account here."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from benchmarks.images.splits import Images
from benchmarks.synthesis import augmentation as command


@pytest.fixture
def file(tmp_path):
    """Images of a bright half, upper or lower by turns."""
    x = np.random.default_rng(0).integers(0, 60, (160, 28, 28), dtype=np.uint8)
    x[::2, :14] += 150
    x[1::2, 14:] += 150
    y = np.arange(160) % 2
    np.savez(tmp_path / "two.npz", x_train=x[:120], y_train=y[:120], x_test=x[120:], y_test=y[120:])
    return tmp_path / "two.npz"


def asked(file, *words):
    app = command.typer.Typer()
    app.command()(command.main)
    usual = ("--data", str(file), "--seconds", "0.2", "--seeds", "2", "--shown", "128")
    return CliRunner().invoke(app, [*usual, *map(str, words)])


@pytest.mark.parametrize("learned_from", ["sister", "own"])
def test_a_row_a_seed_has_the_accuracy_of_the_four_ways(file, tmp_path, learned_from, monkeypatch):
    out, drawn = tmp_path / "rows.csv", tmp_path / "drawn.npz"
    monkeypatch.setattr(command, "COUNT", 128)
    done = asked(file, "--per-class", 20, "--learned-from", learned_from, "--out", out, "--drawn", drawn)
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(out)
    assert rows[["per_class", "images", "seed"]].to_numpy().tolist() == [[20, 40, 0], [20, 40, 1]]
    assert rows[["real", "ordinary", "batch", "both"]].apply(lambda share: share.between(0, 1)).all(axis=None)
    assert "both over ordinary" in done.output
    assert drawn.with_stem("drawn-0").is_file() == (learned_from == "sister")


def test_choices_take_generators_by_turns_and_their_batches_are_read_again(file, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "COUNT", 128)
    words = ("--per-class", 20, "--generators", 2, "--drawn", tmp_path / "drawn.npz", "--out", tmp_path / "rows.csv")
    assert asked(file, *words).exit_code == 0
    first = pd.read_csv(tmp_path / "rows.csv")
    batches = [np.load(tmp_path / f"drawn-{number}.npz")["x"] for number in (0, 1)]
    assert (batches[0] != batches[1]).any()
    monkeypatch.setattr(command, "drawn_from", None)  # what is kept is not drawn again
    assert asked(file, *words).exit_code == 0
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "rows.csv"), first)


def test_rare_classes_alone_can_be_drawn_and_the_plan_chosen_on_held_out_images(file, monkeypatch):
    monkeypatch.setattr(command, "COUNT", 128)
    done = asked(file, "--per-class", 20, "--rare-share", 0.2, "--part", "rare")
    assert "24 real images, 2 seeds: real" in done.output
    done = asked(file, "--per-class", 20, "--rare-share", 0.2, "--chosen")
    assert done.exit_code == 0, done.output
    assert "24 real images: " in done.output
    assert "drawn" in done.output


def test_the_sisters_half_has_no_image_of_the_line():
    x = np.arange(30)[:, None, None, None]
    here, sister = command.halves(Images(x, np.full(30, "a"), np.full(30, "")))
    assert sorted([*here.x.ravel(), *sister.x.ravel()]) == list(range(30))
    assert len(here) == 15


def test_a_wrong_option_ends_with_status_2(file):
    assert "--learned-from is sister or own, found aunt" in asked(file, "--learned-from", "aunt").output
    assert "--part is one of all, rare, agreed, hard, found best" in asked(file, "--part", "best").output
    done = asked(file, "--per-class", 100)
    assert done.exit_code == 2
    assert "asked for 100" in done.output
