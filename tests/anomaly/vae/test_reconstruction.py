import numpy as np
import pytest
import torch

from anomaly.series.lstm_vae.level_prior import LevelPrior, split_level
from anomaly.series.lstm_vae.network import LSTMVAE, LSTMVAEConfig, principal_subspace
from anomaly.series.lstm_vae.scoring import reconstruct_windows
from anomaly.series.lstm_vae.window_scores import covering, overlap, score_windows
from anomaly.vae.reconstruction import antithetic_draws, fill_missing, reconstruct
from sensors_data.series.grids.windows import Windows

PRIOR = LevelPrior(np.zeros(2), np.ones(2))


@pytest.fixture(scope="module")
def model() -> LSTMVAE:
    rng = np.random.default_rng(0)
    x = np.sin(np.arange(16)[None, :, None] / 3 + rng.uniform(0, 6, (300, 1, 1)) + np.array([0, 1])).astype(np.float32)
    subspace = principal_subspace(x + rng.normal(0, 0.1, x.shape), 0.9, 8, 1e-3)
    torch.manual_seed(0)
    model = LSTMVAE(LSTMVAEConfig(window=16, sensors=2, latent=subspace.axes.shape[1], tokens=8, hidden=8))
    model.start_from(subspace)
    with torch.no_grad():
        torch.nn.init.normal_(model.to_rows.weight, 0, 0.05)
    return model.eval()


def windows_of(count: int, seed: int = 1) -> Windows:
    values = np.random.default_rng(seed).normal(size=(count, 16, 2)).astype(np.float32)
    return Windows(values, np.ones(values.shape, bool), np.arange(count) + 16)


def draws_of(model: LSTMVAE, count: int = 4) -> torch.Tensor:
    return antithetic_draws(count, model.latent, torch.Generator().manual_seed(0))


def test_draws_differ_and_come_in_opposite_pairs() -> None:
    draws = antithetic_draws(6, 3, torch.Generator().manual_seed(0))
    assert draws.shape == (6, 3)
    assert len(torch.unique(draws, dim=0)) == 6
    torch.testing.assert_close(draws[:3], -draws[3:])


@pytest.mark.parametrize("draws", [2, 5])
@pytest.mark.parametrize(("likelihood", "recurrent"), [("gaussian", True), ("gaussian", False), ("student_t", True)])
def test_windows_are_reconstructed_as_the_models_own_distributions_say(
    model: LSTMVAE, likelihood: str, recurrent: bool, draws: int
) -> None:
    other = LSTMVAE(model.config.model_copy(update={"likelihood": likelihood, "recurrent": recurrent}))
    other.load_state_dict(model.state_dict(), strict=recurrent)
    x = torch.from_numpy(windows_of(40).values)
    drawn = draws_of(other, draws)
    slow, quick = reconstruct(other.eval(), x, drawn), reconstruct_windows(other, x, drawn)
    for name in ("log_prob", "expected", "kl"):
        torch.testing.assert_close(getattr(quick, name), getattr(slow, name), rtol=2e-5, atol=2e-5)


def test_scores_do_not_depend_on_the_batch_size(model: LSTMVAE) -> None:
    windows = windows_of(70)
    found = [score_windows(model, windows, PRIOR, draws_of(model), 0.5, batch).nats for batch in (1, 7, 64, 256)]
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-5, atol=1e-6)


def test_a_window_scores_the_same_bits_whatever_else_is_scored(model: LSTMVAE) -> None:
    windows = windows_of(300)
    together = score_windows(model, windows, PRIOR, draws_of(model), 0.5)
    for alone in (0, 17, 255, 256, 299):
        one = score_windows(model, windows.where(np.arange(300) == alone), PRIOR, draws_of(model), 0.5)
        assert one.nats[0] == together.nats[alone]
        assert np.array_equal(one.sensor_nats[0], together.sensor_nats[alone])


def test_scores_are_the_same_bits_on_one_thread_and_on_two(model: LSTMVAE) -> None:
    windows, before = windows_of(40), torch.get_num_threads()
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(score_windows(model, windows, PRIOR, draws_of(model), 0.5).nats)
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    assert np.array_equal(found[0], found[1])


def test_a_window_with_too_little_measured_has_no_score(model: LSTMVAE) -> None:
    windows = windows_of(3)
    observed = windows.observed.copy()
    observed[0, :9] = False  # 7 of 16 rows are left
    observed[1, :8] = False  # 8 of 16
    observed[2, :, 0] = False  # one sensor lost, every row still measured
    nats = score_windows(model, Windows(windows.values, observed, windows.ends), PRIOR, draws_of(model), 0.5).nats
    assert np.isnan(nats).tolist() == [True, False, False]


def test_what_was_not_observed_is_charged_to_nobody(model: LSTMVAE) -> None:
    windows = windows_of(2)
    observed = windows.observed.copy()
    observed[:, 4, 1] = False
    found = score_windows(model, Windows(windows.values, observed, windows.ends), PRIOR, draws_of(model), 0.5)
    assert (found.sensor_nats[:, 4, 1] == 0).all()
    assert (found.sensor_nats[:, 4, 0] != 0).all()


def test_the_nats_of_a_window_are_its_negative_elbo_and_level_a_value(model: LSTMVAE) -> None:
    windows = windows_of(5)
    shape, level = split_level(windows.values)
    x, draws = torch.from_numpy(shape), draws_of(model)
    q = model.encode(x)
    p = model.decode(q.mean + q.stddev * draws[:, None])
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1)
    elbo = p.log_prob(x).mean(0).flatten(1).sum(1) - kl
    wanted = (-elbo.detach().numpy() + 0.5 * (level**2).sum(1)) / 32
    found = score_windows(model, windows, PRIOR, draws, 0.5).nats
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_missing_values_are_filled_near_to_what_they_were(model: LSTMVAE) -> None:
    x = torch.sin(torch.arange(16)[None, :, None] / 3 + torch.tensor([0.0, 1.0]))
    missing = torch.zeros_like(x, dtype=torch.bool)
    missing[0, 5:8, 0] = True
    filled = fill_missing(model, torch.where(missing, 0.0, x), missing, rounds=8)
    assert (filled - x)[missing].abs().max() < 0.25
    assert torch.equal(filled[~missing], x[~missing])


def test_overlap_averages_the_windows_that_cover_a_row() -> None:
    parts = np.array([[1.0] * 4, [3.0] * 4, [8.0] * 4])[None, :, :, None]  # windows of 4 rows, one every 2
    mean = overlap(parts, np.ones((1, 3, 1), bool), tokens=2, rows=8)
    assert mean[0, :, 0].tolist() == [1, 1, 2, 2, 5.5, 5.5, 8, 8]


def test_overlap_leaves_out_windows_that_say_nothing() -> None:
    parts = np.array([[1.0] * 4, [np.nan] * 4, [np.nan] * 4])[None, :, :, None]
    mean = overlap(parts, np.array([[[True], [False], [False]]]), tokens=2, rows=8)
    assert mean[0, :4, 0].tolist() == [1, 1, 1, 1]
    assert np.isnan(mean[0, 4:]).all()


def test_overlap_gives_the_last_rows_that_are_asked_for_of_every_asset() -> None:
    parts = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])[..., None]
    assert overlap(parts, np.ones((2, 2, 1), bool), tokens=2, rows=2)[..., 0].tolist() == [[2.5, 4], [6.5, 8]]


def test_covering_sums_what_is_said_of_the_newest_windows_over_each_token() -> None:
    windows = np.array([[1, 10, 100]])
    assert covering(windows, tokens=2).tolist() == [[1, 11, 110, 100]]
    assert covering(windows, tokens=2, newest=1).tolist() == [[0, 1, 10, 100]]
