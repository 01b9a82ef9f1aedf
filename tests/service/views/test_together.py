"""Anomalies of several machines that have one cause."""

import pandas as pd
import pytest

from service.views.together import groups_of, together_in_words


def anomaly(asset, start, hours, sensor="pressure", **more):
    """A row of `anomalies`: begins at the `start`-th hour of a day."""
    begin = pd.Timestamp("2026-03-01", tz="UTC") + pd.Timedelta(hours=start)
    times = {"start": begin, "end": begin + pd.Timedelta(hours=hours)}
    share = [{"sensor": sensor, "share": 1.0}]
    return {"anomaly_id": f"{asset}@{start}", "asset": asset, **times, "sensors": share, "suppressed": False, **more}


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        ([anomaly("p1", 1, 2), anomaly("p2", 1.5, 2)], [[0, 1]]),
        ([anomaly("p1", 1, 2), anomaly("p2", 1.6, 2)], []),  # begins 36 minutes later
        ([anomaly("p1", 1, 8), anomaly("p2", 2.9, 9)], [[0, 1]]),  # within a quarter of the shorter one
        ([anomaly("p1", 1, 0.25), anomaly("p2", 1, 5)], []),  # a spike, and an outage that it overlaps
        ([anomaly("p1", 1, 2, oddity="pressure silent"), anomaly("p2", 1, 2, oddity="pressure noisier")], []),
        ([anomaly("p1", 1, 2, oddity="pressure silent"), anomaly("p2", 1, 2, oddity="pressure silent")], [[0, 1]]),
        ([anomaly("p1", 1, 2, oddity="pressure silent"), anomaly("p2", 1, 2)], [[0, 1]]),  # of an older night
        ([anomaly(f"p{n}", 1 + 0.4 * n, 2) for n in range(4)], [[0, 1], [2, 3]]),  # no chain of begins
        ([anomaly("p1", 1, 2), anomaly("p2", 1, 2, "flow")], []),
        ([anomaly("p1", 1, 2), anomaly("p1", 1, 2)], []),  # one machine
        ([anomaly("p1", 1, 2), anomaly("p2", 1, 2, suppressed=True)], []),
        ([anomaly("p1", 1, 40), anomaly("p2", 3, 2), anomaly("p3", 30, 2)], []),  # both lie in the long one
        ([anomaly("p1", 1, 2), anomaly("p2", 30, 2), anomaly("p3", 30, 2), anomaly("p4", 1, 2)], [[0, 3], [1, 2]]),
        ([], []),
    ],
)
def test_the_same_sensor_at_the_same_time_on_other_machines_is_one_group(rows, groups):
    assert groups_of(rows) == groups


def test_the_other_machines_are_named_and_the_rest_counted():
    rows = [anomaly(f"p{n}", 1, 2) for n in range(1, 6)] + [anomaly("p9", 20, 1)]
    told = together_in_words(rows)
    assert told["p1@1"] == "From the same time and for as long on p2, p3, p4 and 1 more: one cause is likely"
    assert told["p5@1"].startswith("From the same time and for as long on p1, p2, p3 and 1 more")
    assert "p9@20" not in told
