"""An earlier model serves again, and nothing that was scored changes."""

from datetime import date, timedelta

import pytest

from anomaly.rollback import newest_scored, rollback_series
from anomaly.series.files import load_for
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.errors import UnusableError
from sensors_data.model_files import ModelFile
from sensors_data.store import Store

DAYS = [date(2026, 11, 14) + timedelta(days=d) for d in range(8)]
OLD, NEW, NEXT = DAYS[5], DAYS[6], DAYS[7] + timedelta(days=1)


@pytest.fixture
def settings(tmp_path, pump_settings, pump_days):
    """One pump with two models, the newer of which scored the last day."""
    found = pump_settings(tmp_path, {"recurrent": False})
    pump_days(found, DAYS, ("p1",))
    for last in (OLD, NEW):
        train_series(found, last + timedelta(days=1), "pump")
    score_series(found, DAYS[7], "pump")
    return found


def test_an_earlier_model_serves_the_nights_after_and_what_was_scored_stays(settings):
    store = Store(settings.store)
    scores = store.path("scores", family="pump", day=DAYS[7], shard=0)
    before, weights = store.read_bytes(scores), load_for(store, "pump", DAYS[6]).tensors()
    assert newest_scored(settings, "pump", None) == DAYS[7]
    line = rollback_series(settings, DAYS[7], "pump", OLD)
    serves = load_for(store, "pump", NEXT)
    assert serves.card.verdict == f"rolled back after {DAYS[7]} to the model of {OLD}"
    assert all((serves.tensors()[name] == tensor).all() for name, tensor in weights.items())
    assert load_for(store, "pump", DAYS[7]).name == f"pump@{NEW}"
    assert store.read_bytes(scores) == before
    assert f"learned through {OLD}" in line


def test_a_rollback_refuses_days_scored_since_and_models_that_were_rejected_or_are_no_earlier_ones(settings):
    store = Store(settings.store)
    with pytest.raises(UnusableError, match=f"scored through {DAYS[7]}"):
        rollback_series(settings, DAYS[6], "pump", OLD)
    with pytest.raises(LookupError, match="no series model of pump"):
        rollback_series(settings, DAYS[7], "pump", DAYS[0])
    old = ModelFile("series", "pump", OLD, accepted=True)
    store.write_bytes(ModelFile("series", "pump", OLD, accepted=False).path, store.read_bytes(old.path))
    store.remove(old.path)
    with pytest.raises(UnusableError, match="was rejected"):
        rollback_series(settings, DAYS[7], "pump", OLD)
