"""A small plant whose nights are run once, the command as a user calls it, and a browser before the service."""

import hashlib
import itertools
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from starlette.testclient import TestClient

from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import Settings, load
from sensors_data.simulation.plant import START, plant_settings, simulate_plant, write_plant
from sensors_data.store import Store
from service.api.access import Access, Identity
from service.api.app import create_app
from service.api.guard import Limits
from service.cli import main
from service.schedule import nights
from service.server import listen
from service.views.settings_file import SettingsFile

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
DAYS, FIRST_AFTER = 9, 5
ASSETS = ("oven-1", "oven-3")  # one in each shard
DETECTOR = """
[families.oven.detector]
lengths = [1.0]
shortest = 32
longest = 32
tokens = 8
draws = 2
max_windows = 150
hidden = 8
draft_epochs = 1
[families.oven.detector.fit]
epochs = 2
"""


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """These tests share the machine, and so do the processes that they start."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(autouse=True)
def no_settings_named(monkeypatch):
    """The tests of the DAGs name settings in the environment for as long as they run."""
    for name in ("NIGHTSCORE_SETTINGS", "NIGHTSCORE_STORE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def inbox(tmp_path_factory) -> Path:
    """Nine days of two ovens in two shards, and settings that train on the sixth day and on the ninth."""
    folder = tmp_path_factory.mktemp("plant")
    plant = simulate_plant(4, 15, 9)
    ovens = plant.readings["oven"]
    kept = ovens["asset"].isin(ASSETS) & (ovens["time"].dt.date < START + timedelta(days=DAYS))
    plant = replace(plant, readings={"oven": ovens[kept]})
    write_plant(plant, folder, 0)
    text = plant_settings().replace("first_after = 21", f"first_after = {FIRST_AFTER}\nevery = 3")
    pump, _, oven = text.partition("[families.oven]")
    head = pump.splitlines()[0]
    oven = oven.replace('step = "5min"', 'step = "10min"\nshards = 2')
    (folder / "settings.toml").write_text(f"{head}\n[families.oven]{oven}{DETECTOR}")
    return folder


@pytest.fixture(scope="session")
def plant(inbox) -> Settings:
    """The settings of the plant after its backfill; planned work of oven-1 on the seventh day is known beforehand."""
    settings = load(inbox / "settings.toml")
    start = f"{START.replace(day=START.day + 6)}T08:00Z"
    work = {"family": "oven", "asset": "oven-1", "kind": "planned", "start": start, "end": start.replace("T08", "T11")}
    add_incident(Store(settings.store), Incident.model_validate(work))
    nights.backfill(settings, "oven", None, None, 1, print)
    return settings


@pytest.fixture
def copied(plant, tmp_path) -> Settings:
    """The plant with a store of its own, to change at will."""
    shutil.copytree(plant.store, tmp_path / "store")
    return plant.model_copy(update={"store": str(tmp_path / "store")})


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def assert_refused(self, message: str) -> None:
        """Exit code 2 and one sentence that says `message`."""
        assert self.code == 2, self
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        assert message in self.err
        assert "Traceback" not in self.out + self.err


@pytest.fixture
def nightscore(monkeypatch, capsys) -> Callable[..., Ended]:
    """The command in this process: nightscore(words) -> exit code, stdout, stderr."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> Ended:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["nightscore", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    return run


def tree(store: str | Path, *leave_out: str) -> dict[str, str]:
    """SHA-256 of every file under a folder; what lies under the named folders is left out."""
    found = {}
    for folder, _, names in os.walk(store):
        for name in names:
            path = Path(folder) / name
            where = path.relative_to(store).as_posix()
            if not where.startswith(leave_out):
                found[where] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture
def ask(nightscore, copied, inbox) -> Callable[..., Ended]:
    """nightscore(words) on a store of the test's own."""
    return lambda *words: nightscore(*words, "--settings", inbox / "settings.toml", "--store", copied.store)


@pytest.fixture
def files_of() -> Callable[..., dict[str, str]]:
    """SHA-256 by path of a store's files that must be the same whenever they are made (runs and metrics tell times)."""
    return lambda store: tree(store, "runs/", "metrics/")


@pytest.fixture(scope="session")
def client_of() -> Callable[..., TestClient]:
    """client_of(settings): a client of the service over a store, by another's limits or off loopback if wanted."""

    def made(settings: Settings, limits: Limits | None = None, open_to_read: bool = True) -> TestClient:
        app = create_app(settings, Access(TOKEN, ("127.0.0.1", "localhost"), open_to_read), limits)
        return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    return made


@pytest.fixture(scope="module")
def client(client_of, plant) -> TestClient:
    """A client over the plant."""
    return client_of(plant)


@pytest.fixture
def own(client_of, copied) -> TestClient:
    """A client over a store of the test's own."""
    return client_of(copied)


@pytest.fixture
def body(inbox) -> Callable[..., bytes]:
    """The inbox's CSV of a day, as it came."""
    return lambda day: next(inbox.glob(f"inbox/oven/*{day}*")).read_bytes()


@pytest.fixture(scope="session")
def nightly(plant) -> Callable[..., pd.DataFrame]:
    """nightly(table, day): the rows that the night wrote, by asset and time or start."""

    def rows_of(table: str, day: date) -> pd.DataFrame:
        store = Store(plant.store)
        rows = store.read_days(table, [day], family="oven")
        order = ["asset", *(name for name in ("time", "start", "sensor") if name in rows)]
        return rows.sort_values(order, ignore_index=True)

    return rows_of


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., pd.DataFrame]:
    """frame_of(rows, like): JSON rows as a frame of a table's types."""

    def made(rows: list[dict[str, object]], like: pd.DataFrame) -> pd.DataFrame:
        times = [name for name in like.columns if isinstance(like[name].dtype, pd.DatetimeTZDtype)]
        frame = pd.DataFrame(rows, columns=like.columns)
        frame[times] = frame[times].apply(pd.to_datetime, utc=True)
        if "sensors" in frame:
            frame["sensors"] = [np.array(sensors, dtype=object) for sensors in frame["sensors"]]
        return frame.astype(like.dtypes)

    return made


@pytest.fixture(scope="session")
def browser(program):
    """Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[tuple[str, int]]]:
    """running(server): a server in a thread on a free port of loopback; its address."""

    @contextmanager
    def run(server) -> Iterator[tuple[str, int]]:
        listening = listen("127.0.0.1", 0)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield listening.getsockname()
        server.should_exit = True
        thread.join(timeout=20)

    return run


@pytest.fixture(scope="session")
def serving(running, tmp_path_factory) -> Callable[..., AbstractContextManager[str]]:
    """serving(settings, file): the service, pages and all, perhaps started from a settings file; its address."""
    import uvicorn

    from service.pages.app import mount_pages

    @contextmanager
    def served(settings: Settings, file: SettingsFile | None = None) -> Iterator[str]:
        app = create_app(settings, Access(TOKEN, ("127.0.0.1",), True), file=file)
        mount_pages(app, tmp_path_factory.mktemp("uploads"))
        with running(uvicorn.Server(uvicorn.Config(app, log_level="warning"))) as (host, port):
            yield f"http://{host}:{port}"

    return served


@pytest.fixture(scope="session")
def signed_in() -> str:
    """The cookie of a browser that signed in with the service's token."""
    return Access(TOKEN, ("127.0.0.1",), True).session_of(Identity("service", "admin"))


@pytest.fixture
def opened(browser, served, signed_in) -> Iterator[Callable[..., object]]:
    """opened(path) is a page of the test's service that carries the token; what goes wrong in it fails the test.

    What the service refuses, which a browser calls an error, counts as well unless `is_refused`.
    """
    zone = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
    checked = {"bypass_csp": True}  # Playwright's waiting evaluates text, which the pages' policy forbids
    context = browser.new_context(viewport={"width": 1200, "height": 900}, **zone, **checked)
    context.add_cookies([{"name": "nightscore", "value": signed_in, "url": served}])
    errors, outside = [], []

    def open_page(path: str, is_refused: bool = False) -> object:
        page = context.new_page()
        page.set_default_timeout(90_000)

        def note(message: object) -> None:
            if message.type == "error" and not (is_refused and "responded with a status of 4" in message.text):
                errors.append(f"{path}: {message.text} {message.location}")

        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(f"{path}: {error}"))
        inside = (served, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(inside) else outside.append(r.url))
        page.goto(f"{served}/pages/{path}")
        return page

    yield open_page
    assert errors == []
    assert outside == []
    context.close()


@pytest.fixture
def good_to_see() -> Callable[[object], None]:
    """good_to_see(page): on a phone, a desk and a wall, light and dark, it fits and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: object) -> None:
        for width, scheme in itertools.product((390, 1400, 2560), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(150)
            fits = "(width) => document.documentElement.scrollWidth <= width"
            page.wait_for_function(fits, arg=width, timeout=20_000)  # curves are drawn again to fit
            found = Axe().run(page).response["violations"]
            serious = [(v["id"], [n["html"][:200] for n in v["nodes"][:2]]) for v in found if v["impact"] in SERIOUS]
            assert serious == [], (page.url, width, scheme)

    return check


SERIOUS = ("serious", "critical")
