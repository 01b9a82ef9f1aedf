import math
from datetime import date

import numpy as np
import pytest

from anomaly.series.files import from_bytes, to_bytes
from anomaly.series.lstm_vae.card import LSTMVAECard, LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.gain import LEAST_GAIN, mean_and_error
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.train import train_detector
from anomaly.vae.training import FitConfig
from sensors_data.series.grids.grid import Grid

ROWS = 1800
PHASE = 2 * np.pi * np.arange(ROWS) / 64


def trained(noise: np.ndarray, epochs: int) -> LSTMVAECard:
    """The card of a detector of one sensor, a sine and what is added to it."""
    values = (np.sin(PHASE) + noise)[:, None].astype(np.float32)
    times = np.datetime64("2026-01-01", "us") + np.arange(ROWS) * np.timedelta64(60, "s")
    span = Span(Grid(times, values, np.ones(values.shape, bool), ("flow",)), np.zeros(ROWS, bool), 1200)
    fit = FitConfig(epochs=epochs, learning_rate=5e-3, schedule="one-cycle", beta=1.0, warm_up=1, free_bits=0.0)
    config = LSTMVAEDetectorConfig(lengths=(1.0,), longest=64, draft_epochs=epochs, fit=fit)
    plan = TrainingPlan("pump", 60, date(2026, 1, 2), config, 0)
    detector, _ = train_detector(plan, {"a": span}, None)
    card = from_bytes(to_bytes(detector), "the file").card
    assert isinstance(card, LSTMVAECard)
    return card


def test_the_linear_path_serves_alone_where_the_lstm_adds_nothing_and_the_card_says_both_figures() -> None:
    card = trained(np.random.default_rng(0).normal(0, 0.1, ROWS), epochs=1)
    assert not any(network.recurrent for network in card.networks)
    assert not card.config.recurrent
    (gain,) = card.gains
    assert gain.low < gain.linear - gain.recurrent < gain.high < LEAST_GAIN
    assert "linear path alone (the LSTM adds -0." in card.summary


def test_the_lstm_serves_where_it_knows_which_rows_are_quiet() -> None:
    loud = np.where(np.sin(PHASE) > 0, 0.5, 0.02)
    card = trained(np.random.default_rng(0).normal(0, 1, ROWS) * loud, epochs=6)
    assert all(network.recurrent for network in card.networks)
    assert card.config.recurrent
    assert card.gains == ()
    assert "gains" not in card.model_dump()


def test_the_error_of_independent_values_is_their_deviation_over_the_root_of_their_number() -> None:
    values = np.random.default_rng(0).normal(3, 2, 400)
    mean, error = mean_and_error([values[:100], values[100:]], block=1)
    assert mean == pytest.approx(values.mean())
    assert error == pytest.approx(values.std() / 20)


def test_windows_that_overlap_say_as_much_as_the_rows_that_they_are_of() -> None:
    rows = np.random.default_rng(0).normal(0, 1, 20_000)
    windows = np.convolve(rows, np.full(16, 1 / 16), "valid")
    _, error = mean_and_error([windows], block=64)
    assert error == pytest.approx(1 / math.sqrt(20_000), rel=0.25)


@pytest.mark.parametrize(("count", "told"), [(63, False), (64, True)])
def test_fewer_windows_than_four_blocks_show_nothing(count: int, told: bool) -> None:
    values = np.random.default_rng(0).normal(size=count)
    assert math.isfinite(mean_and_error([values, np.array([np.nan] * 5)], block=16)[1]) == told
