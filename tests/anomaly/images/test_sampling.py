import numpy as np
import torch

from anomaly.images.sampling import interpolated, noised, reconstructed, sampled
from anomaly.images.vae import ImageVAE, ImageVAEConfig

torch.manual_seed(0)
MODEL = ImageVAE(ImageVAEConfig(shape=(1, 8, 8), latent=2, widths=(6,), likelihood="bernoulli")).eval()
X = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_the_ends_of_an_interpolation_are_the_two_reconstructions():
    strip = interpolated(MODEL, X[0], X[1], 5)
    assert strip.shape == (5, 1, 8, 8)
    assert (strip[[0, -1]] == reconstructed(MODEL, X[:2])).all()


def test_no_noise_on_the_code_is_the_reconstruction():
    assert (noised(MODEL, X, 0.0, torch.Generator()) == reconstructed(MODEL, X)).all()


def test_the_same_seed_draws_the_same_images():
    codes = torch.randn(50, 2, generator=torch.Generator().manual_seed(1))
    first, second = (sampled(MODEL, codes, 4, torch.Generator().manual_seed(7)) for _ in range(2))
    assert first.dtype == np.uint8
    assert (first == second).all()
