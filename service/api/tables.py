"""Routes that read: families, assets, scores, anomalies, models, images; by pages of JSON or streams of Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

import pandas as pd
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from sensors_data.series.revised import days_being_revised
from sensors_data.tables import TABLES
from service.api.bodies import FORMATS, JSON, json_bytes, records, stream
from service.api.problems import refused
from service.views.state import Service

PAGE = 1000
REVISED = "Nightscore-Being-Revised"
Format = Literal["json", "csv", "parquet"]
FamilyQuery = Annotated[str, Query(min_length=1, max_length=64, description="The family's name.", examples=["pump"])]
CameraQuery = Annotated[str, Query(min_length=1, max_length=64, description="The camera's name.", examples=["press"])]
SensorQuery = Annotated[str | None, Query(max_length=128, description="One sensor; all of them if not given.")]
AssetQuery = Annotated[str | None, Query(max_length=128, description="One machine; all of them if not given.")]
FromQuery = Annotated[date | None, Query(alias="from", description="First UTC day; the newest there is if not given.")]
ToQuery = Annotated[date | None, Query(alias="to", description="Last UTC day; the first one if not given.")]
DayQuery = Annotated[date, Query(description="The UTC day.")]
NewestQuery = Annotated[date | None, Query(description="The UTC day; the newest scored one if not given.")]
FormatQuery = Annotated[
    Format, Query(alias="format", description="JSON comes page by page, CSV and Parquet as one stream.")
]
LimitQuery = Annotated[int, Query(ge=1, le=10_000, description="Rows of a JSON page.")]
CursorQuery = Annotated[
    str | None, Query(max_length=64, pattern=r"^\d{1,6}\.\d{1,9}$", description="`next` of the page before.")
]


@dataclass(frozen=True)
class Span:
    """The partitions of a table that a question is about, each read only when its turn comes."""

    service: Service
    table: str
    owner: dict[str, str]
    days: list[date]
    wanted: Callable[[pd.DataFrame], pd.DataFrame]

    @property
    def paths(self) -> list[str]:
        """The files, in time order."""
        return self.service.store.written(self.table, self.days, **self.owner)

    def part(self, path: str) -> pd.DataFrame:
        """The wanted rows of one file."""
        return self.wanted(self.service.store.read_files(self.table, [path])).reset_index(drop=True)

    def parts(self) -> Iterator[pd.DataFrame]:
        """The wanted rows, file by file."""
        return map(self.part, self.paths)

    @property
    def revised(self) -> list[str]:
        """The days of which the store holds two revisions just now."""
        family = self.owner.get("family")
        return list(map(str, days_being_revised(self.service.store, family, self.days))) if family else []

    def answer(self, form: Format, limit: int, cursor: str | None) -> Response:
        """A page of JSON, or all of it as a stream, which names in a head the days that are being revised."""
        if form != "json":
            name = f"{self.table}-{'-'.join(self.owner.values())}.{form}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            headers |= {REVISED: ", ".join(revised)} if (revised := self.revised) else {}
            rows = stream(TABLES[self.table], self.parts(), form)
            return StreamingResponse(rows, media_type=FORMATS[form], headers=headers)
        rows_of_page, after = self.page(limit, cursor)
        days = {"from": str(self.days[0]), "to": str(self.days[-1])} if self.days else {"from": None, "to": None}
        content = {"being_revised": self.revised, "rows": rows_of_page, "next": after}
        return Response(json_bytes({**days, **content}), media_type=JSON)

    def page(self, limit: int, cursor: str | None) -> tuple[list[dict[str, object]], str | None]:
        """At most `limit` rows from a cursor (file and row) on, and the cursor of the next page."""
        at, skip = (int(part) for part in (cursor or "0.0").split("."))
        records_of_page: list[dict[str, object]] = []
        paths = self.paths
        for place in range(at, len(paths)):
            rows = self.part(paths[place])
            room = limit - len(records_of_page)
            records_of_page += records(rows.iloc[skip : skip + room])
            if len(rows) > skip + room:
                return records_of_page, f"{place}.{skip + room}"
            skip = 0
            if len(records_of_page) == limit and place + 1 < len(paths):
                return records_of_page, f"{place + 1}.0"
        return records_of_page, None


def days_between(known: list[date], first: date | None, last: date | None, what: str) -> list[date]:
    """The known days of [first, last]; the newest one where nothing is asked for. RefusedError for a wrong order."""
    if first is not None and last is not None and last < first:
        raise refused(422, f"to lies before from ({first})", "to", last, "exchange the two")
    if first is None:
        return [day for day in known if last is None or day <= last][-1:]
    if not known:
        raise refused(404, f"nothing of {what} is in the store yet", remedy="run: nightscore backfill")
    return [day for day in known if first <= day <= (last or first)]


def span_of(
    service: Service, table: str, family: str, first: date | None, last: date | None, keep: list[tuple[str, object]]
) -> Span:
    """A family's rows of a table over some days, those with the kept values. LookupError for an unknown family."""
    service.settings.family(family)
    days = days_between(service.store.days(table, family=family), first, last, f"{table} of {family}")

    def matching(rows: pd.DataFrame) -> pd.DataFrame:
        for column, value in keep:
            if value is not None:
                rows = rows[rows[column] == value]
        return rows

    return Span(service, table, {"family": family}, days, matching)


@dataclass(frozen=True)
class RowQuery:
    """What every question about a family's rows may say."""

    family: FamilyQuery
    first: FromQuery = None
    last: ToQuery = None
    asset: AssetQuery = None
    form: FormatQuery = "json"
    limit: LimitQuery = PAGE
    cursor: CursorQuery = None

    def answer(self, service: Service, table: str, **values: object) -> Response:
        """The rows of a table that were asked for, those with the kept values."""
        keep = [("asset", self.asset), *values.items()]
        return span_of(service, table, self.family, self.first, self.last, keep).answer(
            self.form, self.limit, self.cursor
        )


RowsQuery = Annotated[RowQuery, Depends(RowQuery)]


def table_routes(service: Service) -> APIRouter:
    """The routes under /v1 that read tables of families."""
    routes = APIRouter(prefix="/v1", tags=["tables"])
    _list_routes(routes, service)
    _row_routes(routes, service)
    return routes


def _list_routes(routes: APIRouter, service: Service) -> None:
    """What there is: families, machines, runs."""

    @routes.get("/families", summary="Every family: its sensors, clock, and the newest day that was scored")
    def families() -> list[dict[str, object]]:
        families: list[dict[str, object]] = []
        for name, spec in sorted(service.settings.families.items()):
            days = service.store.days("scores", family=name)
            sensors = [{"sensor": sensor, "unit": about.unit} for sensor, about in spec.sensors.items()]
            scored = {"days_scored": len(days), "newest_day": str(days[-1]) if days else None}
            families.append({"family": name, "step_s": spec.step.total_seconds(), "sensors": sensors, **scored})
        return families

    @routes.get("/assets", summary="A family's machines on a day: rows, rows over the threshold, worst score")
    def assets(family: FamilyQuery, day: NewestQuery = None) -> list[dict[str, object]]:
        span = span_of(service, "scores", family, day, day, [])
        rows = service.store.read_files("scores", span.paths)
        summary = rows.groupby("asset").agg(
            rows=("score", "size"), rows_over=("is_anomaly", "sum"), worst_score=("score", "max")
        )
        summary["threshold"] = rows.groupby("asset")["threshold"].median()
        return records(summary.astype({"rows_over": "int64"}).reset_index())

    @routes.get("/runs", summary="What ran for a day, and what failed")
    def runs(
        day: Annotated[date | None, Query(description="The UTC day; yesterday if not given.")] = None,
    ) -> list[dict[str, object]]:
        wanted = day or (datetime.now(UTC).date() - timedelta(days=1))
        return records(service.store.read_days("runs", [wanted]))


def _row_routes(routes: APIRouter, service: Service) -> None:
    """The rows of the tables that a night writes."""

    @routes.get("/scores", summary="Scored rows of a family, by asset and day")
    def scores(
        query: RowsQuery, over: Annotated[bool, Query(description="Only rows over the threshold.")] = False
    ) -> Response:
        return query.answer(service, "scores", is_anomaly=True if over else None)

    @routes.get("/sensor-scores", summary="What each sensor read, what was expected, its share of the score")
    def sensor_scores(
        query: RowsQuery,
        sensor: SensorQuery = None,
    ) -> Response:
        return query.answer(service, "sensor_scores", sensor=sensor)

    @routes.get("/anomalies", summary="What was found, each anomaly from its start")
    def anomalies(
        query: RowsQuery,
        severity: Annotated[
            Literal["info", "warning", "critical"] | None, Query(description="Of this severity alone.")
        ] = None,
        suppressed: Annotated[bool | None, Query(description="Inside planned work, or not.")] = None,
    ) -> Response:
        return query.answer(service, "anomalies", severity=severity, suppressed=suppressed)
