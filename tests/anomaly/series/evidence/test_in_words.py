"""An anomaly in a sentence."""

from datetime import timedelta

import pandas as pd
import pytest

from anomaly.series.evidence.in_words import duration, in_short

START = pd.Timestamp("2026-03-23T13:55Z")
ROW = {"start": START, "end": START + timedelta(hours=9, minutes=45), "peak_score": 4.25}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {"sensors": [{"sensor": "pressure"}], "oddity": "pressure lower than expected"},
            "pressure lower than expected",
        ),
        ({"sensors": [{"sensor": "pressure"}, {"sensor": "flow"}], "oddity": None}, "pressure and flow odd"),
        ({"sensors": []}, "no single sensor odd"),
    ],
)
def test_a_sentence_says_what_is_odd_since_when_and_how_sure(row, told):
    assert in_short(ROW | row, 0.5) == f"{told} from 2026-03-23 13:55 UTC for 9 h 45 min, 8.5 times its threshold"


@pytest.mark.parametrize(("seconds", "told"), [(0, "0 s"), (40, "40 s"), (8100, "2 h 15 min"), (183_600, "2 d 3 h")])
def test_a_span_has_its_two_largest_units(seconds, told):
    assert duration(timedelta(seconds=seconds)) == told
