"""A night with late rows: what was made of half a day is made again of the whole one, once."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from sensors_data.series.jobs import impute, ingest
from sensors_data.series.revised import days_being_revised
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.cli.doctor import examine
from service.pages.routes import page_routes
from service.schedule import nights
from service.views.night import read_night
from service.views.words import quality_sentences

EVE, NIGHT = (START + pd.Timedelta(days=number) for number in (7, 8))
TABLES = ("readings", "rejects", "grid", "scores", "sensor_scores", "anomalies")


@pytest.fixture
def late(copied, tmp_path):
    """The plant with a grace of two days, as it was when the eve's file ended at 18:00; and that file whole."""
    family = copied.family("oven")
    shutil.copytree(Path(family.inbox).parent, tmp_path / "inbox")
    inbox = tmp_path / "inbox" / Path(family.inbox).name
    settings = copied.model_copy(
        update={"families": {"oven": family.model_copy(update={"inbox": str(inbox), "grace": 2})}}
    )
    path = Path(str(inbox).replace("{day}", str(EVE)))
    whole = path.read_text()
    path.write_text(
        "".join(line for line in whole.splitlines(keepends=True) if f"{EVE}T18" > line[:13] or "time" in line)
    )
    ingest(settings, EVE, "oven")
    for job in (impute, score_series):
        for shard in (0, 1):
            job(settings, EVE, "oven", shard)
    find_anomalies(settings, EVE, "oven")
    return settings, path, whole


def readings_of(store):
    return store.read_days("readings", [EVE], family="oven")


def test_a_later_night_does_the_late_day_again_and_gives_what_the_whole_day_gives(plant, late):
    settings, path, whole = late
    store, known = Store(settings.store), Store(plant.store)
    assert len(readings_of(store)) < 0.8 * len(readings_of(known))
    path.write_text(whole)
    lines: list[str] = []
    nights.night(settings, NIGHT, ["oven"], lines.append)
    assert [line.partition("revision")[2][:3] for line in lines if "revision" in line] == [" 3:"]
    done = f"revised oven: {EVE} imputed again, and scored again where they were scored, as values came late: ingested"
    assert lines[0].startswith(done)
    run = store.read_days("runs", [NIGHT], run="revise-oven").iloc[0]
    assert (run["state"], run["rows"]) == ("done", 1)
    assert "revision 3: " in run["reason"]
    for table in TABLES:
        for day in (EVE, NIGHT):
            pd.testing.assert_frame_equal(
                store.read_days(table, [day], family="oven"), known.read_days(table, [day], family="oven")
            )
    again: list[str] = []
    nights.night(settings, NIGHT, ["oven"], again.append)
    assert again[0] == f"nothing came late for oven in the 2 days before {NIGHT}"


def test_readers_are_told_while_two_revisions_lie_side_by_side(late, client_of):
    settings, path, whole = late
    store = Store(settings.store)
    client = client_of(settings)
    client.app.include_router(page_routes(client.app.state.service, client.app.state.access))
    asked = f"/v1/anomalies?family=oven&from={EVE}&to={NIGHT}"
    assert days_being_revised(store, "oven", [EVE, NIGHT]) == []
    assert client.get(asked).json()["being_revised"] == []
    path.write_text(whole)
    ingest(settings, EVE, "oven")
    told = f"being revised: {EVE}, what is shown is of two revisions; if no job runs now: nightscore backfill"
    for job in (impute, score_series):
        for shard in (0, 1):
            assert days_being_revised(store, "oven", [EVE, NIGHT]) == [EVE]
            job(settings, EVE, "oven", shard)
    assert client.get(asked).json()["being_revised"] == [str(EVE)]
    assert client.get(f"{asked}&format=csv").headers["nightscore-being-revised"] == str(EVE)
    assert told in client.get(f"/pages/asset?family=oven&asset=oven-1&day={EVE}").text
    assert told in " ".join(quality_sentences(read_night(settings, EVE).families[0]))
    assert told in " ".join(examine(settings, "oven").lines)
    find_anomalies(settings, EVE, "oven")
    assert client.get(asked).json()["being_revised"] == []
    assert "nightscore-being-revised" not in client.get(f"{asked}&format=csv").headers
