"""The jobs of one partition on a hand-made family: what they keep beside their tables, and when they go on."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.monitoring.runs import family_subject, job_samples
from anomaly.series.files import read_card, serving
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.model_files import metadata
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.store import Store

DAYS = [date(2026, 11, 18) + timedelta(days=d) for d in range(4)]
NIGHT = DAYS[3]
DETECTOR = {"shortest": 16, "longest": 16, "tokens": 8, "draws": 1, "lengths": [1.0], "hidden": 4, "draft_epochs": 2}


@pytest.fixture
def settings(tmp_path, pump_settings, pump_days):
    """A pump with three days to learn from and one to score."""
    found = pump_settings(tmp_path, {**DETECTOR, "recurrent_rows": 100, "max_windows": 40, "fit": {"epochs": 2}})
    pump_days(found, DAYS)
    return found


def card(settings):
    store = Store(settings.store)
    return read_card(store, serving(store, "pump", NIGHT))


def test_a_card_says_what_it_was_learned_from(settings):
    line = train_series(settings, NIGHT, "pump")
    first = card(settings)
    assert (first.trained_from, first.trained_through, first.rows) == (DAYS[0], DAYS[2], 288)
    assert line.startswith(f"trained pump for {NIGHT}: 288 normal rows of 1 asset, LSTM-VAE, windows 16, threshold")
    fault = {"family": "pump", "kind": "fault", "start": f"{DAYS[1]}T00:00Z", "end": f"{DAYS[1]}T03:00Z"}
    add_incident(Store(settings.store), Incident.model_validate(fault))
    train_series(settings, NIGHT, "pump")
    assert card(settings).rows == 288 - 12
    assert card(settings).inputs != first.inputs
    history = Store(settings.store).read("training", kind="series", name="pump", model=DAYS[2])
    assert history.groupby("network")["epoch"].max().to_dict() == {"draft-16": 2, "final-16": 2}


def test_a_calendar_is_read_at_a_training_and_too_few_of_its_days_change_nothing(settings, tmp_path):
    train_series(settings, NIGHT, "pump")
    plain = card(settings)
    calendar = tmp_path / "holidays.ics"
    spec = settings.family("pump").model_copy(update={"calendar": str(calendar)})
    holding = settings.model_copy(update={"families": {"pump": spec}})
    with pytest.raises(LookupError, match=r"there is no file .*holidays"):
        train_series(holding, NIGHT, "pump")
    calendar.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{DAYS[1]:%Y%m%d}\nEND:VEVENT\nEND:VCALENDAR\n")
    train_series(holding, NIGHT, "pump")
    same = {"inputs", "settings"}
    assert card(settings).model_dump(exclude=same) == plain.model_dump(exclude=same)
    assert card(settings).inputs != plain.inputs


def stopped(settings):
    """The state that a training leaves behind when it is killed after its draft's first epoch."""

    def progress(name):
        def kill(epoch, most, note):
            raise KeyboardInterrupt

        return kill

    with pytest.raises(KeyboardInterrupt):
        train_series(settings, NIGHT, "pump", progress)
    return Store(settings.store).read_bytes("models/unfinished/series/pump/draft-16.state")


def model(settings):
    return Store(settings.store).read_bytes(f"models/series/pump/{DAYS[2]}.safetensors")


def test_a_killed_training_goes_on_to_the_same_bytes(settings):
    train_series(settings, NIGHT, "pump")
    whole = model(settings)
    stopped(settings)
    epochs = []
    train_series(settings, NIGHT, "pump", lambda name: lambda epoch, most, note: epochs.append((name, epoch)))
    assert epochs == [("draft-16", 2), ("final-16", 1), ("final-16", 2)]
    assert model(settings) == whole
    assert Store(settings.store).files("models/unfinished") == []


def test_a_state_of_other_inputs_is_not_gone_on_from(settings):
    before = metadata(stopped(settings))["key"]
    fault = {"family": "pump", "kind": "fault", "start": f"{DAYS[1]}T00:00Z", "end": f"{DAYS[1]}T03:00Z"}
    add_incident(Store(settings.store), Incident.model_validate(fault))
    epochs = []
    train_series(settings, NIGHT, "pump", lambda name: lambda epoch, most, note: epochs.append((name, epoch)))
    assert epochs[0] == ("draft-16", 1)
    assert metadata(stopped(settings))["key"] != before


def test_an_anomaly_that_lasts_keeps_its_start_over_midnight(settings):
    train_series(settings, DAYS[2], "pump")
    store = Store(settings.store)
    for day, first, last in ((DAYS[2], "20:00", "23:45"), (NIGHT, "00:00", "05:45")):
        rows = store.read("grid", family="pump", day=day, shard=0)
        rows.loc[rows["time"].between(f"{day}T{first}Z", f"{day}T{last}Z"), "flow"] += 30
        store.write("grid", rows, Provenance(job="test"), family="pump", day=day, shard=0)
        score_series(settings, day, "pump")
        find_anomalies(settings, day, "pump")
    evening, morning = (store.read("anomalies", family="pump", day=day) for day in (DAYS[2], NIGHT))
    assert evening["anomaly_id"].iloc[-1] == morning["anomaly_id"].iloc[0]
    assert evening["start"].iloc[-1] == morning["start"].iloc[0] < pd.Timestamp(NIGHT, tz="UTC")
    assert morning["end"].iloc[0] > pd.Timestamp(f"{NIGHT}T05:00Z")
    assert morning["severity"].iloc[0] == "critical"
    leading = morning["sensors"].iloc[0][0]
    assert (leading["sensor"], leading["share"] > 0.5) == ("flow", True)


def test_rows_around_alarms_find_the_same_anomalies(settings):
    train_series(settings, DAYS[2], "pump")
    store = Store(settings.store)
    for day in DAYS[2:]:
        rows = store.read("grid", family="pump", day=day, shard=0)
        if day == NIGHT:
            rows.loc[rows["time"] < f"{day}T05:45Z", "flow"] += 30
        other = rows.assign(asset="p2", flow=rows["flow"] + (day == NIGHT) * 1e-3)
        quiet = rows.assign(asset="p3", flow=store.read("grid", family="pump", day=DAYS[1], shard=0)["flow"].to_numpy())
        store.write("grid", pd.concat([rows, other, quiet]), Provenance(job="test"), family="pump", day=day, shard=0)
    found, kept = [], []
    families = settings.families
    for rows in ("all", "around"):
        spec = families["pump"].model_copy(update={"sensor_scores": rows})
        here = settings.model_copy(update={"families": {"pump": spec}})
        for day in DAYS[2:]:
            score_series(here, day, "pump")
            find_anomalies(here, day, "pump")
        found.append([store.read("anomalies", family="pump", day=day) for day in DAYS[2:]])
        kept.append([store.read("sensor_scores", family="pump", day=day, shard=0) for day in DAYS[2:]])
    for before, after in zip(*found, strict=True):
        pd.testing.assert_frame_equal(before, after)
    assert len(found[1][1]) > 0
    for day, before, after in zip(DAYS[2:], *kept, strict=True):
        over = store.read("scores", family="pump", day=day, shard=0).query("is_anomaly")["asset"].unique()
        late = before["time"] >= f"{day}T08:00Z"  # 64 steps of a quarter of an hour before midnight
        expected = before[before["asset"].isin(over) | late].reset_index(drop=True)
        pd.testing.assert_frame_equal(after, expected)
    assert len(kept[1][0]) < len(kept[0][0])


def test_a_day_without_assets_is_scored_as_nothing(settings):
    train_series(settings, NIGHT, "pump")
    store = Store(settings.store)
    where = {"family": "pump", "day": NIGHT, "shard": 0}
    store.write("grid", store.read("grid", **where).iloc[:0], Provenance(job="test"), **where)
    line = score_series(settings, NIGHT, "pump")
    assert f"scored pump {NIGHT} shard 0: 0 rows, 2 sensors, 0 rows over the threshold" in line
    assert find_anomalies(settings, NIGHT, "pump") == f"found in pump {NIGHT}: 0 anomalies, 0 in planned work"


def of_last_night(settings, measured):
    """The last night's grid with the rows `measured` (96,) alone, the days before it gone; what scoring says."""
    train_series(settings, NIGHT, "pump")
    store = Store(settings.store)
    for day in DAYS[:3]:
        store.remove(store.path("grid", family="pump", day=day, shard=0))
    where = {"family": "pump", "day": NIGHT, "shard": 0}
    rows = store.read("grid", **where).sort_values("time")
    values = {sensor: rows[sensor].where(measured) for sensor in ("flow", "speed")}
    told = rows.assign(**values, observed_flow=measured, observed_speed=measured)
    store.write("grid", told, Provenance(job="test"), **where)
    return score_series(settings, NIGHT, "pump")


def test_a_night_with_six_measured_rows_is_told_as_too_little_and_stops_nothing(settings):
    measured = np.zeros(96, dtype=bool)
    measured[40:46] = True
    few = "too little measured, not scored: 6 measured rows, windows of 16 rows"
    assert of_last_night(settings, measured) == f"pump {NIGHT} shard 0: {few}, model pump@{DAYS[2]}"
    store = Store(settings.store)
    (run,) = store.read_days("runs", [NIGHT], run="score-series-pump-0").to_dict("records")
    assert (run["state"], run["reason"]) == ("done", few)
    (row,) = store.read_days("completeness", [NIGHT], family="pump").to_dict("records")
    assert (row["measured"], row["scored"]) == (6, 0)
    assert store.read_days("scores", [NIGHT], family="pump")["score"].isna().all()
    assert find_anomalies(settings, NIGHT, "pump") == f"found in pump {NIGHT}: 0 anomalies, 0 in planned work"
    names = {one.name for one in job_samples(store, family_subject("pump", 1), NIGHT)}
    assert "nightscore_job_runs" in names
    assert "nightscore_last_success_timestamp_seconds" not in names
