"""A machine whose name is a script: every page, answer and report shows it as text."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import load
from sensors_data.simulation.plant import START, simulate_plant, write_plant
from sensors_data.store import Store
from service.report import report_of
from service.schedule import nights
from service.views.night import read_night

NAME = '"><img src=x onerror="window.wasRun=1">'
LAST = START + timedelta(days=5)
PAGES = ("", "asset", f"review?family=oven&id={'0' * 16}", "models")


@pytest.fixture(scope="module")
def lived_in(inbox, tmp_path_factory):
    """Six days of one such oven, the last of them with an anomaly and planned work."""
    folder = tmp_path_factory.mktemp("markup")
    plant = simulate_plant(4, 15, 9)
    ovens = plant.readings["oven"]
    ovens = ovens[(ovens["asset"] == "oven-1") & (ovens["time"].dt.date <= LAST)]
    write_plant(replace(plant, readings={"oven": ovens.assign(asset=NAME)}), folder, 0)
    (folder / "settings.toml").write_text((inbox / "settings.toml").read_text())
    settings = load(folder / "settings.toml")
    store, start = Store(settings.store), pd.Timestamp(LAST, tz="UTC") + timedelta(hours=5)
    about = {"family": "oven", "asset": NAME, "start": start, "end": start + timedelta(hours=4)}
    add_incident(store, Incident.model_validate({**about, "kind": "planned", "note": NAME, "author": NAME}))
    nights.backfill(settings, "oven", None, None, 1, print)
    peak = {
        "peak_time": start,
        "peak_score": 2.0,
        "severity": "warning",
        "sensors": [{"sensor": "power", "share": 1.0}],
    }
    row = {**about, **peak, "anomaly_id": "0" * 16, "rows": 24, "suppressed": False, "model": "oven@2026-03-06"}
    rows = pd.DataFrame([row]).drop(columns="family")
    store.write("anomalies", rows, Provenance(job="test"), family="oven", day=LAST)
    return settings


@pytest.mark.parametrize("path", PAGES)
def test_a_name_that_is_a_script_is_text_on_every_page(opened, path):
    page = opened(path)
    page.wait_for_load_state("networkidle")
    if path != "models":  # it names families
        page.wait_for_function("(name) => document.body.innerText.includes(name)", arg=NAME)
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("window.wasRun") is None


def test_a_name_that_is_a_script_is_text_in_the_report(lived_in):
    text = report_of(Store(lived_in.store), lived_in, read_night(lived_in, LAST))
    assert "&lt;img src=x" in text
    assert "<img src=x" not in text
