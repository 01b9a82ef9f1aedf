import os
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly.images import backbone as backbones
from anomaly.images.backbone import backbone, keep_backbone, open_backbone
from anomaly.images.features import FeatureConfig, represent
from anomaly.images.files import load_for
from anomaly.images.jobs import image_detector_config, score_images, train_images
from sensors_data.camera_job import ingest_images
from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.places import backbone_path
from sensors_data.retention import Retention
from sensors_data.settings import settings_in
from sensors_data.simulation.camera import write_camera
from sensors_data.store import Store
from sensors_data.upkeep.cleaning import removable

onnx = pytest.importorskip("onnx", reason="the packages for development are not installed")
pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

FIRST, DAYS = date(2026, 3, 2), 4
LAST = FIRST + timedelta(days=DAYS - 1)


def network(nodes: list, outputs: list[str], shape=("batch", 3, "height", "width"), channels=4, patch=8) -> bytes:
    """An ONNX file: a convolution of non-overlapping patches to `maps`, then `nodes`, of which `outputs` are given."""
    weight = np.random.default_rng(0).normal(size=(channels, 3, patch, patch)).astype(np.float32) / patch
    helper = onnx.helper
    maps = helper.make_node("Conv", ["x", "weight"], ["maps"], strides=[patch, patch])
    constants = {"flat": np.array([1, channels, -1]), "cls": np.full((1, 1, channels), 9.0, np.float32)}
    graph = helper.make_graph(
        [maps, *nodes],
        "eye",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs],
        [onnx.numpy_helper.from_array(a, name) for name, a in {"weight": weight, **constants}.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def node(kind: str, inputs: list[str], output: str, **attributes):
    return onnx.helper.make_node(kind, inputs, [output], **attributes)


POOLED = node("GlobalAveragePool", ["maps"], "pooled")
TOKENS = [
    node("Reshape", ["maps", "flat"], "flattened"),
    node("Transpose", ["flattened"], "places", perm=[0, 2, 1]),
    node("Concat", ["cls", "places"], "tokens", axis=1),
]


@pytest.fixture
def put(tmp_path):
    def write(data: bytes, name: str = "eye.onnx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_tokens_without_that_of_the_class_lie_as_the_map_does(put):
    of_map = backbone(open_backbone(put(network([POOLED], ["maps", "pooled"]))))
    of_tokens = backbone(open_backbone(put(network(TOKENS, ["tokens"]), "tokens.onnx")))
    x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    (level,), (places,) = of_map.maps(x, 4), of_tokens.maps(x, 4)
    assert level.shape == (2, 4, 4, 4)
    assert torch.equal(level, places)
    assert torch.allclose(of_map.maps(x, 2)[0], torch.nn.functional.avg_pool2d(level, 2))


def test_an_image_is_seen_alike_alone_and_among_others_at_the_networks_own_size(put):
    sha256 = open_backbone(put(network([], ["maps"], (1, 3, 64, 64))))
    config = FeatureConfig(kind="patches", side=96, stride=16, fine=True, backbone=sha256)
    images = np.random.default_rng(1).integers(0, 255, (3, 1, 40, 40), np.uint8)
    (features,) = represent(images, config)
    assert features.shape == (3, 36, 8)  # four channels of two views
    assert torch.equal(represent(images[1:2], config)[0][0], features[1])
    assert not config.of_two_scales


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no network at all", "is no network that onnxruntime can run"),
        (network([POOLED], ["pooled"]), "gives pooled .*export it with maps"),
        (network([], ["maps"], (1, 1, 32, 32)), r"takes x tensor\(float\) \[1, 1, 32, 32\]"),
        (network([], ["maps"], (8, 3, 32, 32)), "one input of float images"),
        (network([], ["maps"], (1, 3, 32, 64)), "takes images of 64 x 32 pixels"),
    ],
    ids=["text", "no places", "grey", "batch of eight", "oblong"],
)
def test_what_does_not_describe_images_by_maps_is_refused(data, words, put):
    with pytest.raises(UnusableError, match=words):
        open_backbone(put(data))


def test_a_file_that_is_not_there_or_was_not_opened_is_named(tmp_path):
    with pytest.raises(NotThereError, match=r"no network at .*none\.onnx"):
        open_backbone(tmp_path / "none.onnx")
    with pytest.raises(NotThereError, match=r"0{12}, which was not opened"):
        represent(np.zeros((1, 1, 32, 32), np.uint8), FeatureConfig(kind="patches", side=32, backbone="0" * 64))


@pytest.fixture
def settings(tmp_path, put):
    put(network([], ["maps"]))
    write_camera(tmp_path / "inbox", 0, FIRST, DAYS, parts=20)
    text = """store = "store"
[cameras.press]
inbox = "inbox"
backbone = "eye.onnx"
detector = { steps = 30, folds = 1, features = { side = 32, mirrors = 1 } }
"""
    made = settings_in(text, tmp_path / "settings.toml", "settings.toml")
    for number in range(DAYS):
        ingest_images(made, FIRST + timedelta(days=number), "press")
    return made


def test_a_camera_is_scored_by_its_own_network_from_the_store_alone(settings, tmp_path, monkeypatch):
    line = train_images(settings, LAST, "press")
    store = Store(settings.store)
    sha256 = load_for(store, "press", LAST).card.config.features.backbone
    assert f"VAE over patches of your own network {sha256[:12]}" in line
    assert store.read_bytes(backbone_path(sha256)) == (tmp_path / "eye.onnx").read_bytes()
    (tmp_path / "eye.onnx").unlink()
    monkeypatch.setattr(backbones, "_OPENED", {})
    assert f"scored press {LAST}: 24 images" in score_images(settings, LAST, "press")
    monkeypatch.setattr(backbones, "_OPENED", {})
    store.write_bytes(backbone_path(sha256), network(TOKENS, ["tokens"]))
    with pytest.raises(DamagedError, match=f"{sha256}.onnx"):
        score_images(settings, LAST, "press")
    store.remove(backbone_path(sha256))
    with pytest.raises(NotThereError, match="train again with: train-images"):
        score_images(settings, LAST, "press")


def test_a_file_that_changed_after_it_was_opened_is_not_kept(settings, tmp_path):
    store, path = Store(settings.store), tmp_path / "eye.onnx"
    sha256 = open_backbone(path)
    path.write_bytes(network(TOKENS, ["tokens"]))
    with pytest.raises(UnusableError, match="changed while it was used"):
        keep_backbone(store, path, sha256)
    assert not store.exists(backbone_path(sha256))


def test_a_network_of_your_own_describes_patches(settings):
    camera = settings.camera("press").model_copy(update={"detector": {"features": {"kind": "pixels"}}})
    with pytest.raises(UnusableError, match="describes patches; the kind is pixels"):
        image_detector_config(settings.model_copy(update={"cameras": {"press": camera}}), "press")


def test_a_cleaning_removes_a_network_that_no_model_names_once_it_is_old(settings, tmp_path):
    train_images(settings, LAST, "press")
    store = Store(settings.store)
    used = load_for(store, "press", LAST).card.config.features.backbone
    unused = "0" * 64
    store.write_bytes(backbone_path(unused), b"a network of an earlier model")
    places = [backbone_path(unused), backbone_path(used)]
    assert list(removable(store, Retention(), LAST)) == []
    for place in places:
        os.utime(Path(store.root) / place, (time.time() - 31 * 86_400,) * 2)
    assert list(removable(store, Retention(), LAST)) == places[:1]
    (model,) = (Path(store.root) / "models" / "images").rglob("*.safetensors")
    model.write_bytes(b"damaged")
    assert list(removable(store, Retention(), LAST)) == []
