"""Nights of a small plant: the same bytes however they come about, and nothing from the future."""

import shutil
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from anomaly.series.files import read_card, serving
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from anomaly.series.training.train_job import train_series
from sensors_data.model_files import ModelCatalogue
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.series.jobs import impute, ingest
from sensors_data.settings import load
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.schedule import nights

POWER = [{"sensor": "power", "share": 1.0}]
DAYS = [START + timedelta(days=d) for d in range(9)]
TRAINED = ["2026-03-06", "2026-03-09"]


def models(settings):
    return sorted(Store(settings.store).files("models"))


def scores_of(settings, day):
    store = Store(settings.store)
    return store.read_days("scores", [day], family="oven")


def test_a_backfill_trains_after_first_after_days_and_every_so_many(plant):
    names = [path.rsplit("/", 1)[-1].split(".")[0] for path in models(plant)]
    assert names == TRAINED
    assert Store(plant.store).days("scores", family="oven") == DAYS[5:]


def test_single_nights_give_the_bytes_of_a_backfill(plant, tmp_path, files_of):
    single = plant.model_copy(update={"store": str(tmp_path / "store")})
    for folder in ("incidents", "audit", "witness"):
        shutil.copytree(f"{plant.store}/{folder}", f"{single.store}/{folder}")
    lines = []
    for day in DAYS:
        nights.night(single, day, ["oven"], lines.append)
    assert files_of(single.store) == files_of(plant.store)
    assert sum(line.startswith("not scored oven") for line in lines) == 5


def test_a_second_backfill_on_two_processes_changes_no_byte(plant, copied, files_of):
    for day in DAYS[5:]:
        for table in ("scores", "sensor_scores", "anomalies"):
            shutil.rmtree(f"{copied.store}/{table}/family=oven/day={day}")
    nights.backfill(copied, "oven", DAYS[4], None, 2, print)
    assert files_of(copied.store) == files_of(plant.store)


@pytest.mark.parametrize("job", [ingest, impute, train_series, score_series, find_anomalies])
def test_a_retried_job_changes_no_byte(plant, copied, files_of, job):
    job(copied, DAYS[5], "oven")
    assert files_of(copied.store) == files_of(plant.store)


def test_readings_after_a_day_change_nothing_of_it(plant, copied, inbox, tmp_path, files_of):
    shutil.copytree(inbox / "inbox", tmp_path / "inbox")
    later = tmp_path / f"inbox/oven/oven-{DAYS[7]}.csv"
    rows = pd.read_csv(later)
    rows.loc[rows["time"] >= f"{DAYS[7]}T00:00:00Z", "power"] = 33.0
    rows.to_csv(later, index=False)
    moved = copied.families["oven"].model_copy(update={"inbox": str(tmp_path / "inbox/oven/oven-{day}.csv")})
    settings = copied.model_copy(update={"families": {"oven": moved}})
    before = {day: scores_of(plant, day) for day in DAYS[5:]}
    nights.backfill(settings, "oven", None, None, 1, print)
    for day in DAYS[5:7]:
        pd.testing.assert_frame_equal(scores_of(settings, day), before[day], check_exact=True)
    changed, was = scores_of(settings, DAYS[7])["score"], before[DAYS[7]]["score"]
    assert not np.allclose(changed, was, equal_nan=True)


def test_the_model_of_a_day_is_the_newest_accepted_one_trained_before_it(plant):
    accepted = [name for name in TRAINED if f"models/series/oven/{name}.safetensors" in models(plant)]
    assert accepted[0] == TRAINED[0]
    for day in DAYS[5:]:
        newest = [name for name in accepted if name < str(day)][-1]
        assert list(scores_of(plant, day)["model"].unique()) == [f"oven@{newest}"]


def test_every_row_has_one_score_and_shares_that_sum_to_one(plant):
    store = Store(plant.store)
    for day in DAYS[5:]:
        rows = scores_of(plant, day)
        assert not rows.duplicated(["time", "asset"]).any()
        assert set(rows["time"].dt.date) == {day}
        sensors = store.read_days("sensor_scores", [day], family="oven")
        total = sensors.groupby(["asset", "time"])["share"].sum(min_count=1).dropna()
        assert np.allclose(total, 1.0, atol=1e-5)
        assert (rows.loc[rows["observed_share"] == 0, "score"].isna()).all()


def test_planned_work_is_suppressed_and_its_neighbours_raise_no_alarm(plant):
    rows = scores_of(plant, DAYS[6])
    mine = rows[rows["asset"] == "oven-1"]
    inside = mine["time"].between(f"{DAYS[6]}T08:00Z", f"{DAYS[6]}T10:55Z")
    assert inside.sum() == 18
    assert mine.loc[inside, "suppressed"].all()
    around = mine["suppressed"] & ~inside
    assert around.sum() == 32  # half the window of 32 rows on either side
    assert not rows.loc[rows["asset"] == "oven-3", "suppressed"].any()


def plan_work(settings, day, asset, kind="planned"):
    words = {"family": "oven", "asset": asset, "kind": kind, "start": f"{day}T08:00Z", "end": f"{day}T11:00Z"}
    add_incident(Store(settings.store), Incident.model_validate(words))


def disturb(settings, day, asset):
    """Shift every sensor of an asset's grid from 08:00 to 11:00 as no normal day does."""
    store = Store(settings.store)
    for part in store.partitions("grid", family="oven", day=day):
        rows = store.read("grid", **part)
        hit = (rows["asset"] == asset) & rows["time"].between(f"{day}T08:00Z", f"{day}T10:55Z")
        sensors = list(settings.families["oven"].sensors)
        rows.loc[hit, sensors] += np.float32(100)
        store.write("grid", rows, store.provenance(store.path("grid", **part)), **part)


def found_on(settings, day, asset):
    for shard in (0, 1):
        score_series(settings, day, "oven", shard)
    find_anomalies(settings, day, "oven")
    found = Store(settings.store).read("anomalies", family="oven", day=day)
    mine = found[(found["asset"] == asset) & (found["start"] < f"{day}T12:00Z") & (found["end"] > f"{day}T07:00Z")]
    return mine["suppressed"].tolist()


def test_what_is_planned_is_found_but_not_alarmed_on(copied):
    disturb(copied, DAYS[7], "oven-3")
    assert found_on(copied, DAYS[7], "oven-3") == [False]
    plan_work(copied, DAYS[7], "oven-3")
    assert found_on(copied, DAYS[7], "oven-3") == [True]


def rows_learned(settings, day):
    quick = settings.families["oven"].model_copy(update={"detector": {"recurrent": False, "max_windows": 20}})
    train_series(settings.model_copy(update={"families": {"oven": quick}}), day, "oven")
    catalogue = ModelCatalogue(Store(settings.store))
    return read_card(catalogue.store, catalogue.trained_through("series", "oven", day - timedelta(days=1))).rows


def test_what_was_found_or_confirmed_is_not_learned_and_what_was_dismissed_is(copied):
    store = Store(copied.store)
    found = store.read("anomalies", family="oven", day=DAYS[7]).iloc[:0]
    where = {"family": "oven", "day": DAYS[7]}
    source = store.provenance(store.path("anomalies", **where))
    store.write("anomalies", found, source, **where)
    whole = rows_learned(copied, DAYS[8])
    row = {"anomaly_id": "a", "asset": "oven-3", "severity": "warning", "suppressed": False, "rows": 24, "model": "m"}
    times = {"start": f"{DAYS[7]}T08:00Z", "end": f"{DAYS[7]}T10:00Z", "peak_time": f"{DAYS[7]}T08:00Z"}
    row |= {name: pd.Timestamp(text) for name, text in times.items()} | {
        "peak_score": 9.0,
        "sensors": POWER,
    }
    store.write("anomalies", pd.DataFrame([row]), source, **where)
    without = rows_learned(copied, DAYS[8])
    measured = store.read_days("grid", [DAYS[7]], family="oven")
    hit = measured[(measured["asset"] == "oven-3") & measured["time"].between(row["start"], f"{DAYS[7]}T09:55Z")]
    measured_rows = hit[[f"observed_{name}" for name in copied.families["oven"].sensors]].any(axis=1).sum()
    assert whole - without == measured_rows > 0
    plan_work(copied, DAYS[7], "oven-3", "dismissed")
    assert rows_learned(copied, DAYS[8]) == whole
    plan_work(copied, DAYS[7], "oven-3", "confirmed")
    assert rows_learned(copied, DAYS[8]) < without  # it lasts an hour longer


def test_a_rejected_challenger_stands_beside_and_never_serves(copied):
    store = Store(copied.store)
    kept = store.read_bytes(f"models/series/oven/{TRAINED[0]}.safetensors")
    store.write_bytes("models/series/oven/2026-03-07.rejected.safetensors", kept)
    assert serving(store, "oven", DAYS[6]).path == f"models/series/oven/{TRAINED[0]}.safetensors"
    store.remove(f"models/series/oven/{TRAINED[0]}.safetensors")
    with pytest.raises(LookupError, match=r"no accepted model of oven trained before 2026-03-08"):
        score_series(copied, DAYS[6], "oven")


def test_a_family_that_fails_does_not_keep_the_others_from_their_night(copied):
    oven = copied.families["oven"]
    broken = oven.model_copy(update={"inbox": "nowhere/{day}.csv"})
    settings = copied.model_copy(update={"families": {"broken": broken, "oven": oven}})
    lines = []
    with pytest.raises(LookupError, match="no file at nowhere"):
        nights.night(settings, DAYS[8], ["broken", "oven"], lines.append)
    assert lines[0].startswith(f"failed broken {DAYS[8]}: no file at nowhere")
    assert lines[-1].startswith(f"exported oven {DAYS[8]}")


def test_a_backfill_passes_over_a_day_of_which_nothing_can_be_used(inbox, tmp_path):
    shutil.copytree(inbox / "inbox", tmp_path / "inbox")
    shutil.copy(inbox / "settings.toml", tmp_path)
    bad = tmp_path / f"inbox/oven/oven-{DAYS[1]}.csv"
    bad.write_text(f"time,asset,temperature,power,humidity,gas\n{DAYS[1]}T00:00:00Z,oven-1,ERR,ERR,ERR,ERR\n")
    lines = []
    days, scored = nights.backfill(load(tmp_path / "settings.toml"), "oven", None, DAYS[3], 1, lines.append)
    assert days == [DAYS[0], DAYS[2], DAYS[3]]
    assert scored == []
    assert lines[0].startswith(f"not ingested {DAYS[1]}: the inbox of oven holds no usable value")


def test_an_inbox_without_a_usable_day_says_why(inbox, tmp_path):
    shutil.copy(inbox / "settings.toml", tmp_path)
    (tmp_path / "inbox/oven").mkdir(parents=True)
    (tmp_path / f"inbox/oven/oven-{DAYS[0]}.csv").write_text(f"time,asset,power\n{DAYS[0]}T00:00:00Z,oven-1,ERR\n")
    with pytest.raises(LookupError, match="1 rows were refused, first: not a number"):
        nights.backfill(load(tmp_path / "settings.toml"), "oven", None, None, 1, print)


def test_a_span_without_readings_is_named(plant):
    with pytest.raises(LookupError, match="no readings from 2027-01-01 to its end"):
        nights.backfill(plant, "oven", DAYS[0].replace(year=2027, month=1, day=1), None, 1, print)
