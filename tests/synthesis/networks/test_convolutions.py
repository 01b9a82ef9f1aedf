import pytest
import torch
from torch import nn

from synthesis.networks.convolutions import same_convolution, same_transposed


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_convolution_gives_the_size_over_the_stride_and_a_transposed_one_times_it(kernel, stride):
    x = torch.zeros(1, 2, 7, 7)
    assert nn.Sequential(*same_convolution(2, 3, kernel, stride, 7, True))(x).shape == (1, 3, *[-(-7 // stride)] * 2)
    assert nn.Sequential(*same_transposed(2, 3, kernel, stride, True))(x).shape == (1, 3, 7 * stride, 7 * stride)
