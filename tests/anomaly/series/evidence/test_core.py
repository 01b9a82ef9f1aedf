"""Where no row stands out, an anomaly lies where the windows' scores are highest."""

from dataclasses import replace

import numpy as np
import pandas as pd

from anomaly.series.evidence.core import core_of, with_core
from anomaly.series.evidence.localise import LEAST_GAIN, locate

START, STEP = pd.Timestamp("2026-11-21", tz="UTC"), pd.Timedelta("5min")
TIMES = pd.Series(START + np.arange(100) * STEP)


def values(nats):
    """Rows of `sensor_scores` of one sensor with this evidence of the pattern."""
    columns = {"sensor": "flow", "observed": True, "value": 0.0, "expected": 0.0, "low": 0.0, "high": 0.0}
    return pd.DataFrame({"time": TIMES, **columns, "pattern": nats, "cross": -1.0})


def placed(nats, core):
    """First and last row of the places with one in the `core`."""
    seen = values(nats)
    places = with_core(locate(seen), seen, TIMES[slice(*core)])
    return [((place.start - START) // STEP, (place.last - START) // STEP) for place in places]


def test_the_core_is_the_rows_around_the_peak_that_score_over_half_of_it():
    score = np.array([1.0, 4.0, 1.0, 2.0, 4.0, 9.0, 5.0, np.nan, 8.0])
    assert core_of(score, 1, 9) == (5, 7)
    assert core_of(score, 0, 3) == (1, 2)
    assert core_of(np.full(4, 2.0), 1, 4) == (1, 4)


def test_small_evidence_far_from_the_core_gives_way_to_what_lies_in_it():
    nats = np.full(100, -1.0)
    nats[10:12], nats[60:62] = 6.0, 4.0
    assert placed(nats, (50, 70)) == [(60, 61)]
    assert placed(nats, (5, 20)) == [(10, 11)]
    assert placed(nats, (30, 40)) == [(10, 11)]  # nothing speaks for a fault there


def test_clear_evidence_far_from_the_core_stays_beside_what_lies_in_it():
    nats = np.full(100, -1.0)
    nats[10:15], nats[60:62] = LEAST_GAIN, 4.0
    assert placed(nats, (50, 70)) == [(10, 14), (60, 61)]


def test_a_run_without_evidence_has_no_place_in_its_core():
    seen = values(np.full(100, 5.0))
    assert with_core([], seen, TIMES[10:20]) == []
    [place] = locate(seen)
    assert with_core([replace(place, gain=1.0)], seen, TIMES[10:20])[0].gain == 1.0
