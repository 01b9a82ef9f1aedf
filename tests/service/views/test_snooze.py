"""Which anomalies are snoozed: until the day begins, and while they are no more severe."""

from datetime import UTC, datetime, timedelta

import pytest

from sensors_data.series.incidents import Incident, add_incident, read_incidents
from sensors_data.store import Store
from service.views.snooze import snoozes_on

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
BACK = datetime(2026, 11, 24, tzinfo=UTC)
ANOMALY = {"asset": "p1", "start": START, "end": START + timedelta(hours=2), "severity": "warning"}


@pytest.mark.parametrize(
    ("changes", "now", "snoozed"),
    [
        ({}, BACK - timedelta(seconds=1), True),
        ({}, BACK, False),
        ({"severity": "info"}, START, True),
        ({"severity": "critical"}, START, False),
        ({"end": START + timedelta(days=2)}, START, True),
        ({"asset": "p2"}, START, False),
        ({"start": START + timedelta(hours=2), "end": START + timedelta(hours=3)}, START, False),
    ],
)
def test_a_snooze_lasts_until_its_day_unless_the_anomaly_grows_more_severe(tmp_path, changes, now, snoozed):
    store = Store(str(tmp_path))
    said = {"family": "pump", "kind": "snoozed", "until": BACK, "author": "Ann", "note": "parts come"}
    incident = add_incident(store, Incident.model_validate({**said, **ANOMALY}))
    told = {"until": "2026-11-24", "author": "Ann", "note": "parts come", "incident": incident}
    assert snoozes_on([{**ANOMALY, **changes}], read_incidents(store), now) == [told if snoozed else None]
