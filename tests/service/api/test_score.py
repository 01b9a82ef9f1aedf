"""POST /v1/score: the figures of the night to the last bit, from any kind of body, and why one cannot be used."""

import io
from dataclasses import replace
from datetime import timedelta

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anomaly.series.files import read_detector, save
from sensors_data.model_files import ModelCatalogue
from sensors_data.simulation.plant import START
from sensors_data.store import Store

DAY = START + timedelta(days=7)
SCORED = [START + timedelta(days=number) for number in (5, 6, 7, 8)]


@pytest.mark.parametrize("day", SCORED, ids=str)
def test_what_is_sent_is_scored_to_the_last_bit_as_the_night_scored_it(
    client, plant, body, files_of, day, nightly, frame_of
):
    before = files_of(plant.store)
    answer = client.post(
        "/v1/score?family=oven&detail=sensors", content=body(day), headers={"content-type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    found = orjson.loads(answer.content)
    for table in ("scores", "sensor_scores"):
        expected = nightly(table, day)
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


def test_a_body_with_the_days_before_is_scored_without_the_store_knowing_them(copied, body, client_of, nightly):
    store = Store(copied.store)
    for day in SCORED[1:]:
        for table in ("readings", "grid", "scores", "sensor_scores", "anomalies"):
            for partition in store.partitions(table, family="oven", day=day):
                store.remove(store.path(table, **partition))
    several = b"".join(body(day) if n == 0 else body(day).split(b"\n", 1)[1] for n, day in enumerate(SCORED[:3]))
    answer = client_of(copied).post("/v1/score?family=oven", content=several, headers={"content-type": "text/csv"})
    found = pd.DataFrame(answer.json()["scores"]).set_index(["asset", "time"])["score"].dropna()
    kept = pd.concat([nightly("scores", day) for day in SCORED[:3]])
    kept["time"] = kept["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert found.to_dict() == kept.set_index(["asset", "time"])["score"].dropna().to_dict()


BODIES = [
    (b"", "text/csv", "is empty"),
    (b"a,b\n1,2\n", "text/csv", "has no column ['time', 'asset']; it has ['a', 'b']"),
    (b"time,asset,power,power\n", "text/csv", "has no rows below its header"),
    (b"time,asset,power\nsoon,oven-1,1\n", "text/csv", "has no readable time, first: 'soon'"),
    (b"time,asset,power\n2026-03-09T00:00Z,oven-1,warm\n", "text/csv", "none of its 1 rows can be used; first reason"),
    (b"{", "application/json", "the body is not JSON"),
    (b"[]", "application/json", "the body is no list of rows"),
    (b'{"readings": [1, 2]}', "application/json", "the body is no list of rows"),
    (b"PAR1 and nothing more", "application/octet-stream", "not a readable Parquet file"),
    (b"<xml/>", "application/xml", "readings are CSV, JSON or Parquet"),
    (b"time,asset,power\n1991-01-01T00:00Z,oven-1,1\n", "text/csv", "no accepted model of oven trained before 1991"),
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


def test_a_model_is_read_anew_when_its_file_is_replaced(copied, body, client_of):
    client = client_of(copied)
    store = Store(copied.store)
    ask = lambda: client.post("/v1/score?family=oven", content=body(DAY)).json()["scores"][0]  # noqa: E731
    first = ask()
    detector = read_detector(store, ModelCatalogue(store).called("series", first["model"]))
    doubled = detector.threshold.model_copy(update={"value": 2 * detector.threshold.value})
    save(store, replace(detector, card=detector.card.model_copy(update={"threshold": doubled})))
    assert ask()["threshold"] == 2 * first["threshold"]
