"""Lines of the log, as text and as JSON."""

import json
import logging

import pytest

from service.log import LineFormatter, LogForm


def record(**fields) -> logging.LogRecord:
    """A line of 2026-11-22 01:02:03 UTC."""
    made = logging.LogRecord("nightscore", logging.INFO, "", 0, "scored %s", ("pump",), None)
    made.created = 1795309323.0
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_a_line_has_time_level_sentence_and_where_it_belongs():
    line = LineFormatter(LogForm.text).format(record(job="score-series", family="pump-0", day="2026-11-21"))
    assert line == "2026-11-22T01:02:03Z INFO scored pump job=score-series family=pump-0 day=2026-11-21"
    assert LineFormatter(LogForm.text).format(record()) == "2026-11-22T01:02:03Z INFO scored pump"


def test_the_same_as_json():
    line = json.loads(LineFormatter(LogForm.json).format(record(job="ingest")))
    assert line == {"time": "2026-11-22T01:02:03Z", "level": "INFO", "message": "scored pump", "job": "ingest"}


@pytest.mark.parametrize("form", list(LogForm))
def test_a_fault_keeps_its_traceback(form):
    made = record()
    try:
        raise ZeroDivisionError("by zero")
    except ZeroDivisionError as error:
        made.exc_info = (type(error), error, error.__traceback__)
    assert "ZeroDivisionError: by zero" in LineFormatter(form).format(made)
