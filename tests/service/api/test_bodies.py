"""Bodies that are far larger than they look, and answers that a spreadsheet opens."""

import io
import resource
import time

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.tables import TABLES
from service.api.bodies import check_parquet, check_text, stream
from service.api.problems import RefusedError
from service.api.worker import Worker

BEGUN = pd.Timestamp("2026-03-05", tz="UTC")


def packed(**columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def test_a_small_parquet_that_unpacks_to_hundreds_of_megabytes_of_text_is_refused_in_little_memory():
    rows = 60_000
    long = packed(time=[BEGUN] * rows, asset=pa.array(["a" * 4000] * rows), flow=[1.0] * rows)
    many = packed(time=[BEGUN] * 400_000, asset=pa.array(["a" * 500] * 400_000), flow=[1.0] * 400_000)
    assert len(long) < 40_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableError, match="a text of 4,000 characters"):
        check_parquet(long)
    with pytest.raises(UnreadableError, match="its texts unpack to 200,000,000 characters"):
        check_parquet(many)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kB


@pytest.mark.parametrize(
    ("columns", "rows", "message"), [(100_000, 3, "100,000 columns"), (4000, 1500, "5,000,000 cells")]
)
def test_a_text_of_too_many_columns_or_cells_is_refused_at_once(columns, rows, message):
    body = b"\n".join([b",".join([b"1"] * columns)] * rows)
    begun = time.process_time()
    with pytest.raises(UnreadableError, match=message):
        check_text(body)
    assert time.process_time() - begun < 1


def test_no_text_of_a_csv_is_a_formula():
    row = {"source": "=HYPERLINK(1)", "line": -1, "raw": "@x", "reason": "-2+3", "used": False}
    text = b"".join(stream(TABLES["rejects"], [pd.DataFrame([row])], "csv")).decode()
    assert text.splitlines()[1] == '"\'=HYPERLINK(1)",-1,"\'@x","\'-2+3",false'


def eat(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@pytest.fixture(scope="module")
def worker():
    made = Worker(memory=400 * 2**20, seconds=60)
    yield made
    made.end()


def test_what_takes_too_much_memory_or_time_is_refused_and_the_next_is_done(worker):
    assert worker.run(eat, 10) == 10 * 2**20
    with pytest.raises(RefusedError, match="more memory than one request may"):
        worker.run(eat, 2000)
    assert worker.run(eat, 10) == 10 * 2**20
    worker.seconds = 1
    with pytest.raises(RefusedError, match="not scored within 1 seconds"):
        worker.run(wait, 30)
    worker.seconds = 60
    assert worker.run(wait, 0) == 0
