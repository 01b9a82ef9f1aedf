"""What two Celery workers need around them: two network namespaces, PostgreSQL, Redis and an S3 server between them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from databases import postgresql
from local_airflow import Airflow, free_port, start, stop, wait_for

WORKERS = ("a", "b")
BRIDGE, NETWORK = "nightscore0", "10.231.77"


@dataclass(frozen=True)
class Between:
    """What the workers share, all of it on `address`: the URLs of the database, the broker and the S3 server."""

    address: str
    database: str
    broker: str
    s3: str

    @property
    def environment(self) -> dict[str, str]:
        """For every component: Celery, and a store on that S3 server."""
        return {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": self.broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{self.database}",
            "AIRFLOW__CORE__HOSTNAME_CALLABLE": "worker_name.worker_name",
            "NIGHTSCORE_STORE": "s3://plant/store",
            "AWS_ENDPOINT_URL": self.s3,
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
            "AWS_DEFAULT_REGION": "us-east-1",
        }


@contextmanager
def namespaces() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The address that all reach, and what each worker's commands start under: its own network namespace as root.

    An ordinary user may make none: then both are on the loopback interface, and still share no folder.
    """
    if os.geteuid() != 0:
        yield "127.0.0.1", {worker: [] for worker in WORKERS}
        return
    address, ip = f"{NETWORK}.1", shutil.which("ip") or "ip"
    with ExitStack() as undo:
        _ip(ip, f"link add {BRIDGE} type bridge")
        undo.callback(_ip, ip, f"link del {BRIDGE}")
        _ip(ip, f"addr add {address}/24 dev {BRIDGE}")
        _ip(ip, f"link set {BRIDGE} up")
        for number, worker in enumerate(WORKERS, start=11):
            space, outside = f"nightscore-{worker}", f"nightscore-{worker}"
            _ip(ip, f"netns add {space}")
            undo.callback(_ip, ip, f"netns del {space}")
            _ip(ip, f"link add {outside} master {BRIDGE} type veth peer name eth0 netns {space}")
            _ip(ip, f"link set {outside} up")
            for words in (f"addr add {NETWORK}.{number}/24 dev eth0", "link set eth0 up", "link set lo up"):
                _ip(ip, f"-n {space} {words}")
        yield address, {worker: [ip, "netns", "exec", f"nightscore-{worker}"] for worker in WORKERS}


def _ip(ip: str, words: str) -> None:
    done = subprocess.run([ip, *words.split()], capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"ip {words}: {done.stderr.strip()}")


@contextmanager
def between(folder: Path, address: str) -> Iterator[Between]:
    """PostgreSQL, Redis and an S3 server (moto's) with an empty bucket `plant`, on `address` until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    redis, s3 = free_port(address), free_port(address)
    server = shutil.which("redis-server")
    if server is None:
        raise OSError("Redis is not installed; run: make tools")
    quiet = ["--save", "", "--appendonly", "no", "--protected-mode", "no", "--dir", str(folder)]
    with ExitStack() as ends:
        trusted = "127.0.0.1/32" if address == "127.0.0.1" else f"{NETWORK}.0/24"
        database = ends.enter_context(postgresql(folder / "postgresql", address, trusted))
        ends.enter_context(_server(folder, "redis", [server, "--bind", address, "--port", str(redis), *quiet]))
        moto = [sys.executable, "-m", "moto.server", "-H", address, "-p", str(s3)]
        ends.enter_context(_server(folder, "s3", moto))
        shared = Between(address, database, f"redis://{address}:{redis}/0", f"http://{address}:{s3}")
        wait_for(f"{shared.s3}/moto-api/", seconds=60)
        yield shared


@contextmanager
def _server(folder: Path, name: str, command: list[str]) -> Iterator[None]:
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield
    finally:
        stop([process])


@contextmanager
def workers(
    airflow: Airflow, places: dict[str, Path], under: dict[str, list[str]]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """A Celery worker in each place: its own Airflow home, DAGs, settings and inbox, nothing of another's."""
    running = {}
    try:
        for worker, place in places.items():
            own = {
                "AIRFLOW_HOME": str(place),
                "AIRFLOW__CORE__DAGS_FOLDER": str(place / "dags"),
                "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place / "logs"),
                "NIGHTSCORE_SETTINGS": str(place / "settings.toml"),
                "NIGHTSCORE_WORKER": f"worker-{worker}",
            }
            words = f"celery worker --celery-hostname {worker}@nightscore --skip-serve-logs"
            running[worker] = start(airflow, words, *under[worker], environment=own, log=f"worker-{worker}")
        yield running
    finally:
        stop(list(running.values()))


def power_cut(worker: subprocess.Popen[bytes]) -> int:
    """Kill -9 a worker and every process under it, its tasks too; how many there were."""
    all_of_it = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for process in all_of_it:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    worker.wait()
    return len(all_of_it)
