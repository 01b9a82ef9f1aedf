"""`nightscore explain`: an anomaly by the first digits of its id, in words and as a picture."""

import json
from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.simulation.plant import START
from sensors_data.store import Store

DAY = START + timedelta(days=7)


@pytest.fixture
def found(copied):
    """Two anomalies of oven-1."""
    rows = []
    for peak, (name, hour) in enumerate((("ab12" * 4, 5), ("abff" * 4, 15)), start=2):
        start = pd.Timestamp(DAY, tz="UTC") + timedelta(hours=hour)
        times = {"start": start, "end": start + timedelta(hours=4), "peak_time": start + timedelta(hours=1)}
        about = {"asset": "oven-1", "peak_score": 1e6 * peak, "severity": "warning", "rows": 24, "suppressed": False}
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


def test_without_an_id_the_worst_is_explained(ask, found):
    assert json.loads(ask("explain", "--json").out)[0]["anomaly"] == "abff" * 4


def test_the_list_gives_ids_that_can_be_explained_worst_first(ask, found):
    told = ask("anomalies", "--from", DAY, "--to", DAY).out
    assert told.index("abffabff") < told.index("ab12ab12")
    rows = json.loads(ask("anomalies", "--from", DAY, "--to", DAY, "--json").out)
    assert [(row["anomaly_id"], row["family"], row["start"][:10]) for row in rows] == [
        ("abff" * 4, "oven", str(DAY)),
        ("ab12" * 4, "oven", str(DAY)),
    ]
    assert ask("anomalies", "--to", DAY - timedelta(days=90)).out == "no anomalies found in oven\n"


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, ", ended"), (0, ", new"), (None, ": over the limit until")],
)
def test_whether_an_anomaly_goes_on_is_told_as_of_the_newest_scored_night(ask, copied, found, days, state):
    store = Store(copied.store)
    newest = pd.Timestamp(store.days("scores", family="oven")[-1], tz="UTC")
    rows = store.read("anomalies", family="oven", day=DAY)
    detected = newest + timedelta(days=-2 if days is None else days)
    cleared = newest + timedelta(hours=3) if days is None else detected + timedelta(hours=3)
    rows = rows.assign(detected=detected, cleared=cleared)
    store.write("anomalies", rows, Provenance(job="test"), family="oven", day=DAY)
    assert state in ask("explain", "abff").out.splitlines()[0]
