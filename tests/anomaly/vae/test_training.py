from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from anomaly.series.lstm_vae.network import LSTMVAE, LSTMVAEConfig, principal_subspace
from anomaly.vae.model import VAE
from anomaly.vae.training import Examples, FitConfig, fit
from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint


def wave_examples(count: int, seed: int) -> Examples:
    """Windows of a sine of changing phase whose size follows a second sine: more than a plane can hold."""
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    x = np.sin(np.arange(16) / 16 * 4 * np.pi + phase) * (1 + 0.8 * np.sin(phase)) + rng.normal(0, 0.05, (count, 16))
    values = torch.from_numpy(x[:, :, None].astype(np.float32))
    return Examples(values, torch.ones_like(values))


def fresh_model(examples: Examples, **choices: object) -> LSTMVAE:
    subspace = principal_subspace(examples.x.numpy(), keep=0.5, most=2, min_variance=1e-3)
    sizes = {"window": 16, "sensors": 1, "latent": subspace.axes.shape[1], "tokens": 8, "hidden": 16}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LSTMVAE(LSTMVAEConfig.model_validate({**sizes, **choices}))
    model.start_from(subspace)
    return model


FAST = FitConfig(epochs=4, learning_rate=5e-3, beta=1.0, warm_up=1, free_bits=0.0)


def weights(model: VAE) -> Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.mark.parametrize(("optimizer", "rate"), [("adam", 5e-3), ("rmsprop", 5e-3), ("sgd", 2e-2)])
def test_every_optimizer_lowers_the_validation_loss(optimizer: str, rate: float) -> None:
    train, valid = wave_examples(256, 0), wave_examples(64, 1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LSTMVAE(LSTMVAEConfig(window=16, sensors=1, latent=2, tokens=8, hidden=16))  # knows nothing yet
    config = FAST.model_copy(update={"optimizer": optimizer, "learning_rate": rate})
    history = fit(model, train, valid, config, seed=0)
    assert len(history) == 4
    assert history[-1].valid_loss < history[0].valid_loss


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    train, valid = wave_examples(128, 0), wave_examples(32, 1)
    found = []
    for seed in (3, 3, 4):
        model = fresh_model(train, dropout=0.1)
        fit(model, train, valid, FAST, seed=seed)
        found.append(weights(model))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_training_leaves_the_global_random_state_as_it_was() -> None:
    train = wave_examples(64, 0)
    before = torch.get_rng_state()
    fit(fresh_model(train, dropout=0.2), train, train, FAST, seed=0)
    assert torch.equal(before, torch.get_rng_state())


def test_the_weights_kept_are_those_of_the_best_epoch() -> None:
    train, valid = wave_examples(128, 0), wave_examples(32, 1)
    wild = FitConfig(epochs=6, learning_rate=0.2, beta=1.0, warm_up=1, patience=6)
    model = fresh_model(train)
    history = fit(model, train, valid, wild, seed=0)
    best = min(history, key=lambda e: e.valid_loss)
    assert best.best
    again = fresh_model(train)
    fit(again, train, valid, wild.model_copy(update={"epochs": best.epoch}), seed=0)
    torch.testing.assert_close(weights(model), weights(again))


def test_training_stops_when_patience_is_out() -> None:
    train, valid = wave_examples(64, 0), wave_examples(32, 1)
    still = FitConfig(epochs=50, learning_rate=1e-12, patience=3, beta=1.0, warm_up=1)
    history = fit(fresh_model(train), train, valid, still, seed=0)
    assert len(history) < 50
    assert not any(epoch.best for epoch in history[-3:])


def test_the_kl_weight_rises_to_beta_over_the_warm_up() -> None:
    train = wave_examples(64, 0)
    config = FitConfig(epochs=5, beta=0.8, warm_up=4, learning_rate=1e-4)
    betas = [epoch.beta for epoch in fit(fresh_model(train), train, train, config, seed=0)]
    assert betas == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8])


def test_without_validation_all_epochs_are_made_and_the_last_weights_stay() -> None:
    train = wave_examples(64, 0)
    none = train.at(torch.arange(0))
    assert [e.best for e in fit(fresh_model(train), train, none, FAST, seed=0)] == [True] * 4


class KilledError(Exception):
    """Stands for a process that dies."""


def file_checkpoint(path: Path, die_after: int | None = None) -> Checkpoint:
    saved = []

    def write(data: bytes) -> None:
        path.write_bytes(data)
        saved.append(1)
        if len(saved) == die_after:
            raise KilledError

    return Checkpoint(lambda: path.read_bytes() if path.exists() else None, write, key="run")


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path, optimizer: str) -> None:
    train, valid = wave_examples(128, 0), wave_examples(32, 1)
    config = FAST.model_copy(update={"optimizer": optimizer, "schedule": "one-cycle"})
    whole = fresh_model(train, dropout=0.1)
    history = fit(whole, train, valid, config, seed=0)
    state = tmp_path / "state"
    with pytest.raises(KilledError):
        fit(fresh_model(train, dropout=0.1), train, valid, config, seed=0, checkpoint=file_checkpoint(state, 2))
    resumed = fresh_model(train, dropout=0.1)
    assert fit(resumed, train, valid, config, seed=0, checkpoint=file_checkpoint(state)) == history
    assert torch.equal(weights(whole), weights(resumed))


def test_the_state_of_another_run_is_not_taken_up(tmp_path: Path) -> None:
    train = wave_examples(64, 0)
    state = tmp_path / "state"
    fit(fresh_model(train), train, train, FAST, seed=0, checkpoint=file_checkpoint(state))
    other = Checkpoint(state.read_bytes, lambda data: None, key="another run")
    assert len(fit(fresh_model(train), train, train, FAST, seed=0, checkpoint=other)) == 4


class Exploding(VAE):
    """Its loss is no number from the second epoch on."""

    latent = 1

    def __init__(self, good_batches: int) -> None:
        super().__init__()
        self.left = good_batches
        self.scale = torch.nn.Parameter(torch.zeros(1))

    def encode(self, x: Tensor) -> Normal:
        return Normal(torch.zeros(len(x), 1), torch.ones(len(x), 1))

    def decode(self, z: Tensor) -> Distribution:
        if self.training:
            self.left -= 1
        size = self.scale.exp() if self.left >= 0 else self.scale * float("nan")
        return Normal(torch.zeros(len(z), 16, 1), size.expand(len(z), 16, 1), validate_args=False)


def test_a_loss_that_is_no_number_at_once_is_an_error_that_says_what_to_do() -> None:
    train = wave_examples(64, 0)
    with pytest.raises(DivergedError, match="lower learning_rate"):
        fit(Exploding(0), train, train, FAST, seed=0)


def test_a_loss_that_becomes_no_number_ends_training_at_the_best_epoch() -> None:
    train = wave_examples(64, 0)
    model = Exploding(2)
    history = fit(model, train, train, FAST, seed=0)
    assert len(history) == 2
    assert torch.isfinite(model.scale).all()


def test_progress_is_told_after_every_epoch() -> None:
    train, told = wave_examples(64, 0), []
    fit(fresh_model(train), train, train, FAST, seed=0, progress=lambda *what: told.append(what[:2]))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
