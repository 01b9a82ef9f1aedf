"""What went wrong, as problem+json (RFC 9457): the field, its value and the remedy; nothing of the host leaks."""

from __future__ import annotations

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from sensors_data.errors import NightscoreError, NotThereError, StorageError
from service.views.state import BusyError

log = logging.getLogger("nightscore")
MEDIA = "application/problem+json"


class Problem(BaseModel):
    """The body of every answer that is not what was asked for."""

    title: str
    status: int
    detail: str
    field: str | None = None
    value: str | None = None
    remedy: str | None = None


class RefusedError(Exception):
    """A request that is refused, with the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


TITLES = {
    400: "The request cannot be understood",
    401: "A token is needed",
    403: "Not allowed",
    404: "There is no such thing",
    405: "This address does not take that method",
    408: "The request came too slowly",
    411: "The request does not say how long it is",
    413: "The request is too large",
    415: "This kind of content is not read here",
    421: "This host is not served here",
    422: "The request cannot be used",
    429: "Too many requests",
    500: "A fault of the service",
    503: "The service cannot answer now",
}


def refused(
    status: int, detail: str, field: str | None = None, value: object = None, remedy: str | None = None
) -> RefusedError:
    """A refusal to raise; the value is cut at 80 characters."""
    shown = None if value is None else str(value)[:80]
    return RefusedError(
        Problem(title=TITLES[status], status=status, detail=detail, field=field, value=shown, remedy=remedy)
    )


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as an answer."""
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, problem.status, media_type=MEDIA, headers=headers)


async def _on_refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusedError)  # noqa: S101
    waits = {"Retry-After": "1"} if error.problem.status in (429, 503) else None
    return answer(error.problem, waits)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    field, value = ".".join(where[1:]) or where[0], first.get("input")
    more = f" (and {len(error.errors()) - 1} more)" if len(error.errors()) > 1 else ""
    shown = None if isinstance(value, dict | list) else value
    remedy = "GET /docs lists what each address takes"
    return answer(refused(422, f"{field}: {first['msg']}{more}", field, shown, remedy).problem)


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    title = TITLES.get(error.status_code, TITLES[400])
    problem = Problem(title=title, status=error.status_code, detail=str(error.detail), remedy="see GET /docs")
    return answer(problem, dict(error.headers) if error.headers else None)


async def _on_fault(request: Request, error: Exception) -> JSONResponse:
    number = secrets.token_hex(4)
    log.error("fault %s at %s %s", number, request.method, request.url.path, exc_info=error)
    detail = f"something went wrong that is no fault of the request; it is in the log as {number}"
    return answer(Problem(title=TITLES[500], status=500, detail=detail))


def handle_problems(app: FastAPI, root: str) -> None:
    """Turn every error of an app into a problem; `root`, the location of the store, is never shown."""

    async def on_refusal(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, NightscoreError)  # noqa: S101
        status = 404 if isinstance(error, NotThereError) else 503 if isinstance(error, StorageError) else 422
        if status == 503:
            log.error("refused at %s %s: %s", request.method, request.url.path, error)
        detail, remedy = (text.replace(root, "the store") for text in (error.reason, error.remedy))
        return answer(Problem(title=TITLES[status], status=status, detail=detail, remedy=remedy or None))

    app.add_exception_handler(RefusedError, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)

    async def on_busy(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, BusyError)  # noqa: S101
        return await _on_refused(request, refused(503, error.reason, remedy=error.remedy))

    app.add_exception_handler(BusyError, on_busy)
    app.add_exception_handler(NightscoreError, on_refusal)
    app.add_exception_handler(Exception, _on_fault)
