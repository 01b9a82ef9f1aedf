"""What stands before every request: sizes, rates, time, tokens, host names."""

import socket
import zlib

import pytest
import uvicorn

from service.api.access import Access
from service.api.app import access_for, create_app
from service.api.guard import Limits

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_packed_and_oversized_bodies_are_refused_before_they_are_read(plant, client_of):
    client = client_of(plant, Limits(body=2**20))
    packed = client.post(
        "/v1/score?family=oven", content=zlib.compress(b"x" * 10**7), headers={"content-encoding": "gzip"}
    )
    assert (packed.status_code, packed.json()["field"]) == (415, "content-encoding")
    assert client.post("/v1/score?family=oven", content=b"x" * (2**20 + 1)).status_code == 413

    def unannounced():
        for _ in range(20):
            yield b"x" * 2**17

    assert client.post("/v1/score?family=oven", content=unannounced()).status_code == 413
    assert client.get("/health").json() == {"state": "alive"}


def test_a_hundred_megabytes_and_ten_thousand_parts_are_refused_and_the_service_lives(plant, client_of):
    client = client_of(plant)
    assert client.post("/v1/score?family=oven", content=b"x" * 100 * 2**20).status_code == 413
    assert client.get("/health").status_code == 200


def test_no_client_asks_more_often_than_the_rate(plant, client_of):
    client = client_of(plant, Limits(rate=0.001, burst=3))
    found = [client.get("/v1/models").status_code for _ in range(5)]
    assert found == [200, 200, 200, 429, 429]
    assert client.get("/health").status_code == 200


def test_off_loopback_everything_but_health_takes_the_token(plant, client_of):
    client = client_of(plant, open_to_read=False)
    assert client.get("/v1/families").status_code == 401
    assert "Basic" in client.get("/v1/families").headers["www-authenticate"]
    assert client.get("/health").status_code == 200
    assert client.get("/v1/families", headers=BEARER).status_code == 200
    assert client.get("/v1/families", auth=("anyone", TOKEN)).status_code == 200
    assert client.post("/login", data={"token": "wrong"}).status_code == 401
    opened = client.post("/login", data={"token": TOKEN}, follow_redirects=False)
    assert opened.status_code == 303
    assert TOKEN not in opened.headers["set-cookie"]
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "token" not in opened.headers["location"]
    assert client.get("/v1/families").status_code == 200  # by the cookie


def test_another_host_name_is_refused_so_that_no_other_site_reads_through_a_browser(client):
    answer = client.get("/v1/families", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["field"]) == (421, "host")


def test_a_token_file_is_made_for_its_owner_alone_and_a_short_one_is_refused(tmp_path):
    path = tmp_path / "new" / "token"
    first = access_for("127.0.0.1", path)
    assert path.stat().st_mode & 0o077 == 0
    assert access_for("127.0.0.1", path).token == first.token
    assert (first.open_to_read, access_for("10.0.0.5", path).open_to_read) == (True, False)
    path.write_text("short")
    with pytest.raises(ValueError, match="has 5 characters; 16 are needed"):
        access_for("127.0.0.1", path)


@pytest.fixture
def impatient(plant, running):
    """The address of a real server that waits half a second for a body."""
    app = create_app(plant, Access(TOKEN, ("127.0.0.1",), True), Limits(seconds=0.5))
    with running(uvicorn.Server(uvicorn.Config(app, log_level="critical"))) as place:
        yield place


def test_a_client_that_dawdles_is_cut_off_while_others_are_answered(impatient):
    head = b"POST /v1/score?family=oven HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\ntime,"
    with socket.create_connection(impatient, timeout=30) as slow:
        slow.sendall(head)
        with socket.create_connection(impatient, timeout=30) as other:
            other.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert other.recv(4096).startswith(b"HTTP/1.1 200")
        assert slow.recv(4096).startswith(b"HTTP/1.1 408")
