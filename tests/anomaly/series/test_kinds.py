"""A second kind of detector: one class, what it learns, and its line in KINDS. Every job takes it as it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pytest
import torch

from anomaly.series.card import Card, DetectorConfig
from anomaly.series.detector import Detector
from anomaly.series.files import load_for
from anomaly.series.kind import Kind
from anomaly.series.kinds import KINDS, parse_config
from anomaly.series.lstm_vae.preparation import prepare
from anomaly.series.night.drift_job import drift
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.replay import accept_threshold, replay
from anomaly.series.scores import RowScores
from anomaly.series.training.train_job import train_series
from sensors_data.store import Store

DAYS = [date(2026, 11, 14) + timedelta(days=d) for d in range(8)]
NIGHTS = DAYS[6:]


class StepConfig(DetectorConfig):
    kind: Literal["steps"] = "steps"
    power: float = 2.0


class StepCard(Card):
    config: StepConfig


@dataclass(frozen=True)
class StepDetector(Detector):
    """Toy: how far a value is from the row before it, against the usual step."""

    card: StepCard
    usual: np.ndarray  # (D,)

    @property
    def context_rows(self):
        return 1

    def row_scores(self, grid):
        before = np.concatenate([grid.values[:1], grid.values[:-1]])
        sensor_score = np.nan_to_num(np.abs(grid.values - before) / self.usual) ** self.card.config.power
        return RowScores(sensor_score.mean(axis=1), np.ones(len(grid)), sensor_score, before)

    def tensors(self):
        return {"usual": torch.from_numpy(self.usual)}


def learn(plan, spans, progress, checkpoint):
    prepared = prepare(plan, spans)
    steps = np.concatenate([np.abs(np.diff(span.grid.values[: span.split], axis=0)) for span in prepared.spans])
    card = StepCard.model_validate(prepared.facts)
    flat = np.zeros(len(card.modelled))
    return StepDetector(prepared.scales, flat, flat, np.ones(1), card, np.nanmean(steps, axis=0)), {}


STEPS = Kind(StepConfig, StepCard, learn, lambda card, parts, t, where: StepDetector(*parts, card, t["usual"].numpy()))


@pytest.fixture(scope="module")
def settings(tmp_path_factory, pump_settings, pump_days):
    found = pump_settings(tmp_path_factory.mktemp("kinds"), {"kind": "steps", "power": 1.5})
    pump_days(found, DAYS, ("p1", "p2"), {("p1", NIGHTS[0]): 8.0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(KINDS, "steps", STEPS)
        yield found


def test_a_toy_detector_learns_scores_and_finds_by_the_jobs_of_every_night(settings):
    assert ", steps, threshold " in train_series(settings, NIGHTS[0], "pump")
    store = Store(settings.store)
    detector = load_for(store, "pump", NIGHTS[0])
    assert isinstance(detector, StepDetector)
    assert (detector.card.summary, detector.card.config.power, detector.card.rows) == ("steps", 1.5, 6 * 96 * 2)
    for night in NIGHTS:
        score_series(settings, night, "pump")
        find_anomalies(settings, night, "pump")
        drift(settings, night, "pump")
    rows = store.read("scores", family="pump", day=NIGHTS[0], shard=0)
    shift = rows[(rows["asset"] == "p1") & (rows["time"].dt.hour == 12) & (rows["time"].dt.minute == 0)]
    assert shift["is_anomaly"].tolist() == [True]
    assert shift["top_sensor"].tolist() == ["flow"]


def test_its_threshold_is_fitted_again_and_accepted(settings):
    replayed = replay(settings, "pump", NIGHTS[0], NIGHTS[1], alarms_per_asset_week=5.0)
    assert replayed.after["pump@2026-11-19"].value < replayed.before["pump@2026-11-19"].value
    accept_threshold(settings, NIGHTS[1], "pump", NIGHTS[0], 5.0)
    served = load_for(Store(settings.store), "pump", NIGHTS[1] + timedelta(days=1))
    assert (served.name, served.card.config.alarms_per_asset_week) == ("pump@2026-11-21", 5.0)


def test_a_challenger_of_another_kind_is_held_against_the_incumbent(settings):
    """Log losses are in the sensors' own units, so kinds compare; the toy's are not a likelihood and lose or win."""
    day = NIGHTS[1] + timedelta(days=1)
    linear = {"shortest": 16, "longest": 16, "tokens": 8, "draws": 1, "lengths": [1.0], "recurrent": False}
    pump = settings.families["pump"].model_copy(update={"detector": linear})
    other = settings.model_copy(update={"families": {"pump": pump}})
    line = train_series(other, day, "pump")
    assert "nats a value on held-out normal rows, pump@" in line


def test_a_kind_that_nobody_knows_is_named_with_those_that_are(settings):
    with pytest.raises(ValueError, match="there is no kind 'prophet'; known kinds are lstm-vae"):
        parse_config({"kind": "prophet"}, "[families.pump.detector]")
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(KINDS, "steps")
        with pytest.raises(ValueError, match="holds a detector of kind 'steps'; upgrade nightscore or train again"):
            load_for(Store(settings.store), "pump", NIGHTS[0])
