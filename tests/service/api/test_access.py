"""Users, roles, sessions, proxies, and pages of other sites."""

import time
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from starlette.testclient import TestClient

from sensors_data.audit import entries
from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import read_incidents
from sensors_data.store import Store
from sensors_data.verdicts import picture_verdicts
from service.api.access import Access, Identity, proxy_of
from service.api.app import create_app
from service.api.users import Users, add_user, revoke_user, rotate_token

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
HOST = "http://127.0.0.1"
WORK = {"family": "oven", "start": "2026-03-05T06:00Z", "end": "2026-03-05T07:00Z", "kind": "planned"}


@pytest.fixture
def people(tmp_path):
    """A file of users with a viewer, a reviewer and an admin, and their tokens."""
    path = tmp_path / "users.json"
    return path, {name: add_user(path, name, name, 30) for name in ("viewer", "reviewer", "admin")}


@pytest.fixture
def site(copied, people):
    """site(headers, proxy): a client of a service off loopback."""

    def made(proxy=None, client=("10.0.0.9", 5000), settings=copied) -> TestClient:
        app = create_app(settings, Access(TOKEN, ("127.0.0.1", "plant.example"), False, Users(people[0]), proxy))
        return TestClient(app, HOST, raise_server_exceptions=False, client=client, follow_redirects=False)

    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_each_role_may_what_is_its_own(site, people, copied):
    client, tokens = site(), people[1]
    answers = {}
    for name, token in {**tokens, "nobody": "x" * 24}.items():
        read = client.get("/v1/families", headers=bearer(token)).status_code
        written = client.post("/v1/incidents", json={**WORK, "author": "somebody"}, headers=bearer(token)).status_code
        answers[name] = (read, written)
    assert answers == {"viewer": (200, 403), "reviewer": (200, 201), "admin": (200, 201), "nobody": (401, 401)}
    known = read_incidents(Store(copied.store), "oven")
    assert known.loc[known["start"] == WORK["start"], "author"].tolist() == ["admin"]  # the later word stands
    log = [(entry.who, entry.what) for entry in entries(Store(copied.store))]
    assert log[-3:] == [("reviewer", "planned"), ("admin", "planned"), ("admin", "withdrew")]


def test_what_is_said_of_a_picture_is_the_signed_in_users_word_and_in_the_log(site, people, copied):
    store = Store(copied.store)
    row = {"image_id": "a", "time": pd.Timestamp("2026-03-05T01:00Z"), "asset": "", "label": "", "png": b""}
    store.write("images", pd.DataFrame([row]), Provenance(job="test"), camera="press", day=date(2026, 3, 5))
    with_camera = copied.model_copy(update={"cameras": {"press": Camera(inbox="nowhere")}})
    client = site(settings=with_camera)
    verdict = {"camera": "press", "day": "2026-03-05", "image": "a", "kind": "dismissed", "author": "the boss"}
    for name in ("reviewer", "viewer"):
        client.post("/v1/picture-verdicts", json=verdict, headers=bearer(people[1][name]))
    assert picture_verdicts(store, "press")["author"].tolist() == ["reviewer"]
    assert [(entry.who, entry.what) for entry in entries(store)][-1:] == [("reviewer", "dismissed")]


def test_a_token_ends_with_its_day_with_a_new_one_and_with_a_revocation_without_a_restart(site, people):
    client, (path, tokens) = site(), people
    cookie = client.post("/login", data={"token": tokens["reviewer"]}).headers["set-cookie"].split(";")[0]

    def status(token: str) -> int:
        return client.get("/v1/me", headers=bearer(token)).status_code

    assert client.get("/v1/me", headers={"cookie": cookie}).json() == {"user": "reviewer", "role": "reviewer"}
    newer = rotate_token(path, "reviewer", 30)
    assert (status(tokens["reviewer"]), status(newer)) == (401, 200)
    assert client.get("/v1/me", headers={"cookie": cookie}).status_code == 401
    revoke_user(path, "reviewer")
    assert status(newer) == 401
    expired = add_user(path, "guest", "viewer", 1)
    assert status(expired) == 200
    users = Users(path)
    assert users.all()["guest"].is_welcome(datetime.now(UTC) + timedelta(hours=23))
    assert not users.all()["guest"].is_welcome(datetime.now(UTC) + timedelta(days=2))


def test_no_token_stands_in_the_file_of_users_which_is_its_owners_alone(people):
    path, tokens = people
    assert path.stat().st_mode & 0o077 == 0
    assert [name for name, token in tokens.items() if token in path.read_text()] == []
    with pytest.raises(UnusableError, match="there is a user 'viewer' already"):
        add_user(path, "viewer", "admin", 30)
    with pytest.raises(UnusableError, match="take another name"):
        add_user(path, "service", "admin", 30)
    with pytest.raises(NotThereError, match="there is no user 'bob'"):
        revoke_user(path, "bob")


def test_a_session_that_was_changed_or_is_over_opens_nothing(people):
    access = Access(TOKEN, ("127.0.0.1",), False, Users(people[0]))
    whole = access.session_of(Identity("viewer", "viewer"))
    over = access.session_of(Identity("viewer", "viewer"), time.time() - 13 * 3600)
    other = Access("another-token-of-the-service", ("127.0.0.1",), False, Users(people[0]))
    changed = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    forged = [over, changed, whole.replace("viewer", "admin"), "", "..", "a.9e9.b"]
    forged.append(other.session_of(Identity("admin", "admin")))
    assert [value for value in forged if access._of_session(value)] == []
    assert access._of_session(whole) == Identity("viewer", "viewer")


def test_the_printed_link_signs_in_once(site):
    app_access = Access(TOKEN, ("127.0.0.1",), False)
    code = app_access.code()
    assert app_access.redeemed(code) == Identity("service", "admin")
    assert app_access.redeemed(code) is None
    assert "was used or is too old" in site().get("/login?code=never").text


def test_a_proxys_header_counts_from_the_proxy_alone(site):
    proxy = proxy_of("X-Forwarded-User", ("10.0.0.0/24",))
    asked = {"X-Forwarded-User": "ana"}
    assert site(proxy).get("/v1/me", headers=asked).json() == {"user": "ana", "role": "viewer"}
    assert site(proxy).get("/v1/me", headers={"X-Forwarded-User": "reviewer"}).json()["role"] == "reviewer"
    twice = [("X-Forwarded-User", "admin"), ("X-Forwarded-User", "ana")]  # what was sent, and what the proxy added
    assert site(proxy).get("/v1/me", headers=twice).status_code == 401
    assert site(proxy, ("192.168.0.3", 5000)).get("/v1/me", headers=asked).status_code == 401
    assert site().get("/v1/me", headers=asked).status_code == 401
    with pytest.raises(UnusableError, match="would be trusted from anybody"):
        proxy_of("X-Forwarded-User", ())


FOREIGN = [
    "http://evil.example",
    "http://127.0.0.1:3000",
    "http://localhost:7860",
    "null",
    "https://127.0.0.1",
    "http://",
    "x",
]
CALLS = [
    ("POST", "/v1/score?family=oven"),
    ("POST", "/v1/labels"),
    ("POST", "/pages/try/files?name=a.csv"),
    ("POST", "/login"),
    ("GET", "/v1/families"),
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_nothing_is_done_for_a_page_of_another_site_nor_may_it_read(client, origin):
    for method, path in CALLS:
        answer = client.request(method, path, content=b"time,asset\n", headers={"origin": origin})
        assert (answer.status_code, answer.json()["field"]) == (403, "origin"), path
        assert [name for name in answer.headers if name.startswith("access-control")] == []


def test_the_services_own_pages_are_answered_under_all_its_names(site, people):
    client, headers = site(), bearer(people[1]["viewer"])
    for origin, host in (
        ("http://127.0.0.1", "127.0.0.1"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://plant.example", "plant.example"),
        ("https://plant.example", "127.0.0.1:8080"),  # behind a proxy with TLS
    ):
        assert client.get("/v1/me", headers={**headers, "origin": origin, "host": host}).status_code == 200, origin


def test_every_answer_tells_browsers_to_frame_sniff_and_refer_nothing(client):
    for path in ("/health", "/v1/families", "/v1/nothing", "/login", "/docs", "/metrics"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert headers["referrer-policy"] == "no-referrer"


def test_every_request_is_a_line_of_log_without_its_query_and_a_count(client, caplog):
    with caplog.at_level("INFO", logger="nightscore.access"):
        client.get("/v1/families?secret=1", headers=bearer(TOKEN))
        client.get("/v1/nothing")
    (first, second) = [record.getMessage() for record in caplog.records if record.name == "nightscore.access"]
    assert first.startswith("testclient service GET /v1/families 200 ")
    assert second.startswith("testclient - GET /v1/nothing 404 ")
    assert "secret" not in first
    assert 'nightscore_service_requests_total{area="v1",status="404"}' in client.get("/metrics/service").text
