"""The usual course on a machine's page: the day ahead, the shown range, in words what it was worth, by keyboard."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.settings import Settings
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.views.state import new_service
from service.views.usual import usual_of

EARLIER = 26
"""Days before the plant's own whose grid is that of its first days again."""
NEWEST = START + timedelta(days=8)
AHEAD = datetime.combine(NEWEST + timedelta(days=1), datetime.min.time(), UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def longer(plant, tmp_path_factory) -> Settings:
    """The plant with weeks of readings, in which power follows the clock and humidity does not."""
    store = Store(str(tmp_path_factory.mktemp("usual") / "store"))
    shutil.copytree(plant.store, store.root)
    rng = np.random.default_rng(0)
    for shard in range(2):
        first = store.read("grid", family="oven", day=START, shard=shard)
        for place in range(-EARLIER, 9):
            rows = first.assign(time=first["time"] + place * DAY)
            hours = rows["time"].dt.hour + rows["time"].dt.minute / 60
            noise = rng.normal(0, 0.5, len(rows))
            power = 20 + 8 * np.sin(2 * np.pi * hours / 24) + noise
            values = {"power": power.astype("float32"), "humidity": noise.astype("float32")}
            rows = rows.assign(**values, observed_power=True, observed_humidity=True)
            store.write("grid", rows, Provenance(job="test"), family="oven", day=START + place * DAY, shard=shard)
    return plant.model_copy(update={"store": store.root})


@pytest.fixture(scope="module")
def served(serving, longer) -> Iterator[str]:
    with serving(longer) as address:
        yield address


def test_the_day_ahead_is_drawn_where_it_held_and_says_what_it_was_worth(longer):
    usual = usual_of(new_service(longer), "oven", "oven-1", AHEAD, AHEAD + DAY)
    assert (usual["from"], usual["through"]) == (str(NEWEST - 41 * DAY), str(NEWEST))
    assert (len(usual["times"]), usual["slot_s"], usual["times"][0]) == (72, 1200, AHEAD.timestamp())
    power, humidity = usual["sensors"]["power"], usual["sensors"]["humidity"]
    assert power["holds"]
    assert power["message"].startswith("the band held ")
    assert power["message"].endswith(" % of the usual values of the last 7 days, unseen; each day alike")
    assert power["middle"][18] == pytest.approx(28, abs=0.5)  # six in the morning
    assert humidity["message"] == "not drawn: the time of day tells no more than a constant band does"
    assert (humidity["holds"], humidity["low"]) == (False, [])


def test_a_past_range_is_by_the_weeks_before_it_alone(longer):
    start = AHEAD - 5 * DAY
    usual = usual_of(new_service(longer), "oven", "oven-1", start + timedelta(hours=6), start + timedelta(hours=30))
    assert usual["through"] == str(start.date() - DAY)
    assert (len(usual["times"]), usual["times"][0]) == (72, (start + timedelta(hours=6)).timestamp())


def test_faults_and_anomalies_are_left_out_unless_somebody_dismissed_them(longer, tmp_path):
    shutil.copytree(longer.store, tmp_path / "store")
    store = Store(str(tmp_path / "store"))
    service = new_service(longer.model_copy(update={"store": store.root}))

    def tested() -> str:
        return str(usual_of(service, "oven", "oven-1", AHEAD, AHEAD + DAY)["sensors"]["power"]["message"])

    assert "last 7 days" in tested()
    night = pd.Timestamp(NEWEST, tz="UTC")
    row = {"anomaly_id": "1" * 16, "asset": "oven-1", "start": night, "end": night + DAY, "peak_time": night}
    row |= {"rows": 144, "peak_score": 3.0, "severity": "warning", "sensors": [{"sensor": "power", "share": 1.0}]}
    frame = pd.DataFrame([{**row, "suppressed": False, "model": "oven@2026-03-06"}])
    store.write("anomalies", frame, Provenance(job="test"), family="oven", day=NEWEST)
    assert "last 6 days" in tested()
    about = {"family": "oven", "asset": "oven-1", "start": night, "end": night + DAY}
    add_incident(store, Incident.model_validate({**about, "kind": "dismissed"}))
    assert "last 7 days" in tested()
    fault = {**about, "start": night - 2 * DAY, "end": night - DAY, "kind": "fault"}
    add_incident(store, Incident.model_validate(fault))
    assert "last 6 days" in tested()


def test_a_machine_without_rows_and_too_long_a_range_are_refused(longer):
    service = new_service(longer)
    with pytest.raises(NotThereError, match="'oven-9' of oven has no row in the 6 weeks before"):
        usual_of(service, "oven", "oven-9", AHEAD, AHEAD + DAY)
    with pytest.raises(UnusableError):
        usual_of(service, "oven", "oven-1", AHEAD, AHEAD + 100 * DAY)


def test_it_is_seen_on_the_page_by_keyboard_and_the_address_holds_the_choice(opened, good_to_see):
    page = opened(f"asset?family=oven&asset=oven-1&day={NEWEST}")
    page.wait_for_selector("#curves canvas")
    assert page.locator("#curves .u-legend:has-text('usual')").count() == 0
    page.focus("#with-usual")
    page.keyboard.press("Space")
    page.wait_for_selector("#curves .u-legend:has-text('usual high')")
    assert "usual=1" in page.url
    page.wait_for_selector("#curves h3:has-text('humidity'):has-text('usual course not drawn')")
    page.focus("#ahead summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#usual .curve h3:has-text('the band held')")
    assert "It is no verdict" in page.inner_text("#ahead")
    assert "humidity: not drawn" in page.inner_text("#usual")
    good_to_see(page)
    page.click("#before")
    page.wait_for_url("**usual=1**")
    page.wait_for_selector("#curves .u-legend:has-text('usual high')")
    page.click("button:has-text('Show')")
    page.wait_for_url("**usual=1**")
