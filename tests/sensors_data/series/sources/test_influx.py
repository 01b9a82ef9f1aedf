"""The source of InfluxDB: version 1 runs beside; 2 and 3 are asked of a server that answers in their form."""

import json
import re
import sys
import threading
import urllib.parse
import urllib.request
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sensors_data.errors import StorageError, UnreadableError, UnusableError
from sensors_data.series.sources import influx as influx_source
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

pytest.importorskip("urllib3", reason="the extra http is not installed")
sys.path.insert(0, str(Path(__file__).parents[4] / "deploy" / "demo"))
import servers

DAY = date(2026, 2, 14)
LONG = {"kind": "long", "asset": "asset"}
INFLUXQL = "select value from readings where time >= :start and time < :end group by asset, sensor"
FLUX = 'from(bucket: "plant") |> range(start: :start, stop: :end)'
SQL = "select time, asset, sensor, value from readings where time >= :start and time < :end"


class Later(datetime):
    """A clock that stands two days after the plant's day."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 2, 16, tzinfo=tz)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(influx_source, "datetime", Later)


def source_of(url, version, query, **changes):
    where = {"org": "plant"} if version == 2 else {"database": "plant"}
    source = {"kind": "influxdb", "version": version, "url": url, "query": query, "since": DAY - timedelta(days=2)}
    return source | where | changes


def family_of(source, layout=None):
    plain = {"step": "5min", "layout": layout or LONG, "sensors": {"flow": {}, "speed": {}}}
    return Family.model_validate(plain | {"source": source})


CONFIG = """
bind-address = "{inner}"
reporting-disabled = true
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
[monitor]
store-enabled = false
[http]
bind-address = "{address}"
auth-enabled = true
max-row-limit = 700
"""


def asked(address, path, body=None, **words):
    words |= {"u": "ann", "p": "geheim-42"}
    request = urllib.request.Request(f"http://{address}{path}?{urllib.parse.urlencode(words)}", body)
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


@pytest.fixture
def influxd(tmp_path, program, plant, monkeypatch):
    """An InfluxDB 1 with the plant's rows in it, for those who know a password; its URL."""
    monkeypatch.setenv("PLANT_PASSWORD", "geheim-42")
    address, inner = servers.free_address(), servers.free_address()
    (tmp_path / "influx.conf").write_text(CONFIG.format(inner=inner, folder=tmp_path / "influx", address=address))
    command = [program("influxd"), "-config", str(tmp_path / "influx.conf")]
    with servers.served(command, address, "/ping", tmp_path / "influxd.log"):
        asked(address, "/query", b"", q="create user ann with password 'geheim-42' with all privileges")
        asked(address, "/query", b"", q="create database plant")
        seconds = plant.rows["time"].astype("int64") // 1_000_000
        columns = (plant.rows["asset"], plant.rows["sensor"], plant.rows["value"], seconds)
        lines = [f"readings,asset={a},sensor={s} value={v} {t}" for a, s, v, t in zip(*columns, strict=True)]
        asked(address, "/write", "\n".join(lines).encode(), db="plant", precision="s")
        yield f"http://{address}"


def test_influxdb_1_gives_the_partition_that_the_csv_gives_and_says_when_it_gives_a_part(plant, influxd):
    source = source_of(influxd, 1, INFLUXQL, user="ann", password={"env": "PLANT_PASSWORD"})
    assert plant.take_in(source=source) == plant.expected
    assert days_in(family_of(source)) == [DAY]
    readings, rejects = read_day(family_of(source), DAY + timedelta(days=1))
    assert (len(readings), len(rejects)) == (0, 0)
    with pytest.raises(UnreadableError, match=r"returns only a part of the rows.*make `page` shorter"):
        read_day(family_of(source | {"page": "24h"}), DAY)  # more rows than the server gives at once
    with pytest.raises(StorageError, match=r"answers 400.*error parsing query"):
        read_day(family_of(source | {"query": INFLUXQL.replace("select", "selec")}), DAY)
    with pytest.raises(StorageError, match="refuses with 401; check the source's token or password") as refused:
        read_day(family_of(source | {"user": "eve"}), DAY)
    assert "geheim-42" not in str(refused.value)


@contextmanager
def answering(answer):
    """A server whose answer to (path, words, body, proof) is `answer`'s status and bytes; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            words = {key: value[0] for key, value in urllib.parse.parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, found = answer(parts.path, words, body, self.headers.get("Authorization"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(found)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def token(tmp_path):
    (tmp_path / "token").write_text("geheim-42\n")
    return {"file": str(tmp_path / "token")}


def test_the_answer_of_influxdb_2_gives_the_partition_that_the_csv_gives(plant, token):
    def answer(path, words, body, proof):
        assert (path, words, proof) == ("/api/v2/query", {"org": "plant"}, "Token geheim-42")
        question = json.loads(body)
        start, stop = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", question["query"])
        assert f"range(start: {start}, stop: {stop})" in question["query"]
        assert question["dialect"] == {"header": True, "annotations": []}
        times = plant.rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = plant.rows.assign(time=times)[(start <= times) & (times < stop)]
        blocks = []
        for number, ((asset, sensor), part) in enumerate(rows.groupby(["asset", "sensor"])):
            head = ",result,table,_start,_stop,_time,_value,_field,_measurement,asset"
            lines = [
                f",_result,{number},{start},{stop},{t},{v},{sensor},pump,{asset}"
                for t, v in zip(part["time"], part["value"], strict=True)
            ]
            blocks.append("\r\n".join([head, *lines]))
        return 200, "\r\n\r\n".join([*blocks, ""]).encode()

    layout = {"kind": "long", "time": "_time", "asset": "asset", "sensor": "_field", "value": "_value"}
    with answering(answer) as url:
        source = source_of(url, 2, FLUX, token=token)
        readings, rejects = read_day(family_of(source, layout), DAY)
        assert days_in(family_of(source, layout)) == [DAY]
    assert rejects.empty
    both = [table.sort_values(["time", "asset", "sensor"], ignore_index=True) for table in (readings, plant.rows)]
    assert both[0]["value"].tolist() == both[1]["value"].tolist()
    assert both[0]["time"].tolist() == both[1]["time"].tolist()


def test_an_error_in_the_midst_of_an_answer_of_influxdb_2_is_no_whole_day(token):
    rows = b",result,table,_time,_value\r\n,_result,0,2026-02-14T00:00:00Z,1\r\n"
    body = rows + b"\r\nerror,reference\r\nout of memory,897\r\n"
    with answering(lambda *_: (200, body)) as url, pytest.raises(UnreadableError, match="broke off: out of memory"):
        read_day(family_of(source_of(url, 2, FLUX, token=token)), DAY)


def test_the_answer_of_influxdb_3_gives_the_partition_that_the_csv_gives(plant, token):
    import duckdb

    rows = plant.rows.assign(time=plant.rows["time"].dt.tz_localize(None))
    database = duckdb.connect()
    database.register("readings", rows)

    def answer(path, words, _, proof):
        assert (path, words["db"], words["format"], proof) == ("/api/v3/query_sql", "plant", "json", "Bearer geheim-42")
        found = database.execute(words["q"]).df()
        return 200, found.to_json(orient="records", date_format="iso", double_precision=15).replace("Z", "").encode()

    with answering(answer) as url:
        source = source_of(url, 3, SQL, token=token)
        assert plant.take_in(source=source) == plant.expected
        assert days_in(family_of(source)) == [DAY]


def test_a_server_that_is_busy_is_asked_again_and_then_named_without_the_token(token, monkeypatch):
    monkeypatch.setattr("sensors_data.series.sources.web.PAUSE_S", 0.01)
    times = []

    def answer(*_):
        times.append(1)
        return (503, b"geheim-42 has to wait")

    with answering(answer) as url, pytest.raises(StorageError, match=r"answers 503: \*\*\* has to wait"):
        read_day(family_of(source_of(url, 2, FLUX, token=token)), DAY)
    assert len(times) == 5


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"query": "select 1"}, "lacks :start and :end; add `time >= :start and time < :end`"),
        ({"version": 2, "query": FLUX}, 'InfluxDB 2 is asked with `org`; write org = "..."'),
        ({"version": 4}, "version"),
    ],
)
def test_a_source_that_cannot_work_says_what_to_mend(changes, what):
    with pytest.raises(UnusableError, match=re.escape(what)):
        influx_source.days(family_of(source_of("http://127.0.0.1:9", 1, INFLUXQL) | changes))
