"""The sampler of codes, against a generator whose posterior and density can be written out."""

import pytest
import torch

from synthesis.networks.noisy import NoisyGenerator, NoisyGeneratorConfig
from synthesis.presets.catalogue import preset
from synthesis.training import step
from synthesis.training.posterior import entropy_term, posterior_codes

SPREAD = 0.3


class Linear(NoisyGenerator):
    """mean(z) = A z: images are normal with covariance A A' + spread^2."""

    def __init__(self):
        fields = preset("presgan", (1, 16, 16)).generator.model_dump() | {"latent": 3 + 256}
        super().__init__(NoisyGeneratorConfig.model_validate(fields))
        self.matrix = torch.randn(256, 3, generator=torch.Generator().manual_seed(1)) / 8

    def mean(self, z, label=None):
        return (z @ self.matrix.T).unflatten(1, (1, 16, 16))


@pytest.fixture
def drawn():
    generator, draws = Linear(), torch.Generator().manual_seed(0)
    z = torch.randn(1, 259, generator=draws).expand(2000, -1)  # one image, many chains
    return generator, z, generator(z).detach(), draws


def test_sampled_codes_have_the_mean_and_spread_of_the_posterior(drawn):
    generator, z, x, draws = drawn
    code = z[:, :3]
    for _ in range(15):
        code = posterior_codes(generator, code, x, None, draws)[-1]
    precision = torch.eye(3) + generator.matrix.T @ generator.matrix / SPREAD**2
    mean = torch.linalg.solve(precision, generator.matrix.T @ x[0].flatten() / SPREAD**2)
    assert torch.allclose(code.mean(0), mean, atol=0.05)
    assert torch.allclose(torch.cov(code.T), torch.linalg.inv(precision), atol=0.03)
    assert 0.02 < generator.step_size.item() < 1  # it grew: nearly all paths were accepted


def test_the_entropy_term_has_the_gradient_of_the_log_density(drawn):
    generator, z, x, draws = drawn
    for _ in range(10):  # the sampler finds its step size, and the chains leave the true code
        z = torch.cat([posterior_codes(generator, z[:, :3], x, None, draws)[-1], z[:, 3:]], 1)
    x.requires_grad_()
    entropy_term(generator, z, x, None, draws).backward()
    covariance = generator.matrix @ generator.matrix.T + SPREAD**2 * torch.eye(256)
    expected = -torch.linalg.solve(covariance, x[0].detach().flatten())
    assert torch.allclose(x.grad.sum(0).flatten(), expected, atol=0.25)


def test_a_step_asks_for_the_entropy_of_every_fourth_image(monkeypatch):
    counts = []

    def counted(generator, z, x, label, draws):
        counts.append((len(z), len(x)))
        return x.sum() * 0

    monkeypatch.setattr(step, "entropy_term", counted)
    given = preset("presgan", (1, 16, 16))
    draws, x = torch.Generator().manual_seed(0), torch.zeros(64, 1, 16, 16)
    step.train_step(step.initial_state(given, 0), [(x, None)], 1, 0.0, draws)
    assert counts == [(16, 16)]
