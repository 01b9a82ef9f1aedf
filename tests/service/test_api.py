"""The REST interface: what it answers, what it refuses and how, and that it writes only what it is told to write."""

import io
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from sensors_data.incidents import read_incidents
from sensors_data.settings import Settings
from sensors_data.simulate import START
from sensors_data.store import Store
from service.api import access_for, create_app, merged
from service.api_guard import Access, Limits

TOKEN = "a-token-for-the-tests-only"
DAY = START + timedelta(days=7)
SCORED = [START + timedelta(days=number) for number in (5, 6, 7, 8)]
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
    answer = client.post("/v1/score?family=oven&detail=sensors", content=body(day), headers={"content-type": "text/csv"})
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
