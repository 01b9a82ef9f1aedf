import math

import numpy as np
import pytest
import torch
from torch.distributions import Laplace, Normal, StudentT

from anomaly.series.lstm_vae.network import LSTMVAE, LSTMVAEConfig, principal_subspace
from anomaly.vae.reconstruction import antithetic_draws, reconstruct
from anomaly.vae.training import negative_elbo


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    """400 windows of 16 rows and 2 sensors with three strong directions and noise of .3."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(32, 3)))[0]
    codes = rng.normal(size=(400, 3)) * [4.0, 2.0, 1.5]
    return (codes @ basis.T + rng.normal(0, 0.3, (400, 32))).reshape(400, 16, 2).astype(np.float32)


def linear_model(windows: np.ndarray, **choices: object) -> LSTMVAE:
    subspace = principal_subspace(windows, keep=0.85, most=32, min_variance=1e-3)
    config = {"window": 16, "sensors": 2, "latent": subspace.axes.shape[1], "tokens": 8, "hidden": 8, **choices}
    torch.manual_seed(0)
    model = LSTMVAE(LSTMVAEConfig.model_validate(config))
    model.start_from(subspace)
    return model.eval()


def test_the_subspace_finds_the_directions_that_hold_the_variance(windows: np.ndarray) -> None:
    subspace = principal_subspace(windows, keep=0.88, most=32, min_variance=1e-3)
    assert subspace.axes.shape == (32, 3)
    assert subspace.noise == pytest.approx(0.09, rel=0.1)
    np.testing.assert_allclose(subspace.axes.T @ subspace.axes, np.eye(3), atol=1e-6)


def test_the_subspace_is_the_same_from_fewer_windows_than_values(windows: np.ndarray) -> None:
    few = principal_subspace(windows[:20], keep=0.8, most=32, min_variance=1e-3)
    flat = windows[:20].reshape(20, -1) - windows[:20].reshape(20, -1).mean(0)
    power = np.linalg.svd(flat, compute_uv=False) ** 2 / 20
    np.testing.assert_allclose(few.variances, power[: len(few.variances)], rtol=1e-4)


def test_the_subspace_has_at_most_as_many_axes_as_asked(windows: np.ndarray) -> None:
    assert principal_subspace(windows, keep=0.999, most=5, min_variance=1e-3).axes.shape[1] == 5


def test_one_window_is_too_few_for_a_subspace(windows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="at least two windows, found 1"):
        principal_subspace(windows[:1], keep=0.9, most=3, min_variance=1e-3)


def test_the_untrained_model_scores_the_exact_likelihood_of_ppca(windows: np.ndarray) -> None:
    """With q(z|x) the exact posterior, ELBO = log p(x) = log N(x; mean, W W' + noise I)."""
    model = linear_model(windows)
    x = torch.from_numpy(windows[:8])
    subspace = principal_subspace(windows, keep=0.85, most=32, min_variance=1e-3)
    extra = subspace.axes * (subspace.variances - subspace.noise) @ subspace.axes.T
    covariance = torch.as_tensor(extra + subspace.noise * np.eye(32))
    exact = torch.distributions.MultivariateNormal(torch.as_tensor(subspace.mean), covariance)
    wanted = exact.log_prob(x.flatten(1).double())
    draws = antithetic_draws(4000, model.latent, torch.Generator().manual_seed(1))
    found = reconstruct(model, x, draws)
    elbo = found.log_prob.flatten(1).sum(1) - found.kl
    torch.testing.assert_close(elbo.double(), wanted, rtol=0, atol=0.05)


def test_the_monte_carlo_score_meets_the_linear_gaussian_closed_form(windows: np.ndarray) -> None:
    """E_q log N(x; W z + b, s) = log N(x; W mu + b, s) - sum over values of diag(W V W') / 2 s, per value."""
    model = linear_model(windows, recurrent=False)
    x = torch.from_numpy(windows[:4])
    q = model.encode(x)
    out = model.get_buffer("linear_out")
    spread = (out.square() * q.variance[:, :, None]).sum(1).view(4, 16, 2)
    noise = torch.exp(2 * model.log_scale.detach())
    mean = (q.mean @ out + model.get_buffer("linear_mean")).view(4, 16, 2)
    exact = -0.5 * ((x - mean).square() + spread) / noise - 0.5 * torch.log(2 * math.pi * noise)
    draws = antithetic_draws(20_000, model.latent, torch.Generator().manual_seed(0))
    found = reconstruct(model, x, draws).log_prob
    assert (found - exact).abs().mean() < 1e-2
    assert (found - exact).flatten(1).sum(1).abs().max() < 0.1


def test_the_lstm_says_nothing_before_it_is_trained(windows: np.ndarray) -> None:
    x = torch.from_numpy(windows[:4])
    both, alone = linear_model(windows), linear_model(windows, recurrent=False)
    torch.testing.assert_close(both.encode(x).mean, alone.encode(x).mean)
    z = torch.randn(5, both.latent, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(both.decode(z).mean, alone.decode(z).mean)


def test_decoding_keeps_all_leading_dimensions(windows: np.ndarray) -> None:
    model = linear_model(windows)
    assert model.decode(torch.zeros(3, 5, model.latent)).mean.shape == (3, 5, 16, 2)
    assert model.encode(torch.from_numpy(windows[:7])).mean.shape == (7, model.latent)


@pytest.mark.parametrize(("likelihood", "kind"), [("gaussian", Normal), ("student_t", StudentT), ("laplace", Laplace)])
def test_every_likelihood_starts_with_the_noise_of_the_subspace(
    windows: np.ndarray, likelihood: str, kind: type
) -> None:
    model = linear_model(windows, likelihood=likelihood)
    p = model.decode(torch.zeros(1, model.latent))
    assert isinstance(p, kind)
    noise = principal_subspace(windows, keep=0.85, most=32, min_variance=1e-3).noise
    assert p.variance.mean().item() == pytest.approx(noise, rel=1e-4)


def test_the_lstm_may_quieten_a_row_but_never_make_it_noisier(windows: np.ndarray) -> None:
    model = linear_model(windows)
    before = model.decode(torch.zeros(1, model.latent)).variance
    with torch.no_grad():
        model.to_rows.bias.fill_(50.0)
    torch.testing.assert_close(model.decode(torch.zeros(1, model.latent)).variance, before)
    with torch.no_grad():
        model.to_rows.bias.fill_(-50.0)
    quiet = model.decode(torch.zeros(1, model.latent)).variance
    torch.testing.assert_close(quiet, before * math.exp(-4.0))


def test_a_window_that_is_no_multiple_of_the_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="window 17 must be a multiple of tokens 8"):
        LSTMVAEConfig(window=17, sensors=1, latent=1, tokens=8)


def test_the_masked_elbo_is_the_plain_one_when_all_is_observed(windows: np.ndarray) -> None:
    model, x = linear_model(windows), torch.from_numpy(windows[:16])
    noise = torch.randn(16, model.latent, generator=torch.Generator().manual_seed(0))
    q = model.encode(x)
    plain = model.decode(q.mean + q.stddev * noise).log_prob(x).flatten(1).sum(1)
    kl = torch.distributions.kl_divergence(q, Normal(0.0, 1.0)).sum(1)
    found = negative_elbo(model, x, torch.ones_like(x), 1.0, noise)
    torch.testing.assert_close(found, (kl - plain).mean())


def test_a_value_that_was_not_observed_weighs_nothing(windows: np.ndarray) -> None:
    model, x = linear_model(windows), torch.from_numpy(windows[:4])
    observed = torch.ones_like(x)
    observed[:, 3, 1] = 0
    wild = x.clone()
    wild[:, 3, 1] = 1e4
    noise = torch.zeros(4, model.latent)
    tame = negative_elbo(model, x, observed, 1.0, noise, inputs=x)
    torch.testing.assert_close(negative_elbo(model, wild, observed, 1.0, noise, inputs=x), tame)


def test_free_bits_are_a_floor_of_the_kl_of_each_code(windows: np.ndarray) -> None:
    model, x = linear_model(windows), torch.from_numpy(windows[:16])
    noise = torch.zeros(16, model.latent)
    paid = negative_elbo(model, x, torch.ones_like(x), 1.0, noise)
    floored = negative_elbo(model, x, torch.ones_like(x), 1.0, noise, free_bits=100.0)
    kl = torch.distributions.kl_divergence(model.encode(x), Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(floored - paid, 100.0 * model.latent - kl)
