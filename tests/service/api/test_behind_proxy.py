"""A proxy that signs people in, over real sockets: its header counts from its own address, whatever a request tells."""

import socket

import pytest

from service.api.access import Access, proxy_of
from service.api.app import create_app
from service.api.guard import Limits
from service.api.users import Users, add_user
from service.server import server_of

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
PROXY, FOREIGN = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def access(tmp_path_factory) -> Access:
    """A proxy at PROXY is trusted, and everybody else is asked who they are."""
    users = tmp_path_factory.mktemp("users") / "users.json"
    add_user(users, "ana", "admin", 30)
    return Access(TOKEN, ("127.0.0.1",), False, Users(users), proxy_of("X-Forwarded-User", (PROXY,)))


@pytest.fixture(scope="module")
def address(plant, running, access):
    with running(server_of(create_app(plant, access))) as place:
        yield place


@pytest.fixture(scope="module")
def limited(plant, running, access):
    """The address of another such server, which answers a client four times."""
    with running(server_of(create_app(plant, access, Limits(rate=0.001, burst=4)))) as place:
        yield place


def asked(address, client: str, *headers: str) -> str:
    """The status line and the last line of what a client of an address is answered."""
    lines = ("GET /v1/me HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", "")
    with socket.create_connection(address, timeout=20, source_address=(client, 0)) as connection:
        connection.sendall("\r\n".join(lines).encode())
        told = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return f"{told.splitlines()[0]} {told.splitlines()[-1]}"


def test_the_proxys_word_counts_and_it_may_tell_whom_it_speaks_for(address):
    for person in ("192.0.2.7", "192.0.2.8, 192.0.2.9"):
        told = asked(address, PROXY, "X-Forwarded-User: ana", f"X-Forwarded-For: {person}")
        assert told.startswith("HTTP/1.1 200")
        assert '"role":"admin"' in told


@pytest.mark.parametrize(
    "forged",
    [
        (),
        (f"X-Forwarded-For: {PROXY}",),
        (f"X-Forwarded-For: 192.0.2.7, {PROXY}",),
        (f"Forwarded: for={PROXY}",),
        (f"X-Real-IP: {PROXY}", f"X-Client-IP: {PROXY}"),
    ],
)
@pytest.mark.parametrize("client", [FOREIGN, "127.0.0.1"])
def test_a_forged_header_from_another_address_counts_nothing(address, client, forged):
    told = asked(address, client, "X-Forwarded-User: ana", *forged)
    assert told.startswith("HTTP/1.1 401"), told


def test_the_rate_is_counted_by_the_person_behind_the_proxy_and_by_address_for_all_others(limited):
    def statuses(client: str, *persons: str) -> list[str]:
        proof = "X-Forwarded-User: ana" if client == PROXY else f"Authorization: Bearer {TOKEN}"
        return [asked(limited, client, proof, f"X-Forwarded-For: {person}")[9:12] for person in persons]

    often = ["200"] * 4 + ["429"] * 2
    assert statuses(PROXY, *["192.0.2.50"] * 6) == often
    assert statuses(PROXY, "192.0.2.50, 192.0.2.51") == ["200"]  # the last one is the proxy's own word
    assert statuses(FOREIGN, *(f"192.0.2.{number}" for number in range(6))) == often
