from datetime import date

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector, spread_indices, window_lengths
from anomaly.series.lstm_vae.window_scores import score_windows
from anomaly.series.span import Span, TrainingPlan
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import Grid
from sensors_data.series.grids.windows import sliding_windows


@pytest.mark.parametrize(("count", "most"), [(0, 10), (7, 10), (10, 10), (11, 10), (2400, 1200), (100_000, 1200)])
def test_spread_indices_are_few_distinct_and_everywhere(count: int, most: int) -> None:
    found = spread_indices(count, most)
    assert 0.75 * min(count, most) <= len(found) <= min(count, most)
    assert (np.diff(found, prepend=-1, append=count) <= 2 * max(1, count / most) + 1).all()
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize("stride", [2, 3, 5])
def test_spread_indices_favour_no_phase(stride: int) -> None:
    phases = np.bincount(spread_indices(1200 * stride, 1200) % stride)
    assert phases.min() > 0.8 * 1200 / stride


def test_windows_between_those_that_were_learned_are_as_typical_as_they_are() -> None:
    starts = np.random.default_rng(0).choice(1500, 60, replace=False)
    spikes = np.isin(np.arange(1500), starts).astype(np.float32)[:, None] + 1  # 1 and 2: no command flag
    times = np.datetime64("2026-01-01", "us") + np.arange(1500) * np.timedelta64(60, "s")
    grid = Grid(times, spikes, np.ones((1500, 1), bool), ("flow",))
    config = LSTMVAEDetectorConfig(lengths=(1.0,), shortest=144, longest=144)
    plan = TrainingPlan("pump", 60, date(2026, 1, 2), config, 0)
    detector, _ = learn_detector(plan, {"a": Span(grid, np.zeros(1500, bool), 1500)})
    (network,) = detector.networks
    ready = detector.standardised(grid, "a", grid.observed)
    even, odd = (sliding_windows(ready.rows(0, 1500 - cut), 144, 2) for cut in (0, 1))
    nats = [
        float(np.median(score_windows(network.model, windows, network.prior, network.draws, 0.5).nats))
        for windows in (even, odd)
    ]
    assert nats[0] == pytest.approx(nats[1], rel=0.03)


def test_a_detector_does_not_depend_on_the_threads_of_the_linear_algebra() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(1200, 4)).astype(np.float32).cumsum(axis=0)
    times = np.datetime64("2026-01-01", "us") + np.arange(1200) * np.timedelta64(60, "s")
    grid = Grid(times, values, np.ones(values.shape, bool), ("a", "b", "c", "d"))
    config = LSTMVAEDetectorConfig(lengths=(1.0,), shortest=144, longest=144, recurrent=False)
    plan = TrainingPlan("pump", 60, date(2026, 1, 2), config, 0)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            detector, _ = learn_detector(plan, {"a": Span(grid, np.zeros(1200, bool), 1200)})
        found.append(detector.networks[0].model.get_buffer("linear_into").numpy())
    assert np.array_equal(found[0], found[1])


def test_found_faults_that_cut_a_span_into_short_pieces_shorten_its_windows() -> None:
    rows = 672
    values = np.sin(2 * np.pi * np.arange(rows) / 112).astype(np.float32)[:, None]
    times = np.datetime64("2026-01-01", "us") + np.arange(rows) * np.timedelta64(3600, "s")
    grid, config = Grid(times, values, np.ones((rows, 1), bool), ("flow",)), LSTMVAEDetectorConfig(recurrent=False)
    faults = np.zeros(rows, dtype=bool)
    assert window_lengths([Span(grid, faults, rows)], config) == [112, 224]
    faults[150::150] = True  # runs of 149 normal rows
    span = Span(grid, faults, rows)
    assert window_lengths([span], config) == [96, 112]
    detector, _ = learn_detector(TrainingPlan("site", 3600, date(2026, 1, 29), config, 0), {"a": span})
    assert [network.model.config.window for network in detector.networks] == [96, 112]


def test_gaps_shorten_windows_and_readings_that_are_too_rare_say_what_to_do() -> None:
    rows, config = 672, LSTMVAEDetectorConfig(recurrent=False)
    values = np.sin(2 * np.pi * np.arange(rows) / 112).astype(np.float32)[:, None]
    times = np.datetime64("2026-01-01", "us") + np.arange(rows) * np.timedelta64(3600, "s")

    def read(every: int, runs: int) -> Span:
        """`runs` of each `every` rows are measured, the others imputed."""
        observed = (np.arange(rows) % every < runs)[:, None]
        return Span(Grid(times, values, observed, ("flow",)), np.zeros(rows, bool), rows)

    assert window_lengths([read(50, 30)], config) == [16]
    assert window_lengths([read(200, 190)], config) == [112, 224]
    plan = TrainingPlan("site", 3600, date(2026, 1, 29), config, 0)
    with pytest.raises(UnusableError, match="as 25% of the rows are; two are needed: choose a longer step"):
        learn_detector(plan, {"a": read(4, 1)})
