import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from benchmarks.series import plain_lstm_vae
from benchmarks.series.methods import method
from benchmarks.series.worst import worst


def plant(seed: int = 0) -> NDArray[np.float64]:
    """Two sensors with a cycle of 40 rows; the first is shifted in rows 600 to 640."""
    t = np.arange(800)
    cycle = np.sin(2 * np.pi * t / 40)[:, None] * [1.0, 2.0]
    values = cycle + np.random.default_rng(seed).normal(0, 0.1, (800, 2))
    values[600:640, 0] += 3
    return values


@pytest.mark.parametrize("name", ["nightscore", "plain-lstm-vae"])
def test_a_detector_scores_every_row_and_the_shifted_ones_highest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_lstm_vae, "MAX_FIT_WINDOWS", 100)
    chosen, values = method(name), plant()
    model = chosen.fit(values[:500], 0)
    score, limit = chosen.score(model, values)
    assert score.shape == (800,)
    assert np.isfinite(score).all()
    assert 590 <= int(score.argmax()) < 650
    assert score[610:630].min() > limit


def test_told_rows_are_those_of_the_fault_and_few_others() -> None:
    chosen, values = method("nightscore-told"), plant()
    score, limit = chosen.score(chosen.fit(values[:500], 0), values)
    over = np.flatnonzero(score[500:] > limit) + 500
    assert over.min() == pytest.approx(600, abs=3)
    assert over.max() == pytest.approx(639, abs=3)
    assert len(over) >= 36


def test_nightscore_keeps_quiet_where_nothing_happens() -> None:
    chosen, values = method("nightscore"), plant()
    score, limit = chosen.score(chosen.fit(values[:500], 0), values[:500])
    assert score.max() < limit


def test_the_worst_series_come_first() -> None:
    rows = [
        {"name": name, "method": method, "seed": seed, "vus_pr": area}
        for name, method, seed, area in [
            ("a", "nightscore", 0, 0.9),
            ("b", "nightscore", 0, 0.3),
            ("b", "nightscore", 1, 0.5),
            ("c", "nightscore", 0, np.nan),
            ("a", "ppca", 0, 0.0),
            ("d", "nightscore", 0, 0.2),
        ]
    ]
    found = worst(pd.DataFrame(rows), 2)
    assert found.to_dict() == pytest.approx({"d": 0.2, "b": 0.4})
