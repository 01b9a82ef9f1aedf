"""Pushgateway, Prometheus and Alertmanager on free ports of loopback, with the configuration of deploy/ made faster."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[1]
START_S = 60


def program(name: str) -> str:
    """The path of an installed server. LookupError says how to have it."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        raise LookupError(f"{name} is not installed; run: make tools")
    return path


def free_address() -> str:
    """An address of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def ask(address: str, path: str, **query: str) -> Any:
    """What a server answers to a GET, from JSON."""
    words = f"?{urllib.parse.urlencode(query)}" if query else ""
    with urllib.request.urlopen(f"http://{address}{path}{words}", timeout=30) as answer:
        return json.load(answer)


@contextmanager
def served(command: list[str], address: str, ready: str, log: Path) -> Iterator[None]:
    """A server that runs and answers on `ready`; ended on leaving. TimeoutError tells the end of its log."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=log.parent) as server:
        try:
            deadline = time.monotonic() + START_S
            while True:
                try:
                    urllib.request.urlopen(f"http://{address}{ready}", timeout=5).close()
                    break
                except OSError as error:
                    if time.monotonic() > deadline or server.poll() is not None:
                        raise TimeoutError(f"{command[0]} does not answer: {log.read_text()[-2000:]}") from error
                    time.sleep(0.1)
            yield
        finally:
            server.terminate()


@contextmanager
def pushgateway(folder: Path) -> Iterator[str]:
    """A Pushgateway; its address."""
    address = free_address()
    command = [program("prometheus-pushgateway"), f"--web.listen-address={address}"]
    with served(command, address, "/-/ready", folder / "pushgateway.log"):
        yield address


@contextmanager
def alertmanager(folder: Path, webhook: str, token: str) -> Iterator[str]:
    """An Alertmanager that tells the webhook, with the routes and inhibitions of alertmanager.yml; its address."""
    config = yaml.safe_load((DEPLOY / "alertmanager.yml").read_text())
    (folder / "webhook_token").write_text(token)
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "500ms", "group_interval": "1s"}
    for receiver in config["receivers"]:
        for hook in receiver.get("webhook_configs", []):
            hook["url"] = webhook
            hook["http_config"]["authorization"]["credentials_file"] = str(folder / "webhook_token")
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(config))
    address = free_address()
    command = [program("prometheus-alertmanager"), f"--config.file={folder / 'alertmanager.yml'}"]
    command += [f"--web.listen-address={address}", f"--storage.path={folder / 'alertmanager'}"]
    command += ["--cluster.listen-address="]
    with served(command, address, "/-/ready", folder / "alertmanager.log"):
        yield address


@contextmanager
def prometheus(folder: Path, gateway: str, manager: str, stale_s: float) -> Iterator[str]:
    """A Prometheus with the rules of alerts.yml, every second, scores stale after `stale_s`; its address."""
    rules = (DEPLOY / "alerts.yml").read_text()
    if rules.count("50 * 3600") != 2:
        raise ValueError("alerts.yml has another limit of ScoresStale than 50 * 3600; change it here too")
    (folder / "alerts.yml").write_text(rules.replace("50 * 3600", str(stale_s)).replace("for: 15m", "for: 15s"))
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [manager]
    jobs = [job for job in config["scrape_configs"] if job["job_name"] == "pushgateway"]
    jobs[0]["static_configs"][0]["targets"] = [gateway]
    (folder / "prometheus.yml").write_text(yaml.safe_dump({**config, "scrape_configs": jobs}))
    with running_prometheus(folder) as address:
        yield address


@contextmanager
def running_prometheus(folder: Path, *flags: str) -> Iterator[str]:
    """A Prometheus with the prometheus.yml and the data of a folder, and further flags; its address."""
    address = free_address()
    command = [program("prometheus"), f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--web.listen-address={address}", f"--storage.tsdb.path={folder / 'data'}"]
    command += ["--storage.tsdb.retention.time=100y", "--log.level=warn", *flags]
    with served(command, address, "/-/ready", folder / "prometheus.log"):
        yield address


@contextmanager
def chain(folder: Path, webhook: str, token: str, stale_s: float, gateway: str) -> Iterator[tuple[str, str]]:
    """Alertmanager and Prometheus beside a Pushgateway that runs; the addresses of Prometheus and Alertmanager."""
    with ExitStack() as stack:
        manager = stack.enter_context(alertmanager(folder, webhook, token))
        yield stack.enter_context(prometheus(folder, gateway, manager, stale_s)), manager
