import json
import math
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from anomaly.series.detector import Detector
from anomaly.series.files import card_of, from_bytes, load_for, save, serving, to_bytes
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.lstm_vae.learning import window_lengths
from anomaly.series.lstm_vae.preparation import modelled_sensors
from anomaly.series.night.score_job import score_day
from anomaly.series.span import Span, TrainingPlan
from anomaly.series.training.acceptance import held_out_alarms, held_out_nats, judge
from anomaly.series.training.train import train_detector
from sensors_data.series.grids.grid import Grid
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.tables import TABLES

SENSORS = ("flow", "pressure")
FAST = LSTMVAEDetectorConfig.model_validate(
    {"draft_epochs": 1, "fit": {"epochs": 2, "learning_rate": 2e-3, "beta": 1.0, "warm_up": 1, "free_bits": 0.0}}
)


def machine(rows: int, seed: int, sensors: tuple[str, ...] = SENSORS) -> Grid:
    """A rhythm of 80 rows that all sensors follow, each with noise of a tenth."""
    rng = np.random.default_rng(seed)
    rhythm = np.sin(np.arange(rows) * 2 * np.pi / 80)[:, None]
    values = (rhythm * np.arange(1, len(sensors) + 1) + rng.normal(0, 0.1, (rows, len(sensors)))).astype(np.float32)
    times = np.datetime64("2026-03-02", "us") + np.arange(rows) * np.timedelta64(300, "s")
    return Grid(times, values, np.ones(values.shape, bool), sensors)


def whole_span(grid: Grid, held_out: float = 0.25) -> Span:
    return Span(grid, np.zeros(len(grid), bool), round(len(grid) * (1 - held_out)))


PLAN = TrainingPlan("pump", 300.0, date(2026, 3, 10), FAST, 0)


@pytest.fixture(scope="module")
def spans() -> dict[str, Span]:
    return {"a": whole_span(machine(1500, 0)), "b": whole_span(machine(1500, 1))}


@pytest.fixture(scope="module")
def detector(spans: dict[str, Span]) -> Detector:
    return train_detector(PLAN, spans, None)[0]


def disturbed(rows: int = 800) -> Grid:
    """A machine whose pressure shifts over rows 400 to 460."""
    grid = machine(rows, 7)
    values = grid.values.copy()
    values[400:460, 1] += 3
    return replace(grid, values=values)


def test_a_disturbance_scores_far_above_the_threshold_and_normal_rows_do_not(detector: Detector) -> None:
    scores = detector.score(disturbed(), "a")
    assert scores.score[420:440].min() > 3 * detector.threshold.value
    quiet = np.concatenate([scores.score[:200], scores.score[660:]])
    assert (quiet > detector.threshold.value * 1.5).mean() < 0.02


def test_the_sensor_at_fault_has_the_largest_share_and_shares_sum_to_one(detector: Detector) -> None:
    scores = detector.score(disturbed(), "a")
    assert (scores.share[410:450].argmax(axis=1) == 1).all()
    np.testing.assert_allclose(scores.share.sum(axis=1), 1.0, rtol=1e-9)


def test_the_band_holds_about_nine_in_ten_normal_values(detector: Detector) -> None:
    grid = machine(1600, 11)
    scores = detector.score(grid, "a")
    inside = (grid.values >= scores.low) & (grid.values <= scores.high)
    assert inside.mean() == pytest.approx(0.9, abs=0.05)
    np.testing.assert_allclose(scores.expected[200:-200, 0], np.sin(np.arange(200, 1400) * 2 * np.pi / 80), atol=0.4)


def test_score_is_nan_where_nothing_was_observed(detector: Detector) -> None:
    grid = machine(600, 7)
    observed = grid.observed.copy()
    observed[300:320] = False
    observed[330, 0] = False
    scores = detector.score(replace(grid, observed=observed), "a")
    assert np.isnan(scores.score[300:320]).all()
    assert np.isfinite(scores.score[330])
    assert np.isnan(scores.sensor_score[330]).tolist() == [True, False]
    assert scores.observed_share[330] == 0.5


def test_an_imputed_value_is_never_scored_as_if_measured(detector: Detector) -> None:
    grid = machine(600, 7)
    observed, wild = grid.observed.copy(), grid.values.copy()
    observed[300:303, 1] = False
    wild[300:303, 1] = 2.5
    tame = detector.score(replace(grid, observed=observed), "a")
    charged = detector.score(replace(grid, values=wild), "a")
    free = detector.score(replace(grid, values=wild, observed=observed), "a")
    assert (free.share[300:303, 1] == 0).all()
    assert np.isnan(free.sensor_score[300:303, 1]).all()
    assert (charged.sensor_score[300:303, 1] > 100).all()
    # it may mislead the code of the values around it, by a small part of what it costs when it was measured
    assert np.max(free.score - tame.score) < 0.05 * np.max(charged.score - tame.score)


def test_the_future_never_changes_a_past_score(detector: Detector) -> None:
    """The night of a day has the next day's rows at hand and scores as if it had not."""
    grid, day, midnight = machine(1000, 7), date(2026, 3, 3), 2 * 288
    spec = Family.model_validate({"inbox": "x", "step": "5min", "sensors": {name: {} for name in SENSORS}})
    incidents = TABLES["incidents"].schema.empty_table().to_pandas()
    later = np.where(np.arange(1000)[:, None] < midnight, grid.values, 99).astype(np.float32)

    def night(seen: Grid) -> np.ndarray:
        rows, _ = score_day(detector, spec, {"a": seen}, incidents, day, ["a"])
        return rows["score"].to_numpy()

    scores = night(replace(grid, values=later))
    assert len(scores) == 288
    assert np.array_equal(scores, night(grid.rows(0, midnight)))
    whole = detector.score(replace(grid, values=later), "a").score[288:midnight]
    assert not np.array_equal(scores, whole)  # windows over midnight would have known


def test_rows_beyond_the_context_do_not_change_a_score(detector: Detector) -> None:
    grid = machine(1200, 3)
    far = detector.score(grid, "a").last(200).score
    near = detector.score(grid.rows(1200 - 200 - detector.context_rows, 1200), "a").last(200).score
    np.testing.assert_array_equal(far, near)


def test_an_asset_scores_the_same_bits_whatever_else_is_scored(detector: Detector) -> None:
    """Of assets with the same rows, with gaps, and with other rows, in one call and alone."""
    grids = {f"m{seed}": machine(700, seed) for seed in range(7)} | {"short": machine(300, 9), "a": disturbed(700)}
    grids["m3"].values[350:420] = np.nan
    grids["m3"].observed[350:420] = False
    since = grids["a"].times[430]
    together = detector.score_all(grids, since)
    for asset, grid in grids.items():
        alone = detector.score(grid, asset).last(int((grid.times >= since).sum()))
        for part in fields(alone):
            np.testing.assert_array_equal(getattr(together[asset], part.name), getattr(alone, part.name))


def test_an_unknown_asset_is_scored_on_the_familys_middle_scale(detector: Detector) -> None:
    scores = detector.score(machine(400, 5), "never seen")
    assert np.nanmedian(scores.score) < detector.threshold.value


def test_a_grid_of_other_sensors_is_refused(detector: Detector) -> None:
    with pytest.raises(ValueError, match=r"knows sensors \('flow', 'pressure'\), the grid has \('flow', 'heat'\)"):
        detector.score(machine(100, 0, ("flow", "heat")), "a")


def test_few_windows_over_a_row_raise_its_threshold(detector: Detector) -> None:
    assert detector.coverage_factor.shape == (FAST.tokens,)
    assert (np.diff(detector.coverage_factor) <= 0).all()
    assert detector.coverage_factor[-1] == 1
    scores = detector.score(machine(600, 5), "a")
    assert scores.coverage_factor[300] == 1
    assert scores.coverage_factor[-1] == detector.coverage_factor[0] >= 1


def test_the_same_plan_and_spans_give_the_same_bytes(detector: Detector, spans: dict[str, Span]) -> None:
    assert to_bytes(train_detector(PLAN, spans, None)[0]) == to_bytes(detector)


def test_a_file_of_the_first_format_is_read_as_an_lstm_vae(detector: Detector) -> None:
    """Format 1 had no kind in the card and another name for the coverage factor."""
    card = json.loads(detector.card.model_dump_json())
    card["format"], _ = 1, card["config"].pop("kind")
    tensors = load_tensors(to_bytes(detector))
    tensors["unsteady"] = tensors.pop("coverage_factor")
    first = from_bytes(save_tensors(tensors, {"card": json.dumps(card, separators=(",", ":"))}), "file")
    assert to_bytes(first) == to_bytes(detector)


def test_a_detector_read_back_gives_the_same_scores(detector: Detector) -> None:
    again = from_bytes(to_bytes(detector), "file")
    assert again.card == detector.card
    assert np.array_equal(again.score(disturbed(), "a").score, detector.score(disturbed(), "a").score)


def test_a_file_that_is_no_detector_says_so(detector: Detector) -> None:
    for data in (b"", b"hello", to_bytes(detector)[:40], b"\xff" * 200):
        with pytest.raises(ValueError, match=r"models/x is (not a detector file; train again|damaged)"):
            card_of(data, "models/x")


def test_a_file_of_a_newer_format_is_refused(detector: Detector) -> None:
    newer = replace(detector, card=detector.card.model_copy(update={"format": 99}))
    with pytest.raises(ValueError, match="has another format than 2"):
        card_of(to_bytes(newer), "models/x")


def test_the_model_of_a_day_is_the_newest_accepted_one_trained_strictly_before_it(
    tmp_path: object, detector: Detector
) -> None:
    store = Store(str(tmp_path))
    for through, accepted in (("2026-03-01", True), ("2026-03-08", True), ("2026-03-15", False)):
        card = {"trained_through": date.fromisoformat(through), "accepted": accepted}
        save(store, replace(detector, card=detector.card.model_copy(update=card)))
    served = {day: serving(store, "pump", date.fromisoformat(day)).path for day in ("2026-03-08", "2026-03-09")}
    assert served["2026-03-08"] == "models/series/pump/2026-03-01.safetensors"
    assert served["2026-03-09"] == "models/series/pump/2026-03-08.safetensors"
    assert serving(store, "pump", date(2026, 4, 1)).path == "models/series/pump/2026-03-08.safetensors"
    with pytest.raises(LookupError, match="no accepted model of pump trained before 2026-03-01"):
        load_for(store, "pump", date(2026, 3, 1))


def test_a_verdict_that_changes_takes_the_place_of_the_old_one(tmp_path: object, detector: Detector) -> None:
    store = Store(str(tmp_path))
    save(store, detector)
    save(store, replace(detector, card=detector.card.model_copy(update={"accepted": False})))
    assert store.files("models") == ["models/series/pump/2026-03-10.rejected.safetensors"]


def test_a_challenger_that_explains_the_held_out_rows_worse_is_rejected(
    detector: Detector, spans: dict[str, Span]
) -> None:
    blurred = {asset: replace(scale, spread=scale.spread * 3) for asset, scale in detector.scales.items()}
    patient = detector.threshold.model_copy(
        update={"value": 5 * detector.threshold.value}
    )  # only the likelihood speaks
    worse = replace(detector, scales=blurred, card=detector.card.model_copy(update={"threshold": patient}))
    (own, own_error), (other, other_error) = held_out_nats(worse, spans), held_out_nats(detector, spans)
    assert own - other > 0.1 + 1.645 * math.hypot(own_error, other_error)
    verdict = judge(worse, detector, spans).card
    assert not verdict.accepted
    assert verdict.verdict.startswith("worse: ")
    assert judge(replace(worse, scales=detector.scales), worse, spans).card.accepted


def test_a_few_windows_are_no_verdict_on_a_challenger(detector: Detector, spans: dict[str, Span]) -> None:
    blurred = {asset: replace(scale, spread=scale.spread * 3) for asset, scale in detector.scales.items()}
    patient = detector.threshold.model_copy(update={"value": 5 * detector.threshold.value})
    worse = replace(detector, scales=blurred, card=detector.card.model_copy(update={"threshold": patient}))
    few = {asset: replace(span, split=len(span) - detector.context_rows - 3) for asset, span in spans.items()}
    assert math.isinf(held_out_nats(worse, few)[1])
    verdict = judge(worse, detector, few).card
    assert (verdict.accepted, verdict.verdict) == (True, "the held-out rows are too few to compare it")


def test_a_challenger_that_breaks_the_false_alarm_budget_is_rejected(
    detector: Detector, spans: dict[str, Span]
) -> None:
    low = detector.threshold.model_copy(update={"value": detector.threshold.quantiles[20]})
    nervous = replace(detector, card=detector.card.model_copy(update={"threshold": low}))
    alarms, most = held_out_alarms(nervous, spans)
    assert (alarms, most) == (6, 2)  # 375 held-out rows of two assets are three reaches each
    verdict = judge(nervous, None, spans).card
    assert not verdict.accepted
    assert "fit the budget" in verdict.verdict


def test_incident_rows_are_not_learned_from() -> None:
    grid = machine(1500, 0)
    values = grid.values.copy()
    values[500:560] += 8
    abnormal = np.zeros(1500, bool)
    abnormal[500:560] = True
    taught = train_detector(PLAN, {"a": Span(replace(grid, values=values), abnormal, 1125)}, None)[0]
    clean = train_detector(PLAN, {"a": whole_span(grid)}, None)[0]
    np.testing.assert_allclose(taught.scales["a"].spread, clean.scales["a"].spread, rtol=0.05)
    assert taught.score(disturbed(), "a").score[430] > taught.threshold.value


def test_three_hundred_rows_get_the_linear_path_alone() -> None:
    found, history = train_detector(PLAN, {"a": whole_span(machine(300, 0))}, None)
    assert not any(network.recurrent for network in found.card.networks)
    assert all(epochs == [] for epochs in history.values())
    assert found.score(disturbed(), "a").score[420:440].min() > found.threshold.value


def test_too_few_rows_are_an_error_that_counts_them() -> None:
    with pytest.raises(ValueError, match="pump has 40 observed normal rows to learn from; at least 48"):
        train_detector(PLAN, {"a": whole_span(machine(40, 0))}, None)


def test_a_sensor_that_never_moves_is_learned_and_its_first_move_is_found() -> None:
    grid = machine(1500, 0)
    still = replace(grid, values=np.stack([grid.values[:, 0], np.full(1500, 5.0)], axis=1).astype(np.float32))
    found = train_detector(PLAN, {"a": whole_span(still)}, None)[0]
    moved = still.values[:600].copy()
    moved[300:330, 1] = 5.2
    scores = found.score(replace(still.rows(0, 600), values=moved), "a")
    assert scores.score[300:330].min() > found.threshold.value


def test_command_flags_are_left_out_unless_there_is_nothing_else() -> None:
    grid = machine(200, 0, ("flow", "valve", "on"))
    values = grid.values.copy()
    values[:, 1] = np.arange(200) % 2
    values[:, 2] = 1
    assert modelled_sensors({"a": whole_span(replace(grid, values=values))}) == ("flow", "on")
    only = Grid(grid.times, values[:, 1:2], grid.observed[:, 1:2], ("valve",))
    assert modelled_sensors({"a": whole_span(only)}) == ("valve",)
    assert modelled_sensors({"a": whole_span(replace(grid, values=values))}, ("on",)) == ("flow",)


def test_windows_are_of_one_and_two_periods_in_whole_tokens() -> None:
    assert window_lengths([whole_span(machine(1500, 0))], FAST) == [80, 160]
    assert window_lengths([whole_span(machine(300, 0))], FAST) == [64, 96]
