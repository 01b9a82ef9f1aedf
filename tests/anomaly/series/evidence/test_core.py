"""Where no row stands out, an anomaly lies where the windows' scores are highest."""

import numpy as np
import pandas as pd

from anomaly.series.evidence.core import core_of, with_core
from anomaly.series.evidence.localise import LEAST_GAIN, locate

START, STEP = pd.Timestamp("2026-11-21", tz="UTC"), pd.Timedelta("5min")
TIMES = pd.Series(START + np.arange(500) * STEP)
NONE = TIMES[:0]


def values(nats):
    """Rows of `sensor_scores` of one sensor with this evidence of the pattern."""
    columns = {"sensor": "flow", "observed": True, "value": 0.0, "expected": 0.0, "low": 0.0, "high": 0.0}
    return pd.DataFrame({"time": TIMES, **columns, "pattern": nats, "cross": -1.0})


def placed(nats, core):
    """First and last row of the places with one in the `core`."""
    seen = values(nats)
    places = with_core(locate(seen, NONE), seen, NONE, TIMES[slice(*core)])
    return [((place.start - START) // STEP, (place.last - START) // STEP) for place in places]


def test_the_core_is_the_rows_around_the_peak_that_score_over_half_of_it():
    score = np.array([1.0, 4.0, 1.0, 2.0, 4.0, 9.0, 5.0, np.nan, 8.0])
    assert core_of(score, 1, 9) == (5, 7)
    assert core_of(score, 0, 3) == (1, 2)
    assert core_of(np.full(4, 2.0), 1, 4) == (1, 4)


def test_small_evidence_far_from_the_core_gives_way_to_what_lies_in_it():
    nats = np.full(500, -1.0)
    nats[10:12], nats[60:62] = 6.0, 4.0
    assert placed(nats, (50, 70)) == [(60, 61)]
    assert placed(nats, (5, 20)) == [(10, 11)]
    assert placed(nats, (30, 40)) == [(10, 11)]  # nothing speaks for a fault there


def test_clear_evidence_explains_a_core_that_shares_windows_with_it_and_no_other():
    nats = np.full(500, -1.0)
    nats[10:15], nats[260:262], nats[460:462] = LEAST_GAIN, 4.0, 4.0
    assert placed(nats, (250, 270)) == [(10, 14)]
    assert placed(nats, (450, 470)) == [(10, 14), (460, 461)]


def test_a_run_without_evidence_has_no_place_in_its_core():
    seen = values(np.full(500, -1.0))
    assert with_core([], seen, NONE, TIMES[10:20]) == []
