"""Heads of requests that are too slow, too large or too many, over real sockets."""

import socket
import time

import pytest

from service.api import connections
from service.api.access import Access
from service.api.app import create_app
from service.server import server_of

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@pytest.fixture(scope="module")
def address(plant, running):
    """The address of a real server that waits half a second for a head."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "HEAD_SECONDS", 0.5)
        with running(server_of(create_app(plant, Access(TOKEN, ("127.0.0.1",), True)))) as place:
            yield place


def connected(address, client: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(address, timeout=20, source_address=(client, 0))


def answer(address, client: str, request: bytes) -> bytes:
    """All that a server says before it closes; nothing where it only closes."""
    with connected(address, client) as connection:
        try:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            return b""


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1024) == b""
    except ConnectionError:
        return True


def drip(connection: socket.socket) -> None:
    connection.sendall(HALF)
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.05)


def test_a_half_sent_head_is_cut_off_and_one_that_drips_too(address):
    with connected(address) as silent, connected(address) as half, connected(address) as dripping:
        half.sendall(HALF)
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            drip(dripping)
        assert time.monotonic() - begun < 5
        assert [is_closed(silent), is_closed(half)] == [True, True]
    assert answer(address, "127.0.0.1", HEALTH).startswith(b"HTTP/1.1 200")


def test_a_client_has_so_many_heads_under_way_and_others_are_answered_meanwhile(address):
    many = [connected(address) for _ in range(3 * connections.HEADS)]
    begun = time.monotonic()
    assert answer(address, "127.0.0.2", HEALTH).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - begun < 5
    closed_at_once = 0
    for connection in many:
        connection.setblocking(False)
        try:
            closed_at_once += connection.recv(1) == b""
        except ConnectionError:
            closed_at_once += 1
        except BlockingIOError:
            pass
        connection.close()
    assert closed_at_once >= 2 * connections.HEADS


@pytest.mark.parametrize(
    "head",
    [
        HALF + b"a" * 70_000 + b"\r\n\r\n",
        HALF + b"a\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(6000)) + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
    ids=["one long header", "many headers", "a long address"],
)
def test_an_oversized_head_is_refused(address, head):
    assert answer(address, "127.0.0.3", head)[:12] in (b"", b"HTTP/1.1 431")  # closed before it was sent to its end
    assert answer(address, "127.0.0.3", HEALTH).startswith(b"HTTP/1.1 200")


def test_a_head_is_measured_up_to_its_end_wherever_its_bytes_are_parted(address):
    body = b"x" * 100_000
    head = b"POST /v1/labels HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n"
    for place in range(len(head) - 5, len(head) + 1):
        with connected(address, "127.0.0.5") as connection:
            connection.sendall(head[:place])
            time.sleep(0.05)
            connection.sendall(head[place:] + body)
            assert connection.recv(4096).startswith(b"HTTP/1.1 422"), place


SMUGGLED = [
    b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"GET /v1/families HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
]


@pytest.mark.parametrize("request_", SMUGGLED, ids=["CL.TE", "CL.CL", "odd TE", "two hosts", "negative length"])
def test_a_request_that_two_servers_would_read_differently_is_refused(address, request_):
    told = answer(
        address,
        "127.0.0.4",
        request_ if b"close" in request_ else request_.replace(b"Host", b"Connection: close\r\nHost", 1),
    )
    assert told[:10] == b"HTTP/1.1 4", told[:200]
    assert told.count(b"HTTP/1.1") == 1


def test_a_websocket_is_answered_like_a_page_that_is_not_there(address):
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    upgrade += b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    with connected(address) as connection:
        connection.sendall(b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n" + upgrade + b"\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
