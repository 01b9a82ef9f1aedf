"""A young detector that reports the same every night is trained again before its time."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from anomaly.series.files import file_of, save
from anomaly.series.training.due import alarms_every_night
from sensors_data.provenance import Provenance
from sensors_data.settings import Family
from sensors_data.store import Store
from sensors_data.tables import TABLES

DAY = date(2026, 3, 8)
YOUNG = {"first_after": 2, "every": 7}


def due(tmp_path, detector, clocks: list[str], days: int = 2, training: dict[str, int] = YOUNG) -> bool:
    """Whether a family is trained again whose last nights each report one anomaly, at the UTC times `clocks`."""
    store = Store(str(tmp_path))
    through = DAY - timedelta(days=len(clocks) + 1)
    card = {"trained_from": through - timedelta(days=days - 1), "trained_through": through}
    young = replace(detector, card=detector.card.model_copy(update=card))
    save(store, young)
    for back, clock in zip(range(len(clocks), 0, -1), clocks, strict=True):
        night = DAY - timedelta(days=back)
        start = pd.Timestamp(f"{night} {clock}", tz="UTC")
        row = {"anomaly_id": str(back), "asset": "a", "start": start, "end": start}
        row |= {
            "peak_time": start,
            "detected": start,
            "cleared": start,
            "run_start": start,
            "suppressed": False,
            "sensors": [{"sensor": "flow", "share": 1.0}],
        }
        anomalies = TABLES["anomalies"].frame([row])
        store.write("anomalies", anomalies, Provenance(job="test"), family="pump", day=night)
    spec = Family.model_validate({"inbox": "none", "step": "5min", "sensors": {"flow": {}}, "training": training})
    return alarms_every_night(store, spec, "pump", DAY, file_of(young.card))


@pytest.mark.parametrize(
    ("clocks", "wanted"),
    [
        (["03:10", "04:25", "03:20"], True),
        (["23:30", "00:40", "23:50"], True),
        (["03:10", "09:00", "03:20"], False),
        (["03:10", "03:20"], False),
    ],
)
def test_three_nights_at_one_time_of_day_bring_the_training_forward(tmp_path, sine_detector, clocks, wanted):
    assert due(tmp_path, sine_detector, clocks) == wanted


def test_a_detector_of_two_weeks_waits_for_its_turn(tmp_path, sine_detector):
    clocks = ["03:10", "04:25", "03:20"]
    assert not due(tmp_path, sine_detector, clocks, days=14)
    assert not due(tmp_path, sine_detector, clocks, training={"first_after": 14, "every": 7})
