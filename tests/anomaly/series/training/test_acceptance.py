"""What no detector may be, whatever it is compared with, and how far a training may move the limit."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import torch

from anomaly.series.detector import Detector
from anomaly.series.limits.calibration import calibrate, score_held_out
from anomaly.series.limits.carry import MOST, carried, unit_of
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import learn_detector
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training import acceptance
from anomaly.series.training.acceptance import flaw, judge
from anomaly.thresholds import pot_threshold
from sensors_data.series.grids.grid import Grid

PLAN = TrainingPlan("pump", 300.0, date(2026, 3, 10), LSTMVAEDetectorConfig(recurrent=False), 0)


@pytest.fixture(scope="module")
def spans() -> dict[str, Span]:
    rng = np.random.default_rng(0)
    values = np.sin(np.arange(1600) * 2 * np.pi / 80) + rng.normal(0, 0.1, 1600)
    times = np.datetime64("2026-03-02", "us") + np.arange(1600) * np.timedelta64(300, "s")
    grid = Grid(times, values[:, None].astype(np.float32), np.ones((1600, 1), bool), ("flow",))
    return {"a": Span(grid, np.zeros(1600, bool), 1200)}


@pytest.fixture(scope="module")
def detector(spans: dict[str, Span]) -> Detector:
    return calibrate(learn_detector(PLAN, spans)[0], spans)[0]


def with_limit(detector: Detector, value: float) -> Detector:
    threshold = detector.threshold.model_copy(update={"value": value})
    return replace(detector, card=detector.card.model_copy(update={"threshold": threshold}))


def with_weights(detector: Detector, value: float) -> Detector:
    """A detector whose linear path holds one number only."""
    networks = []
    for network in detector.networks:
        model = type(network.model)(network.model.config)
        model.load_state_dict({k: torch.full_like(v, value) for k, v in network.model.state_dict().items()})
        networks.append(replace(network, model=model.eval()))
    return replace(detector, networks=tuple(networks))


def test_a_sound_detector_has_no_flaw(detector, spans):
    assert flaw(detector, spans) == ""
    assert judge(detector, None, spans).card.accepted


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0])
def test_a_limit_that_is_no_positive_number_is_refused(detector, spans, value):
    assert "no positive number" in flaw(with_limit(detector, value), spans)


def test_a_limit_that_large_faults_do_not_reach_is_refused_even_for_the_first(detector, spans):
    verdict = judge(with_limit(detector, 1e9), None, spans).card
    assert not verdict.accepted
    assert verdict.verdict == "2 of 2 planted faults of 20 standard deviations stay under its limit"


def test_weights_that_are_no_numbers_are_refused_also_over_a_good_incumbent(detector, spans):
    broken = with_weights(detector, float("nan"))
    assert flaw(broken, spans) == "only 0 of 400 measured normal rows have a score that is a number"
    assert not judge(broken, detector, spans).card.accepted


@pytest.mark.parametrize(("scored_rows", "refused"), [(47, True), (48, False)])
def test_few_scores_between_many_finds_are_enough_to_judge_by(detector, spans, monkeypatch, scored_rows, refused):
    held_out, scored = score_held_out(detector, spans["a"], "a")
    few = np.where(np.arange(len(held_out)) < scored_rows, scored.score, np.nan)
    monkeypatch.setattr(acceptance, "score_held_out", lambda *_: (held_out, replace(scored, score=few)))
    assert flaw(detector, spans).startswith("only 47 of 400") == refused


def test_the_rows_of_a_single_window_may_have_one_score(detector, spans, monkeypatch):
    one_window = {"a": spans["a"].rows(0, 1200 + detector.context_rows)}
    held_out, scored = score_held_out(detector, replace(one_window["a"], split=1200), "a")
    flat = replace(scored, score=np.full(len(held_out), 0.1))
    monkeypatch.setattr(acceptance, "score_held_out", lambda *_: (held_out, flat))
    assert flaw(detector, one_window) == ""
    longer = spans["a"].rows(1200, 1600), replace(scored, score=np.full(400, 0.1))
    monkeypatch.setattr(acceptance, "score_held_out", lambda *_: longer)
    assert flaw(detector, spans) == "every row has the same score, 0.1, though the readings change"


def test_zero_scales_are_refused(detector, spans):
    scale = detector.scales["a"]
    broken = replace(detector, scales={"a": replace(scale, spread=np.zeros(1))})
    assert judge(broken, None, spans).card.verdict == "the scale of a sensor is no positive number"


def with_interval(detector, low, value, high):
    """The detector with a limit and its interval, in units of its own limit."""
    last = detector.threshold.value
    limit = detector.threshold.model_copy(update={"low": low * last, "value": value * last, "high": high * last})
    return replace(detector, card=detector.card.model_copy(update={"threshold": limit}))


@pytest.mark.parametrize(("estimate", "moved"), [(1, 1), (16, 2), (81, MOST), (1 / 16, 0.5), (4, 4**0.25)])
def test_a_training_moves_the_limit_a_quarter_of_the_way_and_the_card_says_so(detector, estimate, moved):
    later = carried(with_interval(detector, 0.9 * estimate, estimate, 1.1 * estimate), detector, 1e-6)
    last = detector.threshold.value
    assert later.threshold.value == pytest.approx(moved * last)
    assert later.threshold.low <= later.threshold.value <= later.threshold.high
    held = f"{estimate * last:.3f} held to {moved * last:.3f} nats, as the last limit was {last:.3f}"
    assert (held in later.card.threshold_from) == (estimate != 1)


def test_no_first_limit_stays_for_ever(detector):
    first = with_limit(detector, 10 * detector.threshold.value)
    later = first
    for _ in range(12):
        later = carried(detector, later, 1e-6)
    assert detector.threshold.value < later.threshold.value < 1.1 * detector.threshold.value


def test_what_control_moved_since_is_added_to_the_last_limit(detector):
    later = replace(detector, card=detector.card.model_copy(update={"control": 0.2}))
    assert carried(later, detector, 1e-6).threshold.value == pytest.approx(np.exp(0.15) * detector.threshold.value)


def test_limits_are_compared_in_units_of_each_models_own_normal_scores(detector):
    tenfold = {name: 10 * getattr(detector.threshold, name) for name in ("value", "low", "high")}
    tenfold["quantiles"] = tuple(10 * q for q in detector.threshold.quantiles)
    louder = detector.threshold.model_copy(update=tenfold)
    challenger = replace(detector, card=detector.card.model_copy(update={"threshold": louder}))
    assert unit_of(louder) == pytest.approx(10 * unit_of(detector.threshold))
    assert carried(challenger, detector, 0.1).threshold.value == pytest.approx(10 * detector.threshold.value)


def test_a_changed_tenth_of_a_span_moves_the_unit_little(detector):
    scores = np.random.default_rng(0).exponential(0.3, 8000)
    changed = np.where(np.arange(8000) < 800, 20 * scores, scores)
    units = [unit_of(pot_threshold(rows, 1e-4, gap=10)) for rows in (scores, changed)]
    assert units[1] / units[0] == pytest.approx(np.log(6) / np.log(4), abs=0.06)  # of 75 normal rows in 90


def test_another_budget_is_a_reason_to_move_the_limit(detector):
    moved = with_limit(detector, 10 * detector.threshold.value)
    other = moved.threshold.model_copy(update={"budget": 5 * detector.threshold.budget})
    challenger = replace(moved, card=moved.card.model_copy(update={"threshold": other}))
    assert carried(challenger, detector, 0.1).threshold.value == moved.threshold.value


def test_faults_are_planted_where_the_span_is_measured(detector, spans):
    span = spans["a"]
    observed = span.grid.observed.copy()
    observed[1280:1500] = False  # where faults are planted first
    gappy = replace(span, grid=replace(span.grid, observed=observed))
    assert flaw(detector, {"a": gappy}) == ""


def test_faults_are_planted_where_the_rows_before_them_are_known(detector, spans):
    span = spans["a"]
    observed = span.grid.observed.copy()
    observed[1280:1500] = False
    observed[50:150] = observed[150::40] = False  # no rows are as well measured as the first 50, which no window holds
    gappy = replace(span, grid=replace(span.grid, observed=observed))
    assert flaw(detector, {"a": gappy}) == ""
