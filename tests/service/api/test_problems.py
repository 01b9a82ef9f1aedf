"""What is refused and what is our own fault, as answers."""

import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sensors_data.errors import DivergedError, NotThereError, StorageError, UnreadableError, UnusableError
from service.api.problems import handle_problems

ROOT = "/plant/store"


def answered(error: Exception) -> tuple[int, dict[str, object]]:
    app = FastAPI()
    handle_problems(app, ROOT)

    @app.get("/")
    def fails() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotThereError, 404), (UnusableError, 422), (UnreadableError, 422), (DivergedError, 422), (StorageError, 503)],
)
def test_a_refusal_tells_reason_and_remedy_apart_and_not_where_the_store_lies(kind, status):
    code, problem = answered(kind(f"no grid; nor scores in {ROOT}", "run: nightscore impute"))
    assert code == problem["status"] == status
    assert (problem["detail"], problem["remedy"]) == ("no grid; nor scores in the store", "run: nightscore impute")
    assert "remedy" not in answered(kind("it is full"))[1]


@pytest.mark.parametrize("kind", [ValueError, LookupError, KeyError, IndexError, OSError, ArithmeticError])
def test_whatever_else_goes_wrong_is_a_fault_of_ours_and_its_text_stays_in_the_log(kind, caplog):
    with caplog.at_level(logging.ERROR, "nightscore"):
        code, problem = answered(kind("Found array with 0 sample(s) in /plant/store"))
    assert code == 500
    assert "sample" not in str(problem)
    assert problem["detail"].rsplit(" ", 1)[1] in caplog.text
    assert "Found array with 0 sample(s)" in caplog.text
