"""What an admin changes through REST: the settings file, and which model serves."""

import os
import shutil
import stat
import time
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from sensors_data.audit import entries
from sensors_data.model_files import ModelCatalogue
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.api.access import Access
from service.api.app import create_app
from service.api.users import Users, add_user
from service.views.settings_file import SettingsFile

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def place(inbox, tmp_path):
    """A settings file of the test's own."""
    path = tmp_path / "settings.toml"
    shutil.copy(inbox / "settings.toml", path)
    path.chmod(0o640)
    return path


@pytest.fixture
def admin(copied, place) -> TestClient:
    """A client of a service that was started from that file."""
    app = create_app(copied, Access(TOKEN, ("127.0.0.1",), True), file=SettingsFile(place))
    return TestClient(app, base_url="http://127.0.0.1", headers=BEARER, raise_server_exceptions=False)


def test_the_settings_are_changed_only_to_what_can_be_used_and_served_without_a_restart(admin, copied, place):
    now = admin.get("/v1/settings").json()
    assert now["text"] == place.read_text()
    text = now["text"].replace('step = "10min"', 'step = "20min"') + "\n# who was asked: the shift leader\n"
    changed = admin.post("/v1/settings/check", json={"text": text}).json()["changed"]
    assert [line for line in changed if line[0] in "+-"][2:] == [
        '-step = "10min"', '+step = "20min"', "+", "+# who was asked: the shift leader",
    ]  # fmt: skip
    assert place.read_text() == now["text"]
    before = admin.app.state.service.settings.families["oven"].step
    kept = admin.put("/v1/settings", json={"text": text, "version": now["version"]})
    assert kept.status_code == 200
    assert (place.read_text(), stat.S_IMODE(place.stat().st_mode)) == (text, 0o640)
    assert admin.app.state.service.settings.families["oven"].step == 2 * before == timedelta(minutes=20)
    assert admin.app.state.service.settings.store == copied.store
    late = admin.put("/v1/settings", json={"text": now["text"], "version": now["version"]})
    assert (late.status_code, late.json()["detail"]) == (422, "settings.toml was changed in the meantime")
    last = entries(Store(copied.store))[-1]
    assert (last.what, '+step = "20min"' in last.about) == ("changed the settings", True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("families = 3", "families"),
        ("[families", "settings.toml is not TOML"),
        ("[families.oven.detector]\nlengths = [1.0]\ntokens = 8\ncolour = 3", "colour"),
        ("[families.oven.rules]\nk = 0", "[families.oven.rules]"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_the_key_and_changes_nothing(admin, place, wrong, told):
    before = place.read_text()
    head, _, _ = before.partition("[families.oven.detector]")
    text = f"{head}{wrong}\n" if wrong.startswith("[families.") else wrong
    refused = admin.post("/v1/settings/check", json={"text": text})
    assert refused.status_code == 422
    assert told in refused.json()["detail"]
    assert str(place.parent) not in refused.text
    version = admin.get("/v1/settings").json()["version"]
    assert admin.put("/v1/settings", json={"text": text, "version": version}).status_code == 422
    assert place.read_text() == before


def test_a_file_that_somebody_broke_by_hand_leaves_the_service_with_what_it_knew(admin, place, caplog):
    service = admin.app.state.service
    known = service.settings.families["oven"].step
    place.write_text("[families")
    os.utime(place, (time.time() + 5, time.time() + 5))
    assert service.settings.families["oven"].step == known
    assert service.settings.families["oven"].step == known
    assert [r.getMessage() for r in caplog.records].count(caplog.records[-1].getMessage()) == 1  # once, not each time
    assert "the settings stay as they were" in caplog.text


def test_settings_and_rollbacks_take_an_admin(copied, place, tmp_path):
    people = tmp_path / "users.json"
    token = add_user(people, "ana", "reviewer", 30)
    app = create_app(copied, Access(TOKEN, ("127.0.0.1",), True, Users(people)), file=SettingsFile(place))
    ana = TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})
    assert ana.get("/v1/settings").status_code == 403
    assert ana.post("/v1/rollbacks", json={"kind": "series", "name": "oven", "to": str(START)}).status_code == 403
    nobody = TestClient(app, base_url="http://127.0.0.1")
    assert nobody.get("/v1/settings").status_code == 401


def test_an_earlier_model_serves_again_and_the_log_says_who_asked(admin, copied):
    catalogue = ModelCatalogue(Store(copied.store))
    oldest, newest = (catalogue.models("series", "oven")[place] for place in (0, -1))
    assert oldest.through < newest.through
    done = admin.post("/v1/rollbacks", json={"kind": "series", "name": "oven", "to": str(oldest.through)})
    assert done.status_code == 201
    assert f"to what it learned through {oldest.through}" in done.json()["message"]
    serving = catalogue.serving("series", "oven", START + timedelta(days=20))
    assert catalogue.card(serving)["verdict"].startswith("rolled back after ")
    assert [entry.what for entry in entries(Store(copied.store))][-2:] == ["rolled back", "asked for a rollback"]
    unknown = admin.post("/v1/rollbacks", json={"kind": "series", "name": "oven", "to": "2020-01-01"})
    assert unknown.status_code == 404
