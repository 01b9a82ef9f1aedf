"""What people say through REST, and who may say it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from sensors_data.audit import entries
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import past_incidents, read_incidents
from sensors_data.simulation.plant import START
from sensors_data.store import Store

POWER = [{"sensor": "power", "share": 1.0}]
SCORED = [START + timedelta(days=number) for number in (5, 6, 7, 8)]
TOKEN = "a-token-for-the-tests-only"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_reading_is_open_on_loopback_and_writing_takes_the_token(own, copied, files_of):
    before = files_of(copied.store)
    told = {
        "family": "oven",
        "start": "2026-03-08T08:00Z",
        "end": "2026-03-08T09:00Z",
        "kind": "fault",
        "author": "Ann",
    }
    refused = own.post("/v1/incidents", json=told)
    assert (refused.status_code, refused.json()["title"]) == (401, "A token is needed")
    assert own.post("/v1/incidents", json=told, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert files_of(copied.store) == before
    kept = own.post("/v1/incidents", json=told, headers=BEARER)
    assert kept.status_code == 201
    rows = read_incidents(Store(copied.store), "oven").set_index("incident")
    assert rows.loc[kept.json()["incident"], "author"] == "Ann"
    assert (pd.Timestamp.now("UTC") - rows.loc[kept.json()["incident"], "told"]) < timedelta(minutes=1)
    assert own.delete(f"/v1/incidents/{kept.json()['incident']}", headers=BEARER).status_code == 200
    assert kept.json()["incident"] not in set(read_incidents(Store(copied.store), "oven")["incident"])
    assert past_incidents(Store(copied.store), "oven")["incident"].tolist() == [kept.json()["incident"]]
    backwards = {**told, "end": "2026-03-08T07:00Z"}
    assert "ends after it starts" in own.post("/v1/incidents", json=backwards, headers=BEARER).json()["detail"]


def test_an_anomaly_is_confirmed_then_dismissed_and_only_the_last_word_stays(own, copied):
    store = Store(copied.store)
    day = SCORED[-1]
    rows = store.read("anomalies", family="oven", day=day)
    if rows.empty:
        start = pd.Timestamp(day, tz="UTC")
        row = {"anomaly_id": "0" * 16, "asset": "oven-1", "start": start, "end": start + timedelta(hours=1)}
        row |= {
            "peak_time": start,
            "peak_score": 2.0,
            "severity": "warning",
            "sensors": POWER,
            "rows": 6,
        }
        rows = pd.DataFrame([{**row, "suppressed": False, "model": "oven@2026-03-06"}])
        store.write("anomalies", rows, Provenance(job="test"), family="oven", day=day)
    opinion = {"family": "oven", "anomaly_id": rows["anomaly_id"].iloc[0], "author": "Ann"}
    for to in ("Bob", "Eve"):
        assert own.post("/v1/assignments", json={**opinion, "to": to}, headers=BEARER).status_code == 201
    assert own.post("/v1/assignments", json={**opinion, "to": ""}, headers=BEARER).status_code == 422
    assert own.post("/v1/assignments", json={**opinion, "to": "Bob"}).status_code == 401
    assert list(read_incidents(store, "oven").query("kind == 'assigned'")["note"]) == ["Eve"]
    for kind in ("confirmed", "dismissed"):
        assert own.post("/v1/labels", json={**opinion, "kind": kind}, headers=BEARER).status_code == 201
    labels = {row["anomaly_id"]: row for row in own.get("/v1/labels?family=oven").json()}
    assert (labels[opinion["anomaly_id"]]["said"], labels[opinion["anomaly_id"]]["author"]) == ("dismissed", "Ann")
    assert labels[opinion["anomaly_id"]]["assigned"] == "Eve"  # a verdict leaves it with her
    assert list(read_incidents(store, "oven")["kind"]).count("confirmed") == 0
    unknown = {**opinion, "anomaly_id": "f" * 16, "kind": "dismissed"}
    assert own.post("/v1/labels", json=unknown, headers=BEARER).json()["field"] == "anomaly_id"


def anomaly_of(settings, **changes) -> dict:
    """An anomaly of oven-1 of the newest night, in place of all that were found in it."""
    start = pd.Timestamp(SCORED[-1], tz="UTC")
    row = {"anomaly_id": "5" * 16, "asset": "oven-1", "start": start, "end": start + timedelta(hours=1), "rows": 6}
    row |= {"peak_time": start, "peak_score": 2.0, "severity": "info", "sensors": POWER, "suppressed": False}
    frame = pd.DataFrame([{**row, "model": "oven@2026-03-06", **changes}])
    Store(settings.store).write("anomalies", frame, Provenance(job="test"), family="oven", day=SCORED[-1])
    return {"family": "oven", "anomaly_id": "5" * 16, "author": "Ann", "note": "parts come"}


def snoozed(client) -> dict | None:
    """The snooze of the anomaly as the lane has it."""
    [one] = [one for one in client.get("/v1/lane").json()["anomalies"] if one["id"] == "5" * 16]
    return one["snoozed"]


def day_in(days: int) -> str:
    return str(datetime.now(UTC).date() + timedelta(days=days))


def test_a_snoozed_anomaly_is_awake_when_it_grows_or_is_woken(own, copied):
    asked = anomaly_of(copied)
    assert snoozed(own) is None
    for days in (3, 1):  # the second takes the place of the first
        kept = own.post("/v1/snoozes", json={**asked, "until": day_in(days)}, headers=BEARER)
        assert kept.status_code == 201
    incident = kept.json()["incident"]
    assert snoozed(own) == {"until": day_in(1), "author": "Ann", "note": "parts come", "incident": incident}
    story = own.get(f"/v1/anomaly?family=oven&anomaly={'5' * 16}").json()
    assert f"snoozed until {day_in(1)} by Ann: parts come" in story["lines"]
    assert [past["until"][:10] for past in story["history"] if past["kind"] == "snoozed"] == [day_in(1), day_in(3)]
    anomaly_of(copied, severity="warning", end=pd.Timestamp(SCORED[-1], tz="UTC") + timedelta(hours=5))
    assert snoozed(own) is None
    assert own.post("/v1/snoozes", json={**asked, "until": day_in(90)}, headers=BEARER).status_code == 201
    assert snoozed(own)["until"] == day_in(90)
    assert own.delete(f"/v1/incidents/{snoozed(own)['incident']}", headers=BEARER).status_code == 200
    assert snoozed(own) is None  # what was snoozed before it grew is not back
    assert "snoozed" not in set(read_incidents(Store(copied.store), "oven")["kind"])
    log = [entry.what for entry in entries(Store(copied.store))]
    assert log[-6:] == ["snoozed", "snoozed", "withdrew", "snoozed", "withdrew", "withdrew"]


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"until": day_in(0)}, 422, "a snooze ends on a day to come"),
        ({"until": day_in(-1)}, 422, "a snooze ends on a day to come"),
        ({"until": day_in(92)}, 422, "a snooze lasts at most 90 days"),
        ({"until": "soon"}, 422, "until"),
        ({"anomaly_id": "f" * 16}, 404, "oven has no anomaly"),
        ({"anomaly_id": "x"}, 422, "anomaly_id"),
        ({"family": "kiln"}, 404, "kiln"),
    ],
)
def test_a_snooze_that_makes_no_sense_is_refused_in_words(own, copied, files_of, changes, status, reason):
    asked = {**anomaly_of(copied), "until": day_in(1)}
    before = files_of(copied.store)
    refused = own.post("/v1/snoozes", json={**asked, **changes}, headers=BEARER)
    assert refused.status_code == status
    assert reason in refused.text
    assert own.post("/v1/snoozes", json=asked).status_code == 401
    no_day = {"family": "oven", "start": "2026-03-08T08:00Z", "end": "2026-03-08T09:00Z", "kind": "snoozed"}
    assert "a snooze has a day" in own.post("/v1/incidents", json=no_day, headers=BEARER).json()["detail"]
    assert files_of(copied.store) == before
