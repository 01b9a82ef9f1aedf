"""The morning report: what stands in it, in what order, and that it needs nothing from outside."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pandas as pd
import pytest

from sensors_data.counting import count
from sensors_data.places import report_path
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import Incident, add_incident
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from sensors_data.tables.shares import shares_of_text
from service.report import report
from service.views.night import read_night
from service.views.words import (
    contributions,
    counted_findings,
    duration,
    headline,
    interval,
    model_sentence,
    number,
    share,
)

DAY = START + timedelta(days=6)
COLUMNS = {"asset": "oven-1", "suppressed": False, "rows": 9, "model": "oven@2026-03-06"}


class Links(HTMLParser):
    """Every address that a page asks for or points to, and its words."""

    def __init__(self):
        super().__init__()
        self.found, self.tags, self.text = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.found += [(name, value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text.append(data)


def read(store, day):
    page = Links()
    page.feed(store.read_bytes(report_path(day)).decode())
    return page


def findings(store, day, rows):
    """Put anomalies of oven-1 on a day: (hour, severity, peak)."""
    start = pd.Timestamp(day, tz="UTC")
    frame = pd.DataFrame(
        [
            {
                "anomaly_id": f"{hour:016x}",
                "start": start + timedelta(hours=hour),
                "end": start + timedelta(hours=hour + 1),
                "peak_time": start + timedelta(hours=hour, minutes=30),
                "peak_score": peak,
                "severity": severity,
                "sensors": shares_of_text("power 0.62, gas 0.21"),
                **COLUMNS,
            }
            for hour, severity, peak in rows
        ]
    )
    store.write("anomalies", frame, Provenance(job="find-anomalies"), family="oven", day=day)


def test_findings_stand_in_order_of_severity_with_what_was_seen_and_expected(copied):
    store = Store(copied.store)
    findings(store, DAY, [(2, "info", 9.0), (5, "critical", 3.0), (9, "warning", 4.0), (15, "warning", 5.0)])
    line = report(copied, DAY)
    assert line == f"reported {DAY}: 4 anomalies, 1 critical: oven-1 power, reports/{DAY}.html"
    text = "\n".join(read(store, DAY).text)
    order = [text.index(f"{DAY} {hour:02d}:00 to {hour + 1:02d}:00 UTC (1 h)") for hour in (5, 15, 9, 2)]
    assert order == sorted(order)
    begin = pd.Timestamp(DAY, tz="UTC") + timedelta(hours=5)
    rows = pd.concat([store.read("sensor_scores", family="oven", day=DAY, shard=shard) for shard in (0, 1)])
    rows = rows[(rows["asset"] == "oven-1") & (rows["sensor"] == "power")]
    rows = rows[(rows["time"] >= begin) & (rows["time"] < begin + timedelta(hours=1))]
    row = rows.loc[(rows["value"] - (rows["low"] + rows["high"]) / 2).abs().idxmax()]
    read_at = f"power read {number(row['value'])} kW at {row['time']:%H:%M}"
    assert f"{read_at}, expected {number(row['low'])} to {number(row['high'])}" in text
    assert "Main sensors: power (62 % of the score), gas (21 %)" in text


def test_nothing_in_it_comes_from_outside_and_every_link_stands_in_the_store(copied):
    store = Store(copied.store)
    findings(store, DAY, [(5, "critical", 3.0)])
    report(copied, DAY)
    page = read(store, DAY)
    assert not page.tags & {"script", "iframe", "link", "object"}
    pictures = [value for name, value in page.found if name == "src"]
    assert len(pictures) == 1
    assert pictures[0].startswith("data:image/svg+xml;base64,")
    paths = [value for name, value in page.found if name == "href"]
    assert f"../anomalies/family=oven/day={DAY}/data.parquet" in paths
    assert len(paths) == 11  # scores, sensor_scores, grid and readings of two shards; anomalies, rejects, drift of both
    assert all(store.exists(path.removeprefix("../")) for path in paths)
    assert "url(" not in "".join(page.text)


def test_the_same_night_gives_the_same_bytes_also_when_later_days_were_scored(copied):
    store = Store(copied.store)
    findings(store, DAY, [(22, "warning", 3.0)])
    report(copied, DAY)
    before = store.read_bytes(report_path(DAY))
    tomorrow = DAY + timedelta(days=1)
    for table in ("scores", "sensor_scores", "anomalies"):
        for partition in store.partitions(table, family="oven", day=tomorrow):
            store.remove(store.path(table, **partition))
    report(copied, DAY)
    assert store.read_bytes(report_path(DAY)) == before


def test_what_a_person_said_and_what_failed_stand_in_it(copied):
    store = Store(copied.store)
    findings(store, DAY, [(5, "warning", 3.0)])
    told = {"kind": "dismissed", "author": "Ann <b>", "note": "door was open", "asset": "oven-1"}
    add_incident(store, Incident(family="oven", start=f"{DAY}T05:10Z", end=f"{DAY}T05:20Z", **told))
    failed = {"job": "ingest", "partition": "pump", "family": "pump", "seconds": 1.0, "rows": 0, "state": "failed"}
    row = pd.DataFrame([{**failed, "reason": "disk full", "finished": pd.Timestamp(DAY, tz="UTC")}])
    store.write("runs", row, Provenance(job="ingest"), day=DAY, run="ingest-pump")
    assert "1 warning: oven-1 power; 1 job failed" in report(copied, DAY)
    raw = store.read_bytes(report_path(DAY)).decode()
    assert "Dismissed by ann &lt;b&gt;: door was open" in raw
    assert "disk full" in "\n".join(read(store, DAY).text)


def test_a_day_on_which_nothing_ran_is_refused_with_the_remedy(plant, tmp_path):
    empty = plant.model_copy(update={"store": str(tmp_path / "none")})
    with pytest.raises(LookupError, match="run: nightscore nightly --day 2020-01-01"):
        report(empty, date(2020, 1, 1))


def test_a_day_that_was_ingested_only_says_so(copied):
    night = read_night(copied, START)
    assert headline(night) == "Nothing was scored"
    assert "no detector was accepted yet" in "".join(re.findall(r"not scored: [^;]*", report_text(copied)))


def report_text(settings):
    report(settings, START)
    return "\n".join(read(Store(settings.store), START).text)


def test_words_and_numbers_are_those_that_people_use():
    assert [count(1, "anomaly"), count(3, "anomaly"), count(1440, "row"), count(2, "day")] == [
        "1 anomaly",
        "3 anomalies",
        "1,440 rows",
        "2 days",
    ]
    assert [number(v) for v in (1234.5, 4.0207, 0.00123456, float("nan"))] == ["1,234", "4.021", "0.001235", "nothing"]
    assert [share(v) for v in (0.0, 0.0002, 0.0042, 1.0)] == ["0 %", "less than 0.1 %", "0.4 %", "100 %"]
    assert [duration(timedelta(seconds=s)) for s in (40, 8100, 180_000, 0)] == ["40 s", "2 h 15 min", "2 d 2 h", "0 s"]
    start = pd.Timestamp("2026-03-29T13:15Z")
    assert interval(start, start + timedelta(hours=2)) == "2026-03-29 13:15 to 15:15 UTC (2 h)"
    assert interval(start, start + timedelta(hours=11)) == "2026-03-29 13:15 to 2026-03-30 00:15 UTC (11 h)"
    assert contributions(shares_of_text("flow rate 0.62, gas 0.21")) == "flow rate (62 % of the score), gas (21 %)"


def test_a_count_of_findings_names_the_worst():
    def told(*severities):
        rows = [{"severity": s, "asset": "pump-2", "sensors": shares_of_text("pressure 0.9")} for s in severities]
        return counted_findings(pd.DataFrame(rows, columns=["severity", "asset", "sensors"]))

    assert told() == "No anomaly in the sensors"
    assert told("critical") == "1 critical anomaly: pump-2 pressure"
    assert told("critical", "warning", "info") == "3 anomalies, 1 critical: pump-2 pressure"
    assert told("warning", "info") == "2 anomalies, 1 warning: pump-2 pressure"
    assert told("info", "info") == "2 anomalies, all info: pump-2 pressure"


def test_a_model_that_cannot_be_read_keeps_nobody_from_the_night(copied):
    store = Store(copied.store)
    path = max(store.files("models/series/oven", ".safetensors"))
    store.write_bytes(path, b"8" * 64)
    night = read_night(copied, START + timedelta(days=8))
    assert model_sentence(night.families[0], night.day).startswith(f"{path} is not a detector file")
    assert report(copied, night.day).startswith("reported")


@pytest.mark.parametrize(("media", "width"), [("screen", 390), ("screen", 1200), ("print", 680)])
def test_nothing_of_a_report_is_cut_at_its_side_on_a_phone_nor_on_paper(copied, browser, tmp_path, media, width):
    store = Store(copied.store)
    findings(store, DAY, [(9, "warning", 1.5), (14, "critical", 12.0)])
    long = "a-machine-with-a-name-that-is-longer-than-most-others-are-and-has-no-place-to-break"
    work = pd.DataFrame([{"asset": long, "suppressed": True}]).assign(anomaly_id="f" * 16)
    rows = store.read("anomalies", family="oven", day=DAY)
    more = pd.concat([rows, rows.head(1).assign(**work.iloc[0].to_dict())])
    store.write("anomalies", more, Provenance(job="find-anomalies"), family="oven", day=DAY)
    report(copied, DAY)
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media=media)
    page.goto(f"file://{tmp_path}/store/{report_path(DAY)}")
    assert page.locator("section.finding").count() == 2
    wide = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')).map(e => e.outerHTML)"""
    assert page.evaluate(wide) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
