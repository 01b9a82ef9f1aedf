"""An Airflow of one's own on the loopback interface: prepared in a folder, started, asked, and stopped whole."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from airflow_rest import ask, sign_in

HERE = Path(__file__).resolve().parent
CONFIGURATION = HERE.parent / "airflow"
DAGS = HERE.parents[1] / "dags"
COMPONENTS = ("dag-processor", "scheduler", "triggerer")
USER = "admin"


@dataclass(frozen=True)
class Airflow:
    """Where an Airflow lives and with which environment its programs start."""

    home: Path
    port: int
    environment: dict[str, str] = field(repr=False)
    address: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Of its web page and REST interface."""
        return f"http://{self.address}:{self.port}"

    @property
    def password(self) -> str:
        """Of the user `admin`."""
        known: dict[str, str] = json.loads((self.home / "passwords.json").read_text())
        return known[USER]

    def command(self, *words: str) -> list[str]:
        """`airflow WORDS`, in this Python."""
        return [sys.executable, "-m", "airflow", *words]


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((address, 0))
        return int(listener.getsockname()[1])


def prepare(
    home: Path, settings: Path, database: str | None, changes: Mapping[str, str] = {}, address: str = "127.0.0.1"
) -> Airflow:
    """An Airflow in `home` for the DAGs and these settings, its tables made; `database` is SQLite in `home` if None.

    Secrets and the password are drawn once and kept in `home`, readable by its owner alone.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    port = int(os.environ.get("NIGHTSCORE_AIRFLOW_PORT", 0)) or free_port(address)
    configured = dict(line.split("=", 1) for line in _lines(CONFIGURATION / "airflow.env"))
    local = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{address}:{port}/execution/",
        "AIRFLOW__API__HOST": address,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://{address}:{port}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database or f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "NIGHTSCORE_SETTINGS": str(settings.resolve()),
        "PYTHONPATH": f"{CONFIGURATION}{os.pathsep}{HERE}",  # airflow_local_settings; worker_name
    }
    plain = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW") and k != "PYTHONDONTWRITEBYTECODE"}
    made = Airflow(home, port, {**plain, **configured, **local, **_secrets(home), **changes}, address)
    run(made, "db", "migrate")
    return made


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").splitlines()
    return [line for line in text if line and not line.startswith("#")]


def _secrets(home: Path) -> dict[str, str]:
    path = home / "secrets.json"
    if not path.exists():
        drawn = {
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(48),
            "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        for name, content in (("secrets.json", drawn), ("passwords.json", {USER: secrets.token_urlsafe(12)})):
            (home / name).touch(mode=0o600)
            (home / name).write_text(json.dumps(content) + "\n")
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def run(airflow: Airflow, *words: str) -> str:
    """What `airflow WORDS` prints. OSError, with its last lines, when it fails."""
    done = subprocess.run(
        airflow.command(*words), env=airflow.environment, capture_output=True, text=True, cwd=airflow.home
    )
    if done.returncode:
        raise OSError(f"airflow {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


@contextmanager
def running(airflow: Airflow, components: tuple[str, ...] = COMPONENTS) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Its api-server and then the other components, with the pool of the trainings; all stopped at the end.

    The api-server answers before the scheduler starts, or the first tasks find nobody to report to.
    """
    with started(airflow, "api-server"):
        wait_for(f"{airflow.url}/api/v2/version", seconds=120)
        rest = sign_in(airflow.url, USER, airflow.password)
        ask(rest, "POST", "/pools", {"name": "training", "slots": 1}, ignore=409)
        with started(airflow, *components) as processes:
            yield processes


@contextmanager
def started(airflow: Airflow, *components: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Components as processes that end with this one; what they say goes to `home`/COMPONENT.log."""
    processes = [start(airflow, name) for name in components]
    try:
        yield processes
    finally:
        stop(processes)


def start(
    airflow: Airflow, component: str, *prefix: str, environment: Mapping[str, str] = {}, log: str = ""
) -> subprocess.Popen[bytes]:
    """One component in a process group of its own; `prefix` is what it is started under, as `ip netns exec NAME`.

    What it says goes to `home`/LOG.log, LOG being the component itself if not given.
    """
    quiet = ["--skip-serve-logs"] if component in ("scheduler", "triggerer") else []
    tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    with (airflow.home / f"{log or component}.log").open("ab") as output:
        return subprocess.Popen(
            [*tied, *prefix, *airflow.command(*component.split(), *quiet)],
            env={**airflow.environment, **environment},
            cwd=airflow.home,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(processes: list[subprocess.Popen[bytes]], seconds: float = 15) -> None:
    """End processes and all that they started, kindly first."""
    started = [psutil.Process(p.pid) for p in processes if p.poll() is None]
    everything = [child for process in started for child in [process, *process.children(recursive=True)]]
    for process in reversed(started):
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(everything, timeout=seconds)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for ended in processes:
        ended.wait()


def check_alive(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """OSError, with where to look, when one of the processes ended by itself."""
    for process in processes:
        if process.poll() is not None:
            words = " ".join(map(str, process.args)) if isinstance(process.args, list) else str(process.args)
            raise OSError(f"ended with code {process.returncode}, its log says why: {words.partition('airflow ')[2]}")


def wait_for(url: str, seconds: float) -> None:
    """Until `url` answers. TimeoutError when it does not."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own loopback address
        except OSError as error:
            if time.monotonic() > until:
                raise TimeoutError(f"{url} does not answer after {seconds:.0f} s: {error}") from error
            time.sleep(0.5)
        else:
            return
