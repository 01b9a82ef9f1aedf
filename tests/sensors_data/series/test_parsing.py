"""Times and numbers as they stand in files, and what is understood of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors_data.series.dates.parsing import parse_times
from sensors_data.series.values.numbers import parse_numbers
from sensors_data.settings import Layout


def utc(texts: list[object], **layout: object) -> list[str]:
    """Times as they are understood, `-` where they are not."""
    parsed = parse_times(pd.Series(texts, dtype=object), Layout.model_validate(layout))
    assert str(parsed.dtype) == "datetime64[us, UTC]"
    return [t.isoformat().removesuffix("+00:00") if t is not pd.NaT else "-" for t in parsed]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01 08:00", "2026-07-01T06:00:00"),
        ("2026-12-01 08:00", "2026-12-01T07:00:00"),
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59"),
        ("2026-10-25 02:30", "-"),  # the clock went back: it was half past two twice
        ("2026-10-25 03:00", "2026-10-25T02:00:00"),
        ("2026-10-25 02:30+02:00", "2026-10-25T00:30:00"),
        ("2026-10-25 02:30+0100", "2026-10-25T01:30:00"),
        ("2026-10-25 02:30:00+01", "2026-10-25T01:30:00"),
        ("2026-03-29 02:30", "-"),  # the clock went forward: it was never half past two
        ("2026-03-29T03:30", "2026-03-29T01:30:00"),
        ("2026-03-29T02:30Z", "2026-03-29T02:30:00"),
        ("20261121T080000Z", "2026-11-21T08:00:00"),
        ("2026-11-21", "2026-11-20T23:00:00"),
        ("2026-11-21T08:00:00.123456789Z", "2026-11-21T08:00:00.123456"),
        (" 2026-11-21T08:00Z ", "2026-11-21T08:00:00"),
        ("now", "-"),
        ("today", "-"),
        ("", "-"),
        (None, "-"),
        ("2026-13-01", "-"),
        ("21.11.2026 08:00", "-"),
    ],
)
def test_a_local_time_is_understood_in_its_zone_and_an_offset_wins(text, expected):
    assert utc([text], timezone="Europe/Berlin") == [expected]
    mixed = ["2026-01-01T00:00-05:00", text, "2026-01-01", "x"]  # what else stands in the column changes nothing
    assert utc(mixed, timezone="Europe/Berlin")[1] == expected


@pytest.mark.parametrize(
    ("unit", "numbers"),
    [
        ("s", ["1763683200", "1763683200.5", 1763683200.1]),
        ("ms", ["1763683200000", "1763683200500", 1763683200100.0]),
        ("us", ["1763683200000000", "1763683200500000", 1763683200100000]),
        ("ns", ["1763683200000000000", "1763683200500000000", 1763683200100000000]),
    ],
)
def test_numbers_since_1970_are_times_of_their_unit(unit, numbers):
    expected = ["2025-11-21T00:00:00", "2025-11-21T00:00:00.500000", "2025-11-21T00:00:00.100000"]
    assert utc(numbers, time_unit=unit) == expected
    assert utc(["x", "", "inf", "1e40", None], time_unit=unit) == ["-"] * 5


@pytest.mark.parametrize(
    ("time_format", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M", "01.07.2026 08:00", "2026-07-01T06:00:00"),
        ("%m/%d/%Y %I:%M %p", "07/01/2026 08:00 PM", "2026-07-01T18:00:00"),
        ("%H:%M %Y-%m-%d", "08:00 2026-07-01", "2026-07-01T06:00:00"),
        ("%Y%m%d%H%M%S%z", "20260701080000-0500", "2026-07-01T13:00:00"),
        ("%Y%m%d%H%M%SZ", "20260701080000Z", "2026-07-01T08:00:00"),
    ],
)
def test_a_time_format_is_taken_at_its_word(time_format, text, expected):
    assert utc([text, "else"], time_format=time_format, timezone="Europe/Berlin") == [expected, "-"]


def test_offsets_may_differ_in_one_column_of_a_time_format():
    found = utc(["2026-07-01 +0200", "2026-12-01 +0100"], time_format="%Y-%m-%d %z")
    assert found == ["2026-06-30T22:00:00", "2026-11-30T23:00:00"]


@given(st.lists(st.one_of(st.text(max_size=30), st.from_regex(r"\d{1,4}-\d\d-\d\d[T ]?\d*:?\d*[Z+-]?\d*"), st.none())))
def test_no_text_breaks_the_reading_of_times(texts):
    column = pd.Series(texts, dtype=object)
    for layout in (Layout(), Layout(timezone="Europe/Berlin"), Layout(time_unit="ms"), Layout(time_format="%d.%m.%Y")):
        assert len(parse_times(column, layout)) == len(texts)


@pytest.mark.parametrize(
    ("decimal", "text", "value"),
    [
        (".", "1.5", 1.5),
        (".", "1,5", None),
        (",", "1,5", 1.5),
        (",", "1.500", None),
        (",", "-3", -3),
        (".", "1e3", 1e3),
    ],
)
def test_a_number_has_its_layouts_decimal_mark(decimal, text, value):
    found = parse_numbers(pd.Series([text]), Layout(decimal=decimal))[0]
    assert np.isnan(found) if value is None else found == value
