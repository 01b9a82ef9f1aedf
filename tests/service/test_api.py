"""The REST interface: what it answers, what it refuses and how, and that it writes only what it is told to write."""

import io
import shutil
import socket
import threading
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uvicorn
from starlette.testclient import TestClient

from sensors_data.incidents import read_incidents
from sensors_data.settings import Settings
from sensors_data.simulate import START
from sensors_data.store import Store
from service.api import access_for, create_app, merged
from service.api_guard import Access, Limits
from service.serving import listen

TOKEN = "a-token-for-the-tests-only"  # noqa: S105
DAY = START + timedelta(days=7)
SCORED = [START + timedelta(days=number) for number in (5, 6, 7, 8)]
AS_CSV = {"content-type": "text/csv"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def client_of(settings, limits=None, open_to_read=True):
    access = Access(TOKEN, ("127.0.0.1", "localhost"), open_to_read)
    app = create_app(settings, access, limits)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(plant):
    return client_of(plant)


@pytest.fixture
def own(copied):
    """A client over a store of the test's own."""
    return client_of(copied)


@pytest.fixture
def body(inbox) -> Callable[..., bytes]:
    """The inbox's CSV of a day, as it came."""
    return lambda day: next(inbox.glob(f"inbox/oven/*{day}*")).read_bytes()


def frame_of(rows, like):
    """JSON rows as a frame of a table's types."""
    frame = pd.DataFrame(rows, columns=like.columns)
    for column in like.columns:
        if isinstance(like[column].dtype, pd.DatetimeTZDtype):
            frame[column] = pd.to_datetime(frame[column], utc=True).astype(like[column].dtype)
        else:
            frame[column] = frame[column].astype(like[column].dtype)
    return frame


def nightly(plant, table, day):
    store = Store(plant.store)
    rows = store.read_files(table, store.files(f"{table}/family=oven/day={day}", ".parquet"))
    order = ["asset", "time", *(["sensor"] if table == "sensor_scores" else [])]
    return rows.sort_values(order, ignore_index=True)


@pytest.mark.parametrize("day", SCORED, ids=str)
def test_what_is_sent_is_scored_to_the_last_bit_as_the_night_scored_it(client, plant, body, files_of, day):
    before = files_of(plant.store)
    answer = client.post(
        "/v1/score?family=oven&detail=sensors", content=body(day), headers={"content-type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    found = orjson.loads(answer.content)
    for table in ("scores", "sensor_scores"):
        expected = nightly(plant, table, day)
        given = frame_of(found[table], expected)
        pd.testing.assert_frame_equal(given, expected, check_exact=True)
        assert all(given[c].to_numpy().tobytes() == expected[c].to_numpy().tobytes() for c in ("score",))
    kept = Store(plant.store).read("anomalies", family="oven", day=day)
    pd.testing.assert_frame_equal(frame_of(found["anomalies"], kept), kept, check_exact=True)
    assert files_of(plant.store) == before


def test_csv_json_and_parquet_bodies_give_the_same_scores(client, body):
    text = body(DAY)
    frame = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False)
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame), sink)
    kinds = {
        "text/csv": text,
        "application/json": orjson.dumps(frame.to_dict("records")),
        "application/vnd.apache.parquet": sink.getvalue(),
    }
    found = [client.post("/v1/score?family=oven", content=b, headers={"content-type": k}) for k, b in kinds.items()]
    assert [answer.status_code for answer in found] == [200] * 3, [a.text[:300] for a in found]
    assert found[0].json()["scores"] == found[1].json()["scores"] == found[2].json()["scores"]


def test_a_body_with_the_days_before_is_scored_without_the_store_knowing_them(plant, copied, body):
    store = Store(copied.store)
    for day in SCORED[1:]:
        for table in ("readings", "grid", "scores", "sensor_scores", "anomalies"):
            for partition in store.partitions(table, family="oven", day=day):
                store.remove(store.path(table, **partition))
    several = b"".join(body(day) if n == 0 else body(day).split(b"\n", 1)[1] for n, day in enumerate(SCORED[:3]))
    answer = client_of(copied).post("/v1/score?family=oven", content=several, headers={"content-type": "text/csv"})
    found = pd.DataFrame(answer.json()["scores"]).set_index(["asset", "time"])["score"].dropna()
    kept = pd.concat([nightly(plant, "scores", day) for day in SCORED[:3]])
    kept["time"] = kept["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert found.to_dict() == kept.set_index(["asset", "time"])["score"].dropna().to_dict()


def pages(client, address, limit):
    """All pages of an answer, row by row, and how many pages there were."""
    rows, cursor, count = [], "", 0
    while cursor is not None:
        found = client.get(f"{address}&limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        rows += found["rows"]
        cursor, count = found["next"], count + 1
    return rows, count


def test_pages_of_json_csv_and_parquet_hold_the_same_rows(client, plant):
    address = f"/v1/scores?family=oven&from={SCORED[0]}&to={SCORED[-1]}"
    expected = pd.concat([nightly(plant, "scores", day) for day in SCORED])
    rows, count = pages(client, address, 100)
    assert len(rows) == len(expected)
    assert count == -(-len(expected) // 100)
    whole = pq.read_table(io.BytesIO(client.get(f"{address}&format=parquet").content)).to_pandas()
    order = ["asset", "time"]
    expected = expected.sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(whole.sort_values(order, ignore_index=True), expected, check_exact=True)
    given = frame_of(rows, expected).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(given, expected, check_exact=True)
    text = pd.read_csv(io.BytesIO(client.get(f"{address}&format=csv").content))
    assert text["score"].notna().sum() == expected["score"].notna().sum()


def test_rows_are_filtered_by_asset_sensor_and_whether_they_are_over(client, plant):
    day = SCORED[0]
    expected = nightly(plant, "sensor_scores", day)
    wanted = (expected["asset"] == "oven-3") & (expected["sensor"] == "power")
    rows, _ = pages(client, f"/v1/sensor-scores?family=oven&from={day}&asset=oven-3&sensor=power", 1000)
    assert len(rows) == int(wanted.sum()) > 0
    over, _ = pages(client, f"/v1/scores?family=oven&from={SCORED[0]}&to={SCORED[-1]}&over=true", 1000)
    assert len(over) == sum(int(nightly(plant, "scores", day)["is_anomaly"].sum()) for day in SCORED)
    assert client.get(f"/v1/scores?family=oven&from={day}&asset=nobody").json()["rows"] == []
    newest = client.get("/v1/scores?family=oven").json()
    assert newest["from"] == newest["to"] == str(SCORED[-1])


def test_families_assets_models_and_cards_say_what_the_store_holds(client, plant):
    (family,) = client.get("/v1/families").json()
    assert (family["family"], family["step_s"], family["days_scored"], family["newest_day"]) == (
        "oven",
        600,
        len(SCORED),
        str(SCORED[-1]),
    )
    assert {sensor["sensor"] for sensor in family["sensors"]} == set(plant.family("oven").sensor_names)
    assets = client.get(f"/v1/assets?family=oven&day={DAY}").json()
    scores = nightly(plant, "scores", DAY)
    assert [row["asset"] for row in assets] == ["oven-1", "oven-3"]
    assert assets[0]["worst_score"] == scores[scores["asset"] == "oven-1"]["score"].max()
    models = client.get("/v1/models").json()
    first = models[0]
    card = client.get(f"/v1/models/series/oven/{first['trained_through']}").json()
    assert (card["family"], card["trained_through"]) == ("oven", first["trained_through"])
    missing = client.get("/v1/models/series/oven/2020-01-01")
    assert (missing.status_code, missing.json()["remedy"]) == (404, "list them: GET /v1/models")


PROBLEMS = [
    ("/v1/scores", 422, "family", None),
    ("/v1/scores?family=kiln", 404, None, "add [families.kiln]"),
    ("/v1/scores?family=oven&from=yesterday", 422, "from", "GET /docs"),
    ("/v1/scores?family=oven&limit=0", 422, "limit", "GET /docs"),
    ("/v1/scores?family=oven&cursor=../../x", 422, "cursor", "GET /docs"),
    ("/v1/scores?family=oven&from=2026-03-09&to=2026-03-01", 422, "to", "turn them round"),
    ("/v1/anomalies?family=oven&severity=awful", 422, "severity", "GET /docs"),
    ("/v1/models/pickles/oven/2026-03-06", 422, "kind", "GET /docs"),
    ("/v1/image-scores?camera=press", 404, None, "add [cameras.press]"),
    ("/v1/report?day=2020-01-01", 404, "day", "nightscore report --day 2020-01-01"),
    ("/v1/nothing", 404, None, "GET /docs"),
]


@pytest.mark.parametrize(("address", "status", "field", "remedy"), PROBLEMS, ids=[p[0] for p in PROBLEMS])
def test_a_problem_names_field_and_remedy(client, address, status, field, remedy):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("field") == field
    assert remedy is None or remedy in problem["remedy"]
    assert problem["title"]


BODIES = [
    (b"", "text/csv", "is empty"),
    (b"a,b\n1,2\n", "text/csv", "has no column ['time', 'asset']; it has ['a', 'b']"),
    (b"time,asset,power,power\n", "text/csv", "names a column twice"),
    (b"time,asset,power\nsoon,oven-1,1\n", "text/csv", "has no readable time, first: 'soon'"),
    (b"time,asset,power\n2026-03-09T00:00Z,oven-1,warm\n", "text/csv", "none of its 1 rows can be used; first reason"),
    (b"{", "application/json", "the body is not JSON"),
    (b"[]", "application/json", "the body is no list of rows"),
    (b'{"readings": [1, 2]}', "application/json", "the body is no list of rows"),
    (b"PAR1 and nothing more", "application/octet-stream", "not a readable Parquet file"),
    (b"<xml/>", "application/xml", "readings are CSV, JSON or Parquet"),
    (b"time,asset,power\n1971-01-01T00:00Z,oven-1,1\n", "text/csv", "no accepted model of oven trained before 1971"),
]


@pytest.mark.parametrize(("body", "kind", "message"), BODIES, ids=[m[:30] for _, _, m in BODIES])
def test_a_body_that_cannot_be_scored_says_why_and_leaks_no_path(client, plant, body, kind, message):
    answer = client.post("/v1/score?family=oven", content=body, headers={"content-type": kind})
    assert 400 <= answer.status_code < 500
    problem = answer.json()
    assert message in f"{problem['detail']}; {problem.get('remedy')}"
    assert plant.store not in answer.text
    assert "Traceback" not in answer.text


def test_rows_of_mixed_zones_are_the_same_moments(client, body):
    frame = pd.read_csv(io.BytesIO(body(DAY)), dtype=str, keep_default_na=False)
    moved = frame.copy()
    moments = pd.to_datetime(frame["time"], utc=True, errors="coerce", format="ISO8601")
    berlin = moments.dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m-%dT%H:%M:%S%z")
    moved["time"] = np.where(moments.notna() & (np.arange(len(frame)) % 2 == 0), berlin, frame["time"])
    sent = [client.post("/v1/score?family=oven", content=f.to_csv(index=False)).json() for f in (frame, moved)]
    assert sent[0]["scores"] == sent[1]["scores"]


def parquet_bomb(rows, columns=("time", "asset", "power"), text=""):
    once = pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), [text or "1"])
    data = dict.fromkeys(columns, once)
    sink = io.BytesIO()
    pq.write_table(pa.table(data), sink, compression="zstd")
    return sink.getvalue()


def test_a_small_parquet_that_unpacks_to_too_much_is_refused_unread(client):
    for bomb, told in (
        (parquet_bomb(2_000_000), "more than 5,000,000 cells"),
        (parquet_bomb(20_000, text="x" * 50_000), "a text of 50,000 characters"),
    ):
        assert len(bomb) < 200_000
        answer = client.post("/v1/score?family=oven", content=bomb)
        assert answer.status_code == 422
        assert told in answer.json()["detail"]


def test_packed_and_oversized_bodies_are_refused_before_they_are_read(plant):
    client = client_of(plant, Limits(body=2**20))
    packed = client.post(
        "/v1/score?family=oven", content=zlib.compress(b"x" * 10**7), headers={"content-encoding": "gzip"}
    )
    assert (packed.status_code, packed.json()["field"]) == (415, "content-encoding")
    assert client.post("/v1/score?family=oven", content=b"x" * (2**20 + 1)).status_code == 413

    def unannounced():
        for _ in range(20):
            yield b"x" * 2**17

    assert client.post("/v1/score?family=oven", content=unannounced()).status_code == 413
    assert client.get("/health").json() == {"state": "alive"}


def test_a_hundred_megabytes_and_ten_thousand_parts_are_refused_and_the_service_lives(plant):
    client = client_of(plant)
    assert client.post("/v1/score?family=oven", content=b"x" * 100 * 2**20).status_code == 413
    assert client.get("/health").status_code == 200


def test_no_client_asks_more_often_than_the_rate(plant):
    client = client_of(plant, Limits(rate=0.001, burst=3))
    found = [client.get("/v1/models").status_code for _ in range(5)]
    assert found == [200, 200, 200, 429, 429]
    assert client.get("/health").status_code == 200


TRAVERSALS = [
    prefix + up * depth + target + end
    for prefix in ("", "oven/", "/", "oven%00")
    for up in ("../", "..\\", "%2e%2e/", "..%2f", "....//")
    for depth in (1, 3, 8)
    for target in ("etc/passwd", "settings.toml", "models/series/oven/2026-03-06.safetensors")
    for end in ("", "%00", "%00.parquet")
]


def test_no_id_leads_out_of_the_store(client, plant):
    addresses = ("/v1/models/series/{}/2026-03-06", "/v1/scores?family={}", "/v1/incidents/{}")
    tried = 0
    for number, path in enumerate(TRAVERSALS):
        address = addresses[number % len(addresses)].format(path)
        answer = client.get(address) if "incidents" not in address else client.delete(address, headers=BEARER)
        assert answer.status_code in (404, 405, 422), (address, answer.status_code)
        assert b"[families" not in answer.content.replace(b"add [families", b"")
        assert b"root:" not in answer.content
        tried += 1
    assert tried >= 500


def test_reading_is_open_on_loopback_and_writing_takes_the_token(own, copied, files_of):
    before = files_of(copied.store)
    told = {
        "family": "oven",
        "start": "2026-03-08T08:00Z",
        "end": "2026-03-08T09:00Z",
        "kind": "fault",
        "author": "Ann",
    }
    refused = own.post("/v1/incidents", json=told)
    assert (refused.status_code, refused.json()["title"]) == (401, "A token is needed")
    assert own.post("/v1/incidents", json=told, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert files_of(copied.store) == before
    kept = own.post("/v1/incidents", json=told, headers=BEARER)
    assert kept.status_code == 201
    rows = read_incidents(Store(copied.store), "oven").set_index("incident")
    assert rows.loc[kept.json()["incident"], "author"] == "Ann"
    assert (pd.Timestamp.now("UTC") - rows.loc[kept.json()["incident"], "told"]) < timedelta(minutes=1)
    assert own.delete(f"/v1/incidents/{kept.json()['incident']}", headers=BEARER).status_code == 200
    assert files_of(copied.store) == before
    backwards = {**told, "end": "2026-03-08T07:00Z"}
    assert "ends after it starts" in own.post("/v1/incidents", json=backwards, headers=BEARER).json()["detail"]


def test_an_anomaly_is_confirmed_then_dismissed_and_only_the_last_word_stays(own, copied):
    store = Store(copied.store)
    day = SCORED[-1]
    rows = store.read("anomalies", family="oven", day=day)
    if rows.empty:
        start = pd.Timestamp(day, tz="UTC")
        row = {"anomaly_id": "0" * 16, "asset": "oven-1", "start": start, "end": start + timedelta(hours=1)}
        row |= {"peak_time": start, "peak_score": 2.0, "severity": "warning", "sensors": "power 0.9", "rows": 6}
        rows = pd.DataFrame([{**row, "suppressed": False, "model": "oven@2026-03-06"}])
        store.write(
            "anomalies", rows, store.provenance(store.path("readings", family="oven", day=day)), family="oven", day=day
        )
    opinion = {"family": "oven", "anomaly_id": rows["anomaly_id"].iloc[0], "author": "Ann"}
    for kind in ("confirmed", "dismissed"):
        assert own.post("/v1/labels", json={**opinion, "kind": kind}, headers=BEARER).status_code == 201
    labels = {row["anomaly_id"]: row for row in own.get("/v1/labels?family=oven").json()}
    assert (labels[opinion["anomaly_id"]]["said"], labels[opinion["anomaly_id"]]["author"]) == ("dismissed", "Ann")
    assert list(read_incidents(store, "oven")["kind"]).count("confirmed") == 0
    unknown = {**opinion, "anomaly_id": "f" * 16, "kind": "dismissed"}
    assert own.post("/v1/labels", json=unknown, headers=BEARER).json()["field"] == "anomaly_id"


def test_off_loopback_everything_but_health_takes_the_token(plant):
    client = client_of(plant, open_to_read=False)
    assert client.get("/v1/families").status_code == 401
    assert "Basic" in client.get("/v1/families").headers["www-authenticate"]
    assert client.get("/health").status_code == 200
    assert client.get("/v1/families", headers=BEARER).status_code == 200
    assert client.get("/v1/families", auth=("anyone", TOKEN)).status_code == 200
    opened = client.get(f"/pages/?token={TOKEN}", follow_redirects=False)
    assert opened.status_code == 303
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "token" not in opened.headers["location"]
    assert client.get("/v1/families").status_code == 200  # by the cookie


def test_another_host_name_is_refused_so_that_no_other_site_reads_through_a_browser(client):
    answer = client.get("/v1/families", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["field"]) == (421, "host")


def test_an_empty_store_says_what_to_do_next(tmp_path):
    client = client_of(Settings(store=str(tmp_path / "none")))
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["remedy"]) == (503, "run: nightscore init --from FILE")
    assert client.get("/v1/families").json() == client.get("/v1/models").json() == []
    assert client.get("/metrics").text == ""


def test_a_token_file_is_made_for_its_owner_alone_and_a_short_one_is_refused(tmp_path):
    path = tmp_path / "new" / "token"
    first = access_for("127.0.0.1", path)
    assert path.stat().st_mode & 0o077 == 0
    assert access_for("127.0.0.1", path).token == first.token
    assert (first.open_to_read, access_for("10.0.0.5", path).open_to_read) == (True, False)
    path.write_text("short")
    with pytest.raises(ValueError, match="has 5 characters; 16 are needed"):
        access_for("127.0.0.1", path)


def test_metrics_of_several_files_stand_under_one_head_each(client):
    one, other = ('# HELP a About.\n# TYPE a gauge\na{family="NAME"} 1\n'.replace("NAME", name) for name in ("x", "y"))
    assert merged([one, other]) == '# HELP a About.\n# TYPE a gauge\na{family="x"} 1\na{family="y"} 1\n'
    assert "nightscore_scored_rows" in client.get("/metrics").text


def test_the_description_lists_every_address_and_asks_nothing_of_another_host(client):
    page = client.get("/docs").text
    described = client.get("/openapi.json").json()
    assert all(path in page for path in described["paths"])
    assert "src=" not in page
    assert all(method.get("summary") for path in described["paths"].values() for method in path.values())


def test_the_report_of_a_night_is_served(own, copied):
    from service.report import write_report

    write_report(copied, DAY)
    assert f"Night of {DAY}" in own.get(f"/v1/report?day={DAY}").text


def test_a_model_is_read_anew_when_its_file_is_replaced(copied, body):
    client = client_of(copied)
    store = Store(copied.store)
    ask = lambda: client.post("/v1/score?family=oven", content=body(DAY)).json()["scores"][0]  # noqa: E731
    first = ask()
    path = f"models/series/oven/{first['model'].split('@')[1]}.safetensors"
    others = [p for p in store.files("models/series/oven", ".safetensors") if p != path and "rejected" not in p]
    if not others:
        pytest.skip("the plant's second detector was not accepted")
    shutil.copy(Path(store.root) / others[0], Path(store.root) / path)
    assert ask()["threshold"] != first["threshold"]


@pytest.fixture
def impatient(plant):
    """The address of a real server that waits half a second for a body."""
    listening = listen("127.0.0.1", 0)
    app = create_app(plant, Access(TOKEN, ("127.0.0.1",), True), Limits(seconds=0.5))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield listening.getsockname()
    server.should_exit = True
    thread.join(timeout=10)


def test_a_client_that_dawdles_is_cut_off_while_others_are_answered(impatient):
    head = b"POST /v1/score?family=oven HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\ntime,"
    with socket.create_connection(impatient, timeout=30) as slow:
        slow.sendall(head)
        with socket.create_connection(impatient, timeout=30) as other:
            other.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert other.recv(4096).startswith(b"HTTP/1.1 200")
        assert slow.recv(4096).startswith(b"HTTP/1.1 408")
