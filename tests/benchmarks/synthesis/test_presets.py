"""Presets through whole epochs of a hundred images: the figures are of no account here."""

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from benchmarks.synthesis import judging
from benchmarks.synthesis import presets as command
from synthesis.presets.catalogue import preset
from synthesis.quality import extractors as features


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A file of images of a bright half, upper or lower by turns, and a classifier of little training."""
    trained = features.train_classifier
    monkeypatch.setattr(features, "train_classifier", lambda x, y, seed, shown: trained(x, y, seed, 500))
    monkeypatch.setattr(judging, "MIN_IMAGES", 64)
    monkeypatch.setattr(judging, "frechet_distance", lambda real, drawn: 1.0)
    x = np.random.default_rng(0).integers(0, 60, (300, 28, 28), dtype=np.uint8)
    x[::2, :14] += 150
    x[1::2, 14:] += 150
    path = tmp_path / "halves.npz"
    np.savez(path, x_train=x[:220], y_train=np.arange(220) % 2, x_test=x[220:], y_test=np.arange(80) % 2)
    return path


def asked(data, *words):
    app = typer.Typer()
    app.command()(command.main)
    out = ["--out", str(data.parent / "rows.csv"), "--sheets", str(data.parent / "sheets")]
    return CliRunner().invoke(app, ["--data", str(data), *out, *map(str, words)])


def test_every_snapshot_is_a_row_the_best_is_judged_and_a_second_run_leaves_it_alone(data):
    words = ("--presets", "default,conditional", "--epochs", 2, "--snapshots", 2, "--training", '{"batch": 20}')
    first = asked(data, *words)
    assert first.exit_code == 0, first.output
    rows = pd.read_csv(data.parent / "rows.csv")
    assert rows["preset"].tolist() == ["default", "default", "conditional", "conditional"]
    assert rows["images"].tolist() == [220, 440, 220, 440]  # of 156 learned from: 64 are held out
    assert rows["epochs"].tolist() == pytest.approx([220 / 156, 440 / 156] * 2)
    assert rows["generator"].iloc[0] == 134_528 + 2 * 64 * 49
    assert rows.groupby("preset")["best"].sum().tolist() == [1, 1]
    assert rows["recall"].notna().tolist() == rows["best"].tolist()
    assert {p.name for p in (data.parent / "sheets").iterdir()} == {"default.png", "conditional.png", "curves.png"}
    assert "images in all" not in asked(data, *words).output
    assert pd.read_csv(data.parent / "rows.csv").equals(rows)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--presets", "best"), "no preset 'best'"),
        (("--presets", "sngan"), "sngan draws square images whose side 8 divides"),
        (("--presets", "plain", "--training", '{"pace": 1}'), "pace"),
    ],
)
def test_what_cannot_be_trained_ends_with_status_2(data, words, message):
    done = asked(data, *words)
    assert done.exit_code == 2
    assert message in done.output


def test_counts_that_a_source_states_are_held(monkeypatch):
    monkeypatch.setitem(command.PUBLISHED, "dip-mnist", (1, 2))
    with pytest.raises(ValueError, match=r"dip-mnist has \(5593345, 294113\) parameters, its source states \(1, 2\)"):
        command.counted(preset("dip-mnist", (1, 28, 28)))
