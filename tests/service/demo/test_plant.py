"""What the demo counts and prints, on outcomes made by hand."""

from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.simulation.plant import START, Plant
from sensors_data.store import Store
from service.demo import plant as demo

LAST = START + timedelta(days=demo.DAYS - 1)
EVE = LAST - timedelta(days=1)


def at(day, hour):
    return pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=hour)


@pytest.fixture
def outcome(tmp_path):
    """Two assets, three faults; four anomalies: one over midnight, one in planned work, one in nothing."""
    settings = Settings.model_validate(
        {"store": str(tmp_path), "families": {"pump": {"inbox": "x", "step": "1h", "sensors": {"flow": {}}}}}
    )
    rows = [
        ("a", "p1", at(EVE, 22), at(LAST, 2), "critical", 9.0, False),
        ("b", "p2", at(LAST, 5), at(LAST, 6), "info", 1.0, False),
        ("c", "p2", at(LAST, 8), at(LAST, 9), "warning", 3.0, True),
        ("d", "p1", at(LAST, 12), at(LAST, 13), "warning", 4.0, False),
    ]
    names = ["anomaly_id", "asset", "start", "end", "severity", "peak_score", "suppressed"]
    found = pd.DataFrame(rows, columns=names).assign(rows=2, model="m")
    found["sensors"] = [[{"sensor": "flow", "share": 1.0}]] * len(found)
    found = found.assign(peak_time=found["start"])
    for back in range(demo.FAULTY_DAYS):
        day = LAST - timedelta(days=back)
        touches = (found["end"] > at(day, 0)) & (found["start"] < at(day, 24))
        Store(str(tmp_path)).write("anomalies", found[touches], Provenance(job="test"), family="pump", day=day)
    faults = [
        ("p1", "drift", at(EVE, 20), at(LAST, 1)),
        ("p1", "spike", at(LAST, 13), at(LAST, 14)),  # begins where the anomaly ends
        ("p2", "outage", at(LAST, 8), at(LAST, 9)),  # found, but in planned work
        ("p2", "stuck value", at(LAST, 5.5), at(LAST, 7)),
    ]
    injected = pd.DataFrame(faults, columns=["asset", "kind", "start", "end"]).assign(family="pump", sensor="")
    readings = {"pump": pd.DataFrame({"asset": ["p1", "p2", "p2"]})}
    return demo.compare(settings, Plant(readings, injected, injected.iloc[:0]))


def test_a_fault_is_found_when_a_loud_anomaly_of_its_asset_touches_it(outcome):
    assert outcome.faults["found"].tolist() == [True, False, False, True]
    assert outcome.faults["severity"].tolist() == ["critical", "", "", "info"]
    assert outcome.recall == 0.5


def test_a_false_alarm_touches_no_fault_and_is_counted_once(outcome):
    assert outcome.false_alarms["anomaly_id"].tolist() == ["d"]
    assert outcome.asset_weeks == pytest.approx(2 * 9 / 7)
    assert outcome.false_alarm_rate == pytest.approx(1 / (2 * 9 / 7))


def test_the_outcome_is_told(outcome, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(demo, "prepare", lambda folder, seed, store: (Settings(), None))
    monkeypatch.setattr(demo, "compare", lambda settings, plant: outcome)
    monkeypatch.setattr(demo, "run_camera", lambda *_: None)
    monkeypatch.setattr(demo, "run_digits", lambda *_: None)
    monkeypatch.setattr(demo, "report", lambda settings, day: f"reported {day}")
    monkeypatch.setattr(demo, "_draw", lambda settings, plant, folder: 4)
    monkeypatch.setenv("COLUMNS", "200")
    assert demo.run_demo(tmp_path, 0, 1, None) is outcome
    told = capsys.readouterr().out
    assert "recall 50% (2 of 4 faults), 0.39 false alarms an asset-week" in told
    assert f"false alarm: p1 {LAST:%m-%d} 12:00 to {LAST:%m-%d} 13:00, warning, flow 1.00" in told
    assert told.count("missed") == 2


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="holds something else than a demo; name another --folder"):
        demo.prepare(tmp_path, 0, None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_demo_takes_the_place_of_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DAYS", 10)
    settings, plant = demo.prepare(tmp_path / "demo", 0, None)
    assert len(list((tmp_path / "demo/inbox/pump").iterdir())) == 10
    (tmp_path / "demo/store/old").write_text("of the first")
    again, _ = demo.prepare(tmp_path / "demo", 1, None)
    assert not (tmp_path / "demo/store/old").exists()
    assert (settings.seed, again.seed) == (0, 1)
    assert len(Store(again.store).files("incidents")) == len(plant.maintenance) == 1
