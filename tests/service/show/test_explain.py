"""`nightscore explain`: an anomaly by the first digits of its id, in words and as a picture."""

import json
from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.simulate import START
from sensors_data.store import Store

DAY = START + timedelta(days=7)


@pytest.fixture
def found(copied):
    """Two anomalies of oven-1."""
    rows = []
    for name, hour in (("ab12" * 4, 5), ("abff" * 4, 15)):
        start = pd.Timestamp(DAY, tz="UTC") + timedelta(hours=hour)
        times = {"start": start, "end": start + timedelta(hours=4), "peak_time": start + timedelta(hours=1)}
        about = {"asset": "oven-1", "peak_score": 2.0, "severity": "warning", "rows": 24, "suppressed": False}
        rows.append(about | times | {"anomaly_id": name, "sensors": [{"sensor": "power", "share": 1.0}], "model": "m"})
    Store(copied.store).write("anomalies", pd.DataFrame(rows), Provenance(job="test"), family="oven", day=DAY)


def test_an_anomaly_is_explained_in_words_with_its_picture(ask, found, tmp_path):
    done = ask("explain", "ab1", "--out", tmp_path / "it.png")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == f"oven-1 of oven: power odd, warning, {DAY} 05:00 to 09:00 UTC (4 h)"
    assert lines[1].startswith("power read ")
    assert " times the threshold" in lines[2]
    assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")
    [told] = json.loads(ask("explain", "ab1", "--json").out)
    assert (told["anomaly"], told["family"]) == ("ab12" * 4, "oven")


@pytest.mark.parametrize(("text", "message"), [("ab", "2 anomalies of oven"), ("zz", "there is no anomaly 'zz'")])
def test_an_id_that_fits_none_or_several_is_refused(ask, found, text, message):
    ask("explain", text).assert_refused(message)
