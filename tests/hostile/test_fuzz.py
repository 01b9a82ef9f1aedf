"""Changed files, settings, models, pictures and requests: each is taken or refused in words, soon, in little memory."""

import io
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from attacked_plant import CAMERA, FAMILY, LAST
from mutations import NUMBERS, WORDS, changed, changed_json, json_of
from PIL import Image
from starlette.testclient import TestClient
from weighing import watch

from anomaly.images import files as image_files
from anomaly.series import files as series_files
from sensors_data.audit import entries, record
from sensors_data.backup import backup, restore
from sensors_data.errors import UnusableError
from sensors_data.images.files import camera_image
from sensors_data.seal import BLANK, sealed
from sensors_data.series.files.file_source import forget_files
from sensors_data.series.sources.kinds import read_day
from sensors_data.series.understanding.discover import discover
from sensors_data.settings import Settings, load
from sensors_data.store import Store
from service.api.access import Access
from service.api.app import create_app
from service.api.guard import Limits
from service.api.users import Users, add_user
from service.schedule.request import asked
from synthesis import generator_files

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
SEAL = re.compile(rb"nightscore-sha256:[0-9a-f]{64}:sealed")

pytestmark = pytest.mark.filterwarnings("default")  # as users run it


@pytest.fixture
def attack(tmp_path, sized, chance, tell):
    """attack(what, full, seeds, take): so many changed seeds are taken; nothing goes wrong."""

    def run(what: str, full: int, seeds: list[bytes], take: Callable[[bytes], object], change=changed) -> None:
        rng = chance(what)

        def inputs() -> Iterator[bytes]:
            for _ in range(sized(full)):
                yield change(rng.choice(seeds), rng, rng.choice(seeds))

        for seed in seeds:
            take(seed)  # what is not changed is taken, and what comes with the first is not counted
        seen = watch(what, inputs(), take, tmp_path)
        tell(seen.line)
        assert seen.is_well, "\n".join(f"{n} x {kind}\n{seen.first[kind]}" for kind, n in seen.faults.items())

    return run


def resealed(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Changed bytes, every second one with the right hash again, as one who may write the store can give it."""
    found = changed(data, rng, other)
    return sealed(SEAL.sub(BLANK.encode(), found)) if rng.random() < 0.5 else found


def as_parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink, compression="zstd")
    return sink.getvalue()


@pytest.fixture
def frame(plant) -> pd.DataFrame:
    """The readings of the last day as they came."""
    return pd.read_csv(plant.family(FAMILY).inbox.replace("{day}", str(LAST)), na_values="n.a.")


@pytest.fixture
def text(plant) -> bytes:
    return Path(plant.family(FAMILY).inbox.replace("{day}", str(LAST))).read_bytes()


def forms(text: bytes, frame: pd.DataFrame) -> list[bytes]:
    """The same readings with other marks, and as one row a value."""
    german = frame.to_csv(sep=";", decimal=",", index=False).encode("cp1252")
    long = frame.melt(["time", "asset"]).to_csv(index=False).encode("utf-16")
    return [text, german, long, b"# made by a logger\n\n" + text.replace(b"\n", b"\r\n")]


def test_changed_text_files_of_a_day(attack, plant, text, frame, tmp_path):
    path = tmp_path / f"oven-{LAST}.csv"
    family = plant.family(FAMILY).model_copy(update={"inbox": str(tmp_path / "oven-{day}.csv")})

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        read_day(family, LAST)

    attack("text files of a day", 4000, [text, text.replace(b"\n", b"\r\n")], take)


def test_changed_parquet_files_of_a_day(attack, plant, frame, tmp_path):
    path = tmp_path / f"oven-{LAST}.parquet"
    family = plant.family(FAMILY).model_copy(update={"inbox": str(tmp_path / "oven-{day}.parquet")})

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        read_day(family, LAST)

    typed = frame.assign(time=pd.to_datetime(frame["time"]))
    attack(
        "Parquet files of a day",
        3000,
        [as_parquet(frame), as_parquet(typed), as_parquet(frame.set_index("time"))],
        take,
    )


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_changed_files_that_settings_are_made_from(attack, text, frame, tmp_path, ending):
    book = io.BytesIO()
    frame.to_excel(book, index=False)
    rows = frame.to_json(orient="records").encode()
    seeds = {"csv": forms(text, frame), "json": [rows, rows.replace(b"},{", b"}\n{")[1:-1]], "xlsx": [book.getvalue()]}
    path = tmp_path / f"plant.{ending}"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        forget_files()
        discover(path)

    attack(f"init from {ending}", {"csv": 2000, "json": 1000, "xlsx": 500}[ending], seeds[ending], take)


def test_changed_pictures(attack, plant):
    image = Image.effect_noise((40, 40), 60)
    seeds = []
    for kind in ("PNG", "JPEG", "TIFF", "BMP", "GIF"):
        sink = io.BytesIO()
        image.convert("RGB" if kind == "JPEG" else "L").save(sink, kind)
        seeds.append(sink.getvalue())
    camera = plant.camera(CAMERA)
    known = [seed for seed in seeds if _is_read(seed, camera)]
    assert len(known) >= 2
    attack("pictures", 3000, known, lambda data: camera_image(data, camera))


def _is_read(data: bytes, camera: object) -> bool:
    try:
        camera_image(data, camera)
    except UnusableError:
        return False
    return True


def test_changed_settings(attack, plant, tmp_path):
    text = (Path(plant.store).parent / "settings.toml").read_bytes()
    path = tmp_path / "settings.toml"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        load(path)

    attack("settings", 3000, [text], take)


def test_changed_tables_of_a_store(attack, site):
    store = Store(site.store)
    paths = [
        store.files(table)[-1] for table in ("readings", "grid", "scores", "anomalies", "runs", "images", "quality")
    ]
    place = {path.partition("/")[0]: path for path in paths}

    def take(data: bytes) -> None:
        table, _, content = data.partition(b"\n")
        path = place[table.decode()]
        Path(site.store, path).write_bytes(content)
        store.provenance(path)
        store.read_files(table.decode(), [path])

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        table, _, content = data.partition(b"\n")
        return table + b"\n" + resealed(content, rng, other)

    attack(
        "tables of a store",
        2000,
        [f"{table}\n".encode() + store.unchecked_bytes(path) for table, path in place.items()],
        take,
        change,
    )


def test_changed_models(attack, site):
    store = Store(site.store)
    readers = {
        "series": series_files.from_bytes,
        "images": image_files.from_bytes,
        "generators": generator_files.from_bytes,
    }
    seeds = [store.unchecked_bytes(store.files(f"models/{kind}", ".safetensors")[-1]) for kind in readers]

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        return data[:1] + resealed(data[1:], rng, other)

    tagged = [kind[:1].encode() + seed for kind, seed in zip(readers, seeds, strict=True)]
    by_tag = {kind[:1].encode(): reader for kind, reader in readers.items()}
    attack("models", 2500, tagged, lambda data: by_tag[data[:1]](data[1:], "model.safetensors"), change)


@pytest.fixture
def client(site) -> TestClient:
    """The service over the site, without a limit of rate."""
    app = create_app(site, Access(TOKEN, ("127.0.0.1",), True), Limits(rate=1e9, burst=10**9))
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


def answered(answer: object) -> None:
    """UnusableError for what was refused; a fault of the service is one."""
    if answer.status_code >= 500:
        raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")
    if answer.status_code >= 400:
        if not answer.headers["content-type"].startswith(("application/problem+json", "text/html")):
            raise RuntimeError(f"{answer.status_code} {answer.headers['content-type']}")
        raise UnusableError(answer.text[:100])


def test_changed_bodies_to_score(attack, client, text, frame):
    seeds = [text, frame.to_json(orient="records").encode(), as_parquet(frame)]
    kinds = ("text/csv", "application/json", "application/vnd.apache.parquet")
    rng = random.Random(3)

    def take(data: bytes) -> None:
        own = kinds[2] if data[:4] == b"PAR1" else kinds[1] if data[:1] == b"[" else kinds[0]
        kind = own if rng.random() < 0.9 else rng.choice((*kinds, "text/plain", "", "x/y; charset=utf-9"))
        answered(client.post("/v1/score?family=oven", content=data, headers={"content-type": kind}))

    attack("bodies to score", 2000, seeds, take)


def test_changed_words_of_people(attack, client, site):
    store = Store(site.store)
    anomaly = store.read("anomalies", family=FAMILY, day=LAST)["anomaly_id"].iloc[0]
    picture = store.read("images", camera=CAMERA, day=LAST)["image_id"].iloc[0]
    begun = f"{LAST}T06:00Z"
    said = {
        "/v1/labels": {"family": FAMILY, "anomaly_id": anomaly, "kind": "confirmed", "author": "ana"},
        "/v1/incidents": {"family": FAMILY, "start": begun, "end": f"{LAST}T07:00Z", "kind": "planned", "note": "n"},
        "/v1/picture-verdicts": {"camera": CAMERA, "day": str(LAST), "image": picture, "kind": "dismissed"},
    }
    seeds = [json_of([path, body]) for path, body in said.items()]
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}

    def change(data: bytes, rng: random.Random, _: bytes) -> bytes:
        path, body = json.loads(data)
        return json_of([path, changed_json(body, rng)])

    def take(data: bytes) -> None:
        path, body = json.loads(data)
        answered(client.post(path, content=json_of(body), headers=headers))

    attack("words of people", 1000, seeds, take, change)


AIMS = (
    *(
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "/etc/passwd",
    ),
    *("..\\..\\windows\\win.ini", "file:///etc/passwd", "http://127.0.0.1:1/", "s3://x/y", "~root", "oven/../oven"),
    *(
        "oven\x00.csv",
        "%00",
        "a" * 3000,
        "'; DROP TABLE runs; --",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "con",
        ".",
        "..",
        "*",
    ),
)


def test_ids_and_paths_lead_nowhere(attack, client):
    routes = [path for path, how in client.get("/openapi.json").json()["paths"].items() if "get" in how]
    described = client.get("/openapi.json").json()["paths"]

    def aimed(_: bytes, rng: random.Random, __: bytes) -> bytes:
        path = rng.choice(routes)
        names = [word["name"] for word in described[path]["get"].get("parameters", [])]
        values = {name: rng.choice((*AIMS, *AIMS, *NUMBERS, *WORDS)) for name in names}
        for name, usual in (("family", FAMILY), ("camera", CAMERA), ("day", str(LAST))):
            if name in values and rng.random() < 0.5:
                values[name] = usual
        return json_of([path, values])

    def take(data: bytes) -> None:
        path, values = json.loads(data)
        query = {name: value for name, value in values.items() if f"{{{name}}}" not in path}
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe="/%"))
        answer = client.get(path if path.startswith("/") else f"/{path}", params=query)
        if b"root:x:0" in answer.content or b"/site/store" in answer.content:
            raise RuntimeError(f"a leak: {answer.text[:200]}")
        answered(answer)

    attack("ids and paths", 1000, [json_of(["/health", {}])], take, aimed)


def test_changed_wishes_of_a_run(attack, plant):
    seeds = [json_of({"day": str(LAST), "family": FAMILY}), json_of({"camera": CAMERA})]

    def change(data: bytes, rng: random.Random, _: bytes) -> bytes:
        found = changed_json(json.loads(data), rng)
        return json_of(found if isinstance(found, dict) else {"day": found})

    attack("wishes of a run", 500, seeds, lambda data: asked(plant, json.loads(data), LAST, date(2027, 1, 1)), change)


def test_changed_files_of_users_decisions_and_backups(attack, site, tmp_path):
    store, users, place = Store(site.store), tmp_path / "users.json", tmp_path / "backups"
    add_user(users, "ana", "viewer", 30)
    record(store, "dismissed", "anomaly 1", "ana")
    entry = store.files("audit")[-1]
    listed = place / "lists" / f"{backup(store, str(place)).name}.json"
    files = {"u": users, "a": Path(site.store, entry), "b": listed}
    seeds = [kind.encode() + path.read_bytes() for kind, path in files.items()]

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        return data[:1] + resealed(data[1:], rng, other)

    def take(data: bytes) -> None:
        kind = data[:1].decode()
        files[kind].write_bytes(data[1:])
        if kind == "u":
            Users(users).all()
        elif kind == "a":
            entries(store)
        else:
            restore(str(place), store, listed.stem, False, lambda _: None)

    attack("files of users, decisions and backups", 300, seeds, take, change)


def test_settings_know_their_own_plant(plant: Settings):
    """The attacks above start from what is read."""
    assert plant.family(FAMILY).sensor_names == ("temperature", "power")
