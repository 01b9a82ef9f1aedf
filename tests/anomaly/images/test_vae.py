import math

import pytest
import torch

from anomaly.images.vae import PRESETS, DiscretisedLogistic, ImageVAE, ImageVAEConfig


def model_of(**choices):
    torch.manual_seed(0)
    return ImageVAE(ImageVAEConfig.model_validate({"latent": 3, "widths": (8, 4), **choices}))


@pytest.mark.parametrize("likelihood", ["gaussian", "laplace", "bernoulli", "discretised-logistic"])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 33, 33), (1, 256, 256)])
def test_encode_and_decode_give_distributions_of_the_right_shape(shape, likelihood):
    model = model_of(shape=shape, body="convolutional", likelihood=likelihood)
    q = model.encode(torch.rand(2, *shape))
    p = model.decode(torch.randn(5, 2, 3))
    assert q.mean.shape == (2, 3)
    assert p.mean.shape == (5, 2, *shape)
    assert p.log_prob(torch.rand(2, *shape)).shape == (5, 2, *shape)


def test_the_probabilities_of_all_grey_levels_sum_to_one():
    levels = torch.arange(256) / 255
    for loc, scale in ((0.3, 0.05), (0.0, 0.5), (1.2, 0.02)):
        p = DiscretisedLogistic(torch.full((256,), loc), torch.tensor(scale))
        assert float(p.log_prob(levels).exp().sum()) == pytest.approx(1, abs=2e-3)


def test_a_grey_level_far_from_the_mean_still_has_a_finite_cost():
    p = DiscretisedLogistic(torch.zeros(1), torch.tensor(0.01))
    assert float(p.log_prob(torch.tensor([200 / 255]))) == pytest.approx(-200 / 255 / 0.01 - math.log(2.55), abs=0.1)


def test_reproducing_grey_exactly_costs_its_entropy_under_bernoulli():
    model = model_of(shape=(4,), body="dense", likelihood="bernoulli")
    cost = model.plain_cost(torch.tensor([[0.5, 0.25, 0.0, 1.0]]))[0].tolist()
    quarter = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert cost == pytest.approx([math.log(2), quarter, 0, 0], abs=1e-4)


def test_reproducing_exactly_is_the_likeliest_reconstruction():
    x = torch.rand(4, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    for likelihood in ("gaussian", "laplace", "bernoulli"):
        model = model_of(shape=(1, 16, 16), body="convolutional", likelihood=likelihood)
        assert (-model.decode(model.encode(x).mean).log_prob(x) >= model.plain_cost(x) - 1e-5).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_a_whole_model(preset):
    model = ImageVAE(ImageVAEConfig.model_validate({"shape": (1, 28, 28), **PRESETS[preset]}))
    x = torch.rand(2, 1, 28, 28)
    assert torch.isfinite(model.decode(model.encode(x).mean).log_prob(x)).all()


def test_six_dense_layers_are_six():
    model = ImageVAE(ImageVAEConfig.model_validate({"shape": (1, 28, 28), **PRESETS["dense-six"]}))
    assert sum(isinstance(layer, torch.nn.Linear) for layer in model.modules()) == 6


def test_more_stages_than_pixels_are_refused():
    with pytest.raises(ValueError, match="halve"):
        model_of(shape=(1, 16, 16), body="convolutional", widths=(4,) * 5)


def test_a_convolution_over_features_is_refused():
    with pytest.raises(ValueError, match="pixels"):
        model_of(shape=(16,), body="convolutional")
