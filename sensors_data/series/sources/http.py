"""The source `http`: an address that answers the rows of a time window as JSON, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urljoin

import pandas as pd
from pydantic import model_validator

from sensors_data.errors import UnreadableError, UnusableError
from sensors_data.series.intake.table_rows import checked_day
from sensors_data.series.sources.credentials import Secret
from sensors_data.series.sources.day_bounds import day_bounds
from sensors_data.series.sources.web import Server
from sensors_data.settings import Duration, Family, Section, parse

MOST_PAGES = 10_000
"""A day of more pages is refused: such an endpoint never ends."""


class HttpSource(Section):
    """An address, and where its answers hold the rows, the next page and the number of rows."""

    kind: Literal["http"]
    """The kind of source."""
    url: str
    """The address without a query, like `https://plant.example/api/readings`."""
    since: date
    """The first day to request."""
    query: dict[str, str] = {}
    """Parameters of the query; `{start}` and `{end}` stand for the window: `{ from = "{start}", to = "{end}" }`."""
    times: Literal["text", "s", "ms"] = "text"
    """Format of `{start}` and `{end}`: ISO 8601 text, or a number since 1970."""
    rows: str = ""
    """Path of the list of rows in an answer, like `data.rows`; by default the whole answer."""
    next: str = ""
    """Path of the address or the cursor of the next page, like `links.next`."""
    cursor: str = ""
    """Query parameter for that cursor, if `next` is not an address."""
    page: str = ""
    """Query parameter for the page number, from 1, if pages are numbered; an empty page is the last."""
    total: str = ""
    """Path of the total number of rows of the window, so that a missing page is noticed."""
    headers: dict[str, str] = {}
    """Headers of each request; no secrets."""
    token: Secret | None = None
    """Where to read a bearer token."""
    user: str = ""
    """User name for the password."""
    password: Secret | None = None
    """Where to read the password."""
    timeout: Duration = timedelta(minutes=1)
    """Time-out of a request."""

    @model_validator(mode="after")
    def _window_asked(self) -> HttpSource:
        words = " ".join(self.query.values())
        if "{start}" not in words or "{end}" not in words:
            raise UnusableError('query must name the window, like { from = "{start}", to = "{end}" }')
        if self.page and self.next:
            raise UnusableError("pages are either counted (page) or linked (next)")
        return self


def days(family: Family) -> list[date]:
    """Every UTC day since the source's `since` of which the first page has a row, sorted; a request a day."""
    source = parse(HttpSource, family.source, "source")
    many = (datetime.now(UTC).date() - source.since).days + 1
    every = [source.since + timedelta(days=number) for number in range(many)]
    return [day for day in every if next(_pages(source, day), [])]


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects, from all pages. UnreadableError when there are fewer rows than announced."""
    source = parse(HttpSource, family.source, "source")
    table = pd.DataFrame([row for page in _pages(source, day) for row in page])
    return checked_day(table, family, day, "http")


def _pages(source: HttpSource, day: date) -> Iterator[list[dict[str, Any]]]:
    """The pages of a day's rows, each a list of objects."""
    server = Server(source.url, source.timeout, source.token, source.user, source.password, source.headers)
    start, end = _window(source, day)
    words = {key: word.replace("{start}", start).replace("{end}", end) for key, word in source.query.items()}
    url, seen = source.url, 0
    for number in range(1, MOST_PAGES + 1):
        answer = server.ask(url, words | ({source.page: str(number)} if source.page else {}))
        page = _at(answer, source.rows, [])
        if not isinstance(page, list) or not all(isinstance(row, dict) for row in page):
            raise UnreadableError(f"{source.url} gives no list of objects at '{source.rows}'", "correct `rows`")
        seen += len(page)
        yield page
        following = _at(answer, source.next, None) if source.next else None
        if source.page and page:
            continue
        if following is None or following == "":
            _check_total(source, answer, seen)
            return
        if source.cursor:
            words = words | {source.cursor: str(following)}
        else:
            url, words = urljoin(url, str(following)), {}
    raise UnreadableError(f"{source.url} gives more than {MOST_PAGES:,} pages of {day}", "check `next` or `page`")


def _check_total(source: HttpSource, answer: Any, seen: int) -> None:
    total = _at(answer, source.total, None) if source.total else None
    if source.total and total != seen:
        raise UnreadableError(f"{source.url} announces {total} rows and gives {seen}", "a page is missing; ask again")


def _window(source: HttpSource, day: date) -> tuple[str, str]:
    """The day's start and end in the form that the address wants."""
    start, end = day_bounds(day)
    if source.times == "text":
        return f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}"
    unit = 1000 if source.times == "ms" else 1
    return str(int(start.timestamp()) * unit), str(int(end.timestamp()) * unit)


def _at(answer: Any, path: str, otherwise: Any) -> Any:
    """What stands at a dotted path of an answer."""
    for key in path.split(".") if path else []:
        if not isinstance(answer, dict) or key not in answer:
            return otherwise
        answer = answer[key]
    return answer
