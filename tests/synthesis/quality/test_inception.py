"""Inception-v3 against torch-fidelity 0.4.0: the numbers are its FeatureExtractorInceptionV3's on the same weights."""

import hashlib

import numpy as np
import pytest
import torch

from synthesis.quality import inception
from synthesis.quality.extractors import Extractor, inception_extractor
from synthesis.quality.gate import Batch, fid
from synthesis.quality.inception import Inception, published_inception, resized_like_tensorflow, with_weights


def drawn_weight(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> torch.Tensor:
    """A weight that keeps the size of what it is multiplied with."""
    x = rng.standard_normal(shape).astype(np.float32)
    if name.endswith("running_var"):
        x = np.abs(x) * 0.1 + 1
    elif name.endswith("bn.weight"):
        x = 1 + 0.1 * x
    elif name.endswith(("bn.bias", "running_mean")):
        x = 0.1 * x
    elif x.ndim > 1:
        x = x * np.float32((2 / np.prod(shape[1:])) ** 0.5)
    return torch.from_numpy(np.ascontiguousarray(x))


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    """Weights from a seed under the published names."""
    rng = np.random.default_rng(0)
    shapes = {name.removeprefix("maps."): tensor.shape for name, tensor in Inception().state_dict().items()}
    return {
        name: torch.tensor(0) if name.endswith("tracked") else drawn_weight(name, tuple(shapes[name]), rng)
        for name in sorted(shapes)
    }


def test_names_and_parameters_are_those_of_the_published_file(weights):
    assert len(weights) == 566
    assert sum(p.numel() for p in Inception().parameters()) == 23_850_960
    assert weights["fc.weight"].shape == (1008, 2048)
    assert weights["Mixed_6b.branch7x7dbl_4.conv.weight"].shape == (128, 128, 7, 1)
    assert weights["Mixed_7c.branch_pool.bn.running_var"].shape == (192,)


def test_features_are_the_reference_implementations(weights):
    x = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 3, 32, 32), dtype=np.uint8))
    with torch.no_grad():
        found = with_weights(weights)(x.float() / 255)
    assert found.shape == (2, 2048)
    assert found[0, :4].tolist() == pytest.approx([0.6194, 0.7974, 0.0389, 0.5193], abs=1e-3)
    assert found.sum(1).tolist() == pytest.approx([535.2394, 537.2673], abs=0.05)
    assert found.std(1).tolist() == pytest.approx([0.3471, 0.3484], abs=1e-3)


def test_images_grow_as_tensorflow_1_let_them_grow():
    grown = resized_like_tensorflow(torch.tensor([[[[0.0, 4.0], [8.0, 12.0]]]]), 4)
    assert grown[0, 0].tolist() == [[0, 2, 4, 4], [4, 6, 8, 8], [8, 10, 12, 12], [8, 10, 12, 12]]


def test_only_the_published_file_is_taken(weights, tmp_path, monkeypatch):
    path = tmp_path / "weights.pth"
    with pytest.raises(LookupError, match=r"there is no .*weights.pth; name the file pt_inception-2015-12-05"):
        published_inception(path)
    torch.save(weights, path)
    with pytest.raises(ValueError, match=r"holds other weights \(sha256 .*, wanted 6726825d0af5...\)"):
        published_inception(path)
    monkeypatch.setattr(inception, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    found = inception_extractor(path)
    assert found.name == "Inception-v3 2015-12-05 6726825d0af5"
    assert found.of(torch.rand(1, 1, 28, 28))[0].shape == (1, 2048)


def test_an_fid_is_told_with_its_number_of_images_and_wants_enough_of_them():
    def shades(count: int, low: int) -> np.ndarray:
        return np.random.default_rng(low).integers(low, low + 50, (count, 1, 4, 4), dtype=np.uint8)

    pixels = Extractor("pixels", lambda x: (x.flatten(1), None))
    row = fid(Batch(shades(2048, 0), shades(2000, 100), shades(300, 100), False), pixels)
    assert (row.measure, row.images, row.features, row.passed) == ("fid", 2048, "pixels", True)
    assert row.value == pytest.approx(16 * (100 / 255) ** 2, rel=0.02)
    assert row.reason.startswith("2,048 real images; published ones are mostly of 50,000")
    with pytest.raises(ValueError, match="an FID of 2,047 images is biased; draw at least 2,048"):
        fid(Batch(shades(2047, 0), shades(10, 0), shades(10, 0), False), pixels)
