"""A detector of one sensor, learned once."""

from datetime import date

import numpy as np
import pytest

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import calibrate
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector
from anomaly.series.span import Span, TrainingPlan
from sensors_data.series.grids.grid import Grid

SINE_PLAN = TrainingPlan("pump", 1800.0, date(2026, 3, 1), LSTMVAEDetectorConfig(recurrent=False), 0)


@pytest.fixture(scope="session")
def sine_detector() -> Detector:
    """The linear path alone, of `flow` of `a`: a sine a day with noise, twenty days of half hours."""
    values = np.sin(np.arange(960) * 2 * np.pi / 48) + np.random.default_rng(0).normal(0, 0.1, 960)
    times = np.datetime64("2026-02-10", "us") + np.arange(960) * np.timedelta64(1800, "s")
    grid = Grid(times, values[:, None].astype(np.float32), np.ones((960, 1), bool), ("flow",))
    spans = {"a": Span(grid, np.zeros(960, bool), 720)}
    return calibrate(learn_detector(SINE_PLAN, spans)[0], spans)[0]
