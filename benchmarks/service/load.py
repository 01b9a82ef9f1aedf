"""How quick the service answers: scoring a day of six sensors, drawing 16 images, fifty clients at once, its memory.

python -m benchmarks.service.load --camera press --settings demo/settings.toml
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from anomaly.series.training.train_job import train_series
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import load

FIRST, DAYS = date(2026, 1, 5), 5
SENSORS = ("speed", "flow", "pressure", "current", "temperature", "vibration")
SETTINGS = """store = "store"
[families.minute]
inbox = "inbox/minute-{day}.csv"
step = "1min"
[families.minute.layout]
asset = "asset"
[families.minute.training]
first_after = 4
[families.minute.sensors]
""" + "".join(f"{name} = {{}}\n" for name in SENSORS)


def make_plant(folder: Path, camera_from: Path | None, camera: str) -> Path:
    """A family with a value a minute, four days learned and a fifth to send; its settings file."""
    rng = np.random.default_rng(0)
    (folder / "inbox").mkdir()
    for number in range(DAYS):
        times = pd.date_range(FIRST + timedelta(days=number), periods=1440, freq="1min", tz="UTC")
        phase = 2 * np.pi * (np.arange(1440) + 1440 * number) / 120
        values = {name: 10 * (i + 1) + np.sin(phase + i) + rng.normal(0, 0.1, 1440) for i, name in enumerate(SENSORS)}
        frame = pd.DataFrame({"time": times.strftime("%Y-%m-%dT%H:%M:%SZ"), "asset": "m1", **values}).round(4)
        frame.to_csv(folder / "inbox" / f"minute-{FIRST + timedelta(days=number)}.csv", index=False)
    text = SETTINGS
    if camera_from is not None:
        shutil.copytree(
            load(camera_from).store + f"/models/generators/{camera}", folder / f"store/models/generators/{camera}"
        )
        spec = load(camera_from).camera(camera)
        text += f'[cameras.{camera}]\ninbox = "none"\nsize = {spec.size}\nchannels = {spec.channels}\n'
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    settings = load(path)
    for number in range(DAYS - 1):
        day = FIRST + timedelta(days=number)
        ingest(settings, day, "minute")
        impute(settings, day, "minute")
    train_series(settings, FIRST + timedelta(days=DAYS - 1), "minute")
    return path


@dataclass(frozen=True)
class Server:
    """A running service."""

    address: str
    process: subprocess.Popen[str]

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MB that it holds at most until now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def post(self, path: str, body: bytes, kind: str) -> float:
        """Seconds until an answer is whole."""
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind})  # noqa: S310
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            answer.read()
        return time.perf_counter() - begun


def start(settings: Path) -> Server:
    """The service on a free port."""
    command = [sys.executable, "-c", "from service.cli.app import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen([*command, "--settings", str(settings)], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline() if process.stdout else ""
    address = next(word for word in line.replace(";", " ").split() if word.startswith("http"))
    for _ in range(600):
        try:
            urllib.request.urlopen(address + "/health", timeout=5).read()  # noqa: S310
            return Server(address, process)
        except OSError:
            time.sleep(0.1)
    raise OSError("the service did not start")


def summary(name: str, seconds: list[float], server: Server, cpu: float, errors: int = 0) -> str:
    """A row of the table."""
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    own = 1000 * cpu / len(seconds)
    return f"| {name} | {len(seconds)} | {p50:.0f} | {p95:.0f} | {own:.0f} | {errors} | {server.memory():.0f} |"


def one_by_one(server: Server, name: str, times: int, path: str, body: bytes, kind: str) -> str:
    """A row for requests one after another."""
    for _ in range(3):
        server.post(path, body, kind)
    before = server.cpu()
    seconds = [server.post(path, body, kind) for _ in range(times)]
    return summary(name, seconds, server, server.cpu() - before)


def together(server: Server, name: str, clients: int, each: int, path: str, body: bytes, kind: str) -> str:
    """A row for many clients at once."""
    seconds: list[float] = []
    errors: list[str] = []

    def client() -> None:
        for _ in range(each):
            try:
                seconds.append(server.post(path, body, kind))
            except OSError as error:
                errors.append(str(error))

    before = server.cpu()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return summary(name, seconds, server, server.cpu() - before, len(errors))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, help="settings of a store with a generator, for drawing")
    parser.add_argument("--camera", default="press")
    parser.add_argument("--times", type=int, default=60)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = make_plant(Path(folder), words.settings, words.camera)
        body = (Path(folder) / "inbox" / f"minute-{FIRST + timedelta(days=DAYS - 1)}.csv").read_bytes()
        server = start(settings)
        try:
            print("| request | times | p50 ms | p95 ms | processor ms each | errors | peak memory MB |")
            print("|---|---|---|---|---|---|---|")
            score = ("/v1/score?family=minute", body, "text/csv")
            print(one_by_one(server, "score 1,440 rows of six sensors", words.times, *score))
            if words.settings is not None:
                wanted = json.dumps({"camera": words.camera, "count": 16, "format": "json"}).encode()
                draw = ("/v1/images", wanted, "application/json")
                print(one_by_one(server, "draw 16 images", words.times, *draw))
            print(together(server, "score, 50 clients at once", 50, 4, *score))
        finally:
            server.process.send_signal(signal.SIGINT)
            server.process.wait(timeout=30)


if __name__ == "__main__":
    main()
