"""Changed requests: each is answered or refused in words, soon, in little memory, and leads nowhere."""

import json
import random
from urllib.parse import quote

import pytest
from attacked_plant import CAMERA, FAMILY, LAST
from mutations import NUMBERS, WORDS, as_parquet, changed_json, json_of
from starlette.testclient import TestClient

from sensors_data.errors import UnusableError
from sensors_data.store import Store
from service.api.access import Access
from service.api.app import create_app
from service.api.guard import Limits

TOKEN = "a-token-for-the-tests-only"  # noqa: S105

pytestmark = pytest.mark.filterwarnings("default")  # as users run it


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
        "/v1/picture-verdicts": {
            "camera": CAMERA,
            "day": str(LAST),
            "image": picture,
            "kind": "dismissed",
            "place": "1,2,3,4",
        },
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
