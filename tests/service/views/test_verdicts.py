"""Verdicts on anomalies that a later night no longer has, or extends."""

from datetime import date

import pandas as pd

from sensors_data.provenance import Provenance
from sensors_data.store import Store
from service.views.feedback import Opinion, keep_opinion, labels_of

NIGHTS = [date(2026, 11, 20), date(2026, 11, 21)]


def row(name: str, start: str, end: str) -> dict[str, object]:
    moments = {key: pd.Timestamp(f"2026-11-{moment}", tz="UTC") for key, moment in (("start", start), ("end", end))}
    height = {"peak_time": moments["start"], "peak_score": 5.0, "severity": "warning", "model": "pump@x", "rows": 3}
    return {"anomaly_id": name * 16, "asset": "p1", "sensors": [], "suppressed": False} | moments | height


def test_what_was_said_of_the_first_of_two_stays_when_the_second_goes_on_alone(tmp_path):
    store = Store(str(tmp_path))
    nights = [[row("a", "20 10:00", "20 12:00"), row("b", "20 16:00", "20 17:00")], [row("b", "20 16:00", "21 02:00")]]
    for day, rows in zip(NIGHTS, nights, strict=True):
        store.write("anomalies", pd.DataFrame(rows), Provenance(job="test"), family="pump", day=day)
    for name, kind in (("a", "dismissed"), ("b", "confirmed")):
        said = {"family": "pump", "anomaly_id": name * 16, "kind": kind, "author": "night shift"}
        keep_opinion(store, Opinion.model_validate(said))
    labels = labels_of(store, "pump", NIGHTS)
    assert dict(zip(labels["anomaly_id"].str[0], labels["said"], strict=True)) == {"a": "dismissed", "b": "confirmed"}
