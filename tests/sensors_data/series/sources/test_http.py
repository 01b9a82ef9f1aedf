"""The source of JSON addresses, tried on a server on loopback: windows, pages, failures, and what is never said."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from sensors_data.errors import StorageError, UnreadableError, UnusableError
from sensors_data.series.sources import web
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

pytest.importorskip("urllib3", reason="the extra http is not installed")
DAY = date(2026, 2, 14)
WINDOW = {"from": "{start}", "to": "{end}"}


class Endpoint:
    """A server of rows by window; `behave` may answer in their place."""

    def __init__(self, rows):
        self.rows, self.asked, self.failures, self.lost = rows, [], 0, 0
        self.elsewhere = ""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                endpoint.asked.append(self)
                status, body = endpoint.answer(self.path, self.headers.get("Authorization"))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/readings"

    def answer(self, path, proof):
        if proof != "Bearer geheim-42":
            return 403, b"no"
        if self.failures:
            self.failures -= 1
            return 503, b"busy with geheim-42"
        words = {key: value[0] for key, value in parse_qs(urlsplit(path).query).items()}
        window = [row for row in self.rows if words["from"] <= row["time"] < words["to"]]
        at = int(words.get("at", 0))
        page = window[at : at + 400]
        following = f"{self.elsewhere}/readings?from={words['from']}&to={words['to']}&at={at + 400}"
        answer = {"data": {"rows": page[self.lost :], "total": len(window)}, "at": at + 400}
        answer |= {"next": following} if at + 400 < len(window) else {}
        if "page" in words:
            answer["data"]["rows"] = window[400 * (int(words["page"]) - 1) :][:400]
        return 200, json.dumps(answer).encode()


@pytest.fixture
def endpoint(plant, monkeypatch) -> Iterator[Endpoint]:
    rows = plant.rows.assign(time=plant.rows["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_dict("records")
    found = Endpoint(rows)
    monkeypatch.setenv("PLANT_TOKEN", "geheim-42")
    monkeypatch.setattr(web, "PAUSE_S", 0.01)
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def source_of(endpoint, **changes):
    plain = {"kind": "http", "url": endpoint.url, "since": "2026-02-14", "query": WINDOW, "rows": "data.rows"}
    return plain | {"token": {"env": "PLANT_TOKEN"}, "next": "next", "total": "data.total"} | changes


def family_of(endpoint, **changes):
    plain = {"step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}, "speed": {}}}
    return Family.model_validate(plain | {"source": source_of(endpoint, **changes)})


@pytest.mark.parametrize("paging", [{}, {"next": "", "page": "page", "total": ""}], ids=["linked", "counted"])
def test_a_json_address_gives_the_partition_that_the_csv_gives(plant, endpoint, paging):
    assert plant.take_in(source=source_of(endpoint, **paging)) == plant.expected
    assert len(endpoint.asked) == 3 + bool(paging)


def test_the_days_are_those_whose_first_page_has_a_row(endpoint):
    assert days_in(family_of(endpoint)) == [DAY]


def test_a_server_that_is_busy_is_asked_again(plant, endpoint):
    endpoint.failures = 3
    assert len(read_day(family_of(endpoint), DAY)[0]) == len(plant.rows)


def test_a_server_that_stays_busy_fails_the_day_and_its_token_is_not_told(endpoint):
    endpoint.failures = 100
    with pytest.raises(StorageError, match=r"answers 503: busy with [*]{3}") as refused:
        read_day(family_of(endpoint), DAY)
    assert len(endpoint.asked) == 1 + web.RETRIES
    assert "geheim-42" not in str(refused.value)


def test_fewer_rows_than_announced_are_no_whole_day(endpoint):
    endpoint.lost = 7
    with pytest.raises(UnreadableError, match="announces 1127 rows and gives 1106"):
        read_day(family_of(endpoint), DAY)


def test_a_next_page_on_another_server_is_not_asked(endpoint):
    endpoint.elsewhere = "http://127.0.0.1:9"
    with pytest.raises(UnusableError, match="points to another server"):
        read_day(family_of(endpoint), DAY)


def test_a_refused_token_says_what_to_check(endpoint, monkeypatch):
    monkeypatch.setenv("PLANT_TOKEN", "falsch-7")
    with pytest.raises(StorageError, match="refuses with 403; check the source's token") as refused:
        read_day(family_of(endpoint), DAY)
    assert "falsch-7" not in str(refused.value)


def test_a_list_that_is_not_where_it_is_said_to_be_names_the_key(endpoint):
    with pytest.raises(UnreadableError, match=r"no list of objects at 'data'; correct `rows`"):
        read_day(family_of(endpoint, rows="data"), DAY)


def test_a_query_must_name_the_window(endpoint):
    with pytest.raises(ValueError, match="must name the window"):
        read_day(family_of(endpoint, query={"from": "{start}"}), DAY)
