"""Train now through REST: who may, why not, and that the process is the job of the command."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from anomaly.series.training.train_job import train_series
from sensors_data.audit import entries
from sensors_data.files import MACHINE
from sensors_data.leases import Lease, path_of
from sensors_data.model_files import ModelCatalogue
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.api.access import Access
from service.api.app import create_app
from service.api.users import Users, add_user

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OVEN = {"kind": "series", "name": "oven"}
DAY = START + timedelta(days=9)


@pytest.fixture
def admin(copied) -> TestClient:
    """A client that holds the service's token."""
    app = create_app(copied, Access(TOKEN, ("127.0.0.1",), True))
    return TestClient(app, base_url="http://127.0.0.1", headers=BEARER, raise_server_exceptions=False)


def until_over(client) -> list[dict]:
    """Wait for the trainings; the states that were seen."""
    seen, end = [], time.monotonic() + 300
    while (now := client.get("/v1/trainings").json()) and time.monotonic() < end:
        seen += now
        time.sleep(0.2)
    return seen


def test_a_training_is_the_job_of_the_command_to_the_byte(admin, copied, files_of):
    begun = admin.post("/v1/trainings", json=OVEN)
    assert (begun.status_code, begun.json()["day"]) == (202, str(DAY))
    again = admin.post("/v1/trainings", json=OVEN)
    assert (again.status_code, again.json()["detail"]) == (422, f"a training of oven for {DAY} is under way")
    seen = until_over(admin)
    assert {one["state"] for one in seen} <= {"starts", "under way"}
    assert seen
    store = Store(copied.store)
    run = store.read("runs", day=DAY, run="train-series-oven")
    assert run["state"].tolist() == ["done"]
    by_page = ModelCatalogue(store).trained_through("series", "oven", DAY - timedelta(days=1))
    data = store.read_bytes(by_page.path)
    train_series(copied, DAY, "oven")
    assert store.read_bytes(by_page.path) == data
    assert [(entry.what, entry.who) for entry in entries(store)][-1] == ("began a training", "service")
    if by_page.accepted:
        refused = admin.post("/v1/trainings", json=OVEN)
        assert (refused.status_code, "has learned its newest day" in refused.json()["detail"]) == (422, True)


def test_a_training_without_enough_days_is_refused_with_the_reason(client_of, copied):
    spec = copied.families["oven"]
    training = spec.training.model_copy(update={"first_after": 30})
    family = spec.model_copy(update={"training": training})
    store = Store(copied.store)
    for model in ModelCatalogue(store).models("series", "oven"):
        store.remove(model.path)
    client = client_of(copied.model_copy(update={"families": {"oven": family}}))
    refused = client.post("/v1/trainings", json=OVEN, headers=BEARER)
    assert refused.status_code == 422
    assert "the first detector waits for 30 days of readings" in refused.json()["detail"]
    unknown = client.post("/v1/trainings", json={"kind": "series", "name": "mill"}, headers=BEARER)
    assert unknown.status_code == 404
    assert client.get("/v1/trainings").json() == []


def test_training_takes_an_admin_and_a_page_of_this_service(copied, tmp_path):
    people = tmp_path / "users.json"
    tokens = {role: add_user(people, role, role, 30) for role in ("viewer", "reviewer")}
    app = create_app(copied, Access(TOKEN, ("127.0.0.1",), True, Users(people)))
    client = TestClient(app, base_url="http://127.0.0.1")
    for token in tokens.values():
        headers = {"Authorization": f"Bearer {token}"}
        assert client.post("/v1/trainings", json=OVEN, headers=headers).status_code == 403
        assert client.delete("/v1/trainings/series/oven", headers=headers).status_code == 403
    assert client.post("/v1/trainings", json=OVEN).status_code == 401
    foreign = {**BEARER, "Origin": "http://elsewhere.example"}
    assert client.post("/v1/trainings", json=OVEN, headers=foreign).status_code == 403
    assert client.delete("/v1/trainings/series/oven", headers=BEARER).status_code == 404
    assert client.get("/v1/trainings").json() == []
    assert not [entry for entry in entries(Store(copied.store)) if "training" in entry.what]


def test_a_training_of_a_command_or_a_schedule_is_seen_too_and_one_that_was_cut_off_is_told(admin, copied):
    store, now = Store(copied.store), datetime.now(UTC)
    about = {**OVEN, "day": DAY, "key": "k", "machine": "another", "process": 1, "began": now, "stage": "draft-32"}
    lease = Lease.model_validate({**about, "done": 2, "planned": 6, "epoch_s": 29, "reported": now, "renewed": now})
    store.write_bytes(path_of("series", "oven"), lease.model_dump_json().encode())
    [one] = admin.get("/v1/trainings").json()
    assert one["state"] == "under way"
    assert one["message"].startswith("draft network, windows of 32 rows: epoch 2 of at most 6, about 1 min ")
    old = lease.model_copy(update={"machine": MACHINE, "renewed": now - timedelta(hours=1)})
    store.write_bytes(path_of("series", "oven"), old.model_dump_json().encode())
    [one] = admin.get("/v1/trainings").json()
    assert (one["state"], "its process ended without a word" in one["message"]) == ("cut off", True)
