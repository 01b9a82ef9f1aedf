"""A service under many clients, bombs, heads without end, and a kill."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attacked_plant import FAMILY, LAST

from sensors_data.settings import Settings

LINE = "POST /v1/score"
"""What the log says of a score that was answered."""
LIGHT = ("/health", "/v1/families", f"/v1/anomalies?family={FAMILY}", "/v1/models", f"/v1/labels?family={FAMILY}")


@contextmanager
def served(settings: Settings, own: Path, log: Path) -> Iterator[tuple[str, int]]:
    """The service as a command of its own; its address and process."""
    words = ["serve", "--settings", str(own), "--store", settings.store, "--port", "0", "--log"]
    words += ["--token-file", str(log.with_name("token")), "--users-file", str(log.with_name("users.json"))]
    command = [sys.executable, "-u", "-c", "from service.cli import main; main()", *words]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 180
        while " at http://" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        url = log.read_text().partition(" at ")[2].partition(";")[0]
        while fetched(f"{url}/health")[0] != 200:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield url, process.pid
    finally:
        process.kill()
        process.wait()


def fetched(url: str, body: bytes | None = None, kind: str = "text/csv") -> tuple[int, bytes]:
    """The status and body of an answer; 0 where there is none."""
    try:
        if body is None:
            answer = httpx.get(url, timeout=120)
        else:
            answer = httpx.post(url, content=body, headers={"content-type": kind}, timeout=120)
    except httpx.HTTPError:
        return 0, b""
    return answer.status_code, answer.content


def resident(process: int) -> float:
    """The memory of a process and of its children, megabytes."""
    children = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout.split()
    total = 0
    for number in (process, *children):
        try:
            lines = Path(f"/proc/{number}/status").read_text().splitlines()
        except FileNotFoundError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return total / 1024


def bombs() -> list[tuple[bytes, str]]:
    """Bodies that unpack to far more than they are, and one that is wide."""
    rows = 60_000
    sink = io.BytesIO()
    table = {"time": [1] * rows, "asset": pa.array(["a" * 4000] * rows), "temperature": [1.0] * rows}
    pq.write_table(pa.table(table), sink, compression="zstd")
    wide = b"\n".join([b",".join([b"1"] * 100_000)] * 20)
    return [(sink.getvalue(), "application/vnd.apache.parquet"), (wide, "text/csv"), (b"[" * 10**6, "application/json")]


@pytest.fixture
def own(plant) -> Path:
    """The plant's settings file."""
    return Path(plant.store).with_name("settings.toml")


def test_fifty_clients_and_a_bomb_a_second_leave_it_quick_small_and_whole(site, own, plant, tmp_path, sized, tell):
    clients, requests = (50, 20) if sized(100) >= 50 else (8, 5)
    body = _day_of(plant)
    with served(site, own, tmp_path / "log") as (url, process):
        before = {path: fetched(url + path) for path in LIGHT}
        at_rest, peak, stop, exploded = resident(process), 0.0, threading.Event(), Counter[int]()

        def explode() -> None:
            number = 0
            while not stop.wait(1.0):
                sent, kind = bombs_made[number % len(bombs_made)]
                bomb = threading.Thread(target=lambda s=sent, k=kind: exploded.update([fetched(score, s, k)[0]]))
                bomb.start()
                thrown.append(bomb)
                number += 1

        def watch() -> None:
            nonlocal peak
            while not stop.wait(0.2):
                peak = max(peak, resident(process))

        bombs_made, score = bombs(), f"{url}/v1/score?family={FAMILY}"
        thrown: list[threading.Thread] = []
        light: list[float] = []
        heavy: list[float] = []
        codes: Counter[int] = Counter()

        def ask(client: int) -> None:
            for number in range(requests):
                is_heavy = (client + number) % 8 == 0
                begun = time.monotonic()
                code = fetched(score, body)[0] if is_heavy else fetched(url + LIGHT[number % len(LIGHT)])[0]
                (heavy if is_heavy else light).append(time.monotonic() - begun)
                codes[code] += 1

        threads = [threading.Thread(target=work) for work in (explode, watch)]
        people = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
        for thread in (*threads, *people):
            thread.start()
        for thread in people:
            thread.join()
        stop.set()
        for thread in (*threads, *thrown):
            thread.join()
        os.kill(process, signal.SIGKILL)
    with served(site, own, tmp_path / "log2") as (url, _):
        after = {path: fetched(url + path) for path in LIGHT}
    p95 = {name: float(np.quantile(times, 0.95)) for name, times in (("light", light), ("heavy", heavy))}
    tell(
        f"load: {clients} clients x {requests}, answers {dict(codes)}, {exploded.total()} bombs {dict(exploded)}, "
        f"p95 light {p95['light']:.2f} s, heavy {p95['heavy']:.1f} s, memory {at_rest:.0f} MB then at most {peak:.0f}, "
        f"after SIGKILL {sum(after[path] == before[path] for path in LIGHT)} of {len(LIGHT)} answers the same"
    )
    assert after == before
    assert set(codes) <= {200, 429, 503}
    assert set(exploded) <= {400, 413, 422, 429, 503}
    assert peak < at_rest + 1000
    assert p95["light"] < 2


def test_what_is_under_way_is_answered_when_it_is_told_to_stop(site, own, plant, tmp_path, sized, tell):
    body, tried, answered, seconds = _day_of(plant), sized(10), 0, 0.0
    for number in range(tried):
        log = tmp_path / f"log-{number}"
        with served(site, own, log) as (url, process), ThreadPoolExecutor(4) as clients:
            score = f"{url}/v1/score?family={FAMILY}"
            under_way = [clients.submit(fetched, score, body) for _ in range(4)]
            while f"{LINE} 200" not in log.read_text() and not all(one.done() for one in under_way):
                time.sleep(0.01)
            os.kill(process, signal.SIGTERM)
            begun = time.monotonic()
            answered += sum(one.result()[0] == 200 for one in under_way)
            while _lives(process):
                assert time.monotonic() < begun + 60
                time.sleep(0.05)
            seconds = max(seconds, time.monotonic() - begun)
        said, token = log.read_text(), log.with_name("token").read_text().strip()
        assert token not in said
    tell(f"told to stop: {tried} times, 4 scores under way, {answered} answered, gone in at most {seconds:.1f} s")
    assert answered == 4 * tried


def test_heads_that_never_end_are_cut_off_and_others_are_answered(site, own, tmp_path, sized, tell):
    with served(site, own, tmp_path / "log") as (url, process):
        port, at_rest = int(url.rpartition(":")[2]), resident(process)
        slow = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(sized(500))]
        for connection in slow:
            _send(connection, b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as endless:
            sent = sum(_send(endless, b"a" * 65536) for _ in range(sized(5000)))
        begun = time.monotonic()
        answer = _from("127.0.0.2", port)
        seconds = time.monotonic() - begun
        cut = sum(_is_cut(connection) for connection in slow)
        for connection in slow:
            connection.close()
        grown = resident(process) - at_rest
    tell(
        f"heads: {len(slow)} half-sent, {cut} cut off; one without end cut off after {sent / 1e6:.1f} MB; "
        f"another client answered {answer} in {seconds:.2f} s; {grown:.0f} MB more memory"
    )
    assert cut == len(slow)
    assert sent < 20e6
    assert answer == 200
    assert grown < 100


def _day_of(plant: Settings) -> bytes:
    """The readings of the last day as they came."""
    return Path(plant.family(FAMILY).inbox.replace("{day}", str(LAST))).read_bytes()


def _lives(process: int) -> bool:
    """Whether a process, which may wait to be asked how it ended, still runs."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _send(connection: socket.socket, data: bytes) -> int:
    try:
        connection.sendall(data)
    except OSError:
        return 0
    return len(data)


def _is_cut(connection: socket.socket) -> bool:
    """Whether a connection is closed by the other side within a minute, answered or not."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def _from(address: str, port: int) -> int:
    """The status of an answer to a client of another address of this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(address, 0)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return int(connection.recv(4096).split()[1])
