"""What the pages make of a file or an example, without a browser."""

import gzip
import tomllib
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.settings import Settings, parse
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.pages.tried import FIT, clocked, examples, scored
from service.pages.tried_words import curves_around, outcome
from service.pages.try_it import Ask, tried_of, understood
from service.pages.tryouts import MOST, Tryouts
from service.pages.upload import Corrections, as_found, corrected, look, readings_in, settings_of, with_changes
from service.views.state import new_service

DAY = START + timedelta(days=7)


def test_an_example_and_an_uploaded_file_have_the_scores_of_the_night(plant, inbox):
    service = new_service(plant)
    path = next(inbox.glob(f"inbox/oven/*{DAY}*"))
    paths = [Store(plant.store).path("scores", family="oven", day=DAY, shard=shard) for shard in (0, 1)]
    night = Store(plant.store).read_files("scores", paths).sort_values(["asset", "time"], ignore_index=True)
    for tried in (
        scored(service, None, f"oven {DAY}", "the detector of oven", 0.6),
        scored(service, str(path), None, "the detector of oven", 0.6),
    ):
        pd.testing.assert_frame_equal(tried.scored.rows, night, check_exact=True)
        limit = tried.scored.under(0.25).rows["threshold"]
        assert limit.to_numpy() == pytest.approx(night["threshold"].to_numpy(), rel=1e-9)
        assert (tried.scored.under(5.0).rows["threshold"] < limit).all()
        shown = outcome(tried, 0.25)
        assert "<p><strong>" in shown["html"]
        assert shown["scores"]["oven-1"]["score"][:3] == pytest.approx(night["score"][:3], rel=1e-5, nan_ok=True)
    assert f"oven {DAY}" in examples(service)


def test_a_file_of_no_known_family_is_scored_by_a_detector_fitted_to_its_first_part(plant, inbox, tmp_path):
    days = [next(inbox.glob(f"inbox/oven/*{START + timedelta(days=n)}*")) for n in range(3)]
    rows = pd.concat([pd.read_csv(day) for day in days])
    rows = rows[rows["asset"] == "oven-1"].rename(columns={"power": "load"}).drop(columns="asset")
    path = tmp_path / "mine.csv"
    rows.to_csv(path, index=False)
    tried = scored(new_service(plant), str(path), None, FIT, 0.6)
    assert tried.about.startswith(f"{len(tried.scored.rows):,} rows scored; learned from those until")
    assert tried.scored.rows["score"].notna().mean() > 0.8
    assert set(tried.scored.sensors["sensor"]) <= set(rows.columns)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.pdf", b"x", "is no table of readings; upload one of .csv, "),
        ("a.csv.gz", b"x", "is called .gz and is no gzip file"),
        ("a.parquet", b"PAR1", "not a readable Parquet file"),
        ("a.csv", b"time,x\n2026-01-01,1\n", "rows with a readable time; two are needed"),
        ("a.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page without a table of readings"),
        ("a.txt", b"UNA:+.? 'UNB+UNOC:3+99:500'", "is a message of EDIFACT"),
        ("a.json", b'{"time": [', "looks like JSON and is none"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 40, "is a damaged or locked zip file"),
        ("a.xlsx", b"PK\x05\x06" + b"\x00" * 18, "a.xlsx"),
        ("a.csv", b"time;x\n" + b"12:00;1\n13:00;2\n" * 20, "holds times of day without a date"),
    ],
)
def test_a_file_that_cannot_be_tried_says_why(plant, tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises((ValueError, LookupError), match=message):
        scored(new_service(plant), str(path), None, FIT, 0.6)


@pytest.fixture
def export(tmp_path):
    """A file of a day that a clock with jitter wrote: a fast sensor, and one that is written when it changes."""
    times = pd.date_range("2026-02-14", periods=288, freq="5min")
    early = pd.to_timedelta([-20 if n % 3 else 15 for n in range(288)], unit="s")
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        {"stamp": (times + early).strftime("%d.%m.%Y %H:%M:%S"), "flow": rng.normal(20, 1, 288).round(3)}
    )
    rows["valve"] = ["" if n % 36 else str(10 + n // 36 * 3 % 5) for n in range(288)]
    path = tmp_path / "my export.csv"
    rows.iloc[1:].to_csv(path, index=False, sep=";")
    return path


@pytest.fixture
def upload(export, tmp_path):
    """That file as a visitor's upload, understood."""
    _, tryout = Tryouts(tmp_path / "uploads").begin(export.name, export.read_bytes())
    understood(tryout, Corrections())
    return tryout


def test_a_file_is_understood_as_init_does_it_and_what_a_person_corrects_is_what_is_scored(upload):
    first, form = upload.discovery, as_found(upload.discovery)
    assert (first.family.nearest, first.name, form.style) == (True, "my-export", "%d.%m.%Y %H:%M:%S")
    form = replace(form, zone="Europe/Berlin", hold="4h", held=("valve",))
    assert "What was understood" in understood(upload, form)["html"]
    family = upload.discovery.family
    assert (family.layout.timezone, family.sensors["valve"].hold) == ("Europe/Berlin", timedelta(hours=4))
    assert upload.discovery.first == first.first - timedelta(hours=1)
    shown = understood(upload, replace(form, ignored=("flow",)))["html"]
    assert "you said so" in shown
    assert upload.corrections.zone == "Europe/Berlin"
    assert list(upload.discovery.family.sensors) == ["valve"]


def test_what_makes_an_upload_doubtful_stands_first_on_its_page(tmp_path):
    times = pd.date_range("2026-02-14", periods=288, freq="5min")
    rows = "".join(f"{time},{200 + 7 * n % 23}\n" for n, time in enumerate(times))
    data = f"Scale factor: 0.1\n\ntime,temp\n{rows}".encode()
    _, tryout = Tryouts(tmp_path / "uploads").begin("log.csv", data)
    shown = understood(tryout, Corrections())["html"]
    assert "Look at this first: UNSURE: a line above the rows states factors that are not used" in shown
    assert "# UNSURE: a line above the rows" in settings_of(tryout.discovery, "mill", tryout.path.name, ())


def test_another_sheet_of_a_workbook_can_be_chosen(tmp_path):
    times = pd.date_range("2026-02-14", periods=96, freq="h")
    book = tmp_path / "press.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"time": times, "temp": np.arange(96) % 7}).to_excel(writer, sheet_name="Heat", index=False)
        pd.DataFrame({"time": times[:80], "flow": np.arange(80) % 5}).to_excel(writer, sheet_name="Water", index=False)
    _, tryout = Tryouts(tmp_path / "uploads").begin(book.name, book.read_bytes())
    html = understood(tryout, Corrections())["html"]
    assert list(tryout.discovery.family.sensors) == ["temp"]
    assert '<option value="Water">Water</option>' in html
    assert '<option value="" selected>the fullest</option>' in html
    html = understood(tryout, replace(as_found(tryout.discovery), sheet="Water"))["html"]
    assert list(tryout.discovery.family.sensors) == ["flow"]
    assert tryout.discovery.family.layout.sheet == "Water"
    assert '<option value="Water" selected>Water</option>' in html


def test_values_that_hold_and_the_nearest_step_reach_the_quick_detector(plant, export):
    plain = look(export, Corrections()).family
    held = corrected(plain, Corrections(hold="4h", held=("valve",)))
    readings = readings_in(export, plain).readings
    share = {}
    for name, family in (("plain", plain), ("held", held)):
        rows = clocked(family, readings)
        share[name] = (rows["sensor"] == "valve").sum()
        assert (rows["sensor"] == "flow").sum() == 287  # one in each step, for the nearest one counts
    assert share == {"plain": 7, "held": 252}


def test_a_correction_that_cannot_be_is_told_and_the_file_stays_as_it_was(upload):
    found, form = upload.discovery, as_found(upload.discovery)
    with pytest.raises(UnusableError, match="unknown time zone"):
        understood(upload, replace(form, zone="Mars/Olympus"))
    with pytest.raises(UnusableError, match="no sensor is left; leave fewer columns out"):
        understood(upload, replace(form, ignored=("flow", "valve")))
    assert upload.discovery is found
    assert with_changes(upload.corrections, found, form) == upload.corrections


def test_an_upload_is_scored_its_curves_are_shown_and_its_settings_are_ones_that_init_could_have_written(plant, upload):
    service = new_service(plant)
    upload.tried = tried_of(service, upload, Ask(learn=0.6))
    shown = outcome(upload.tried, 0.25)
    assert "learned from those until" in shown["message"]
    assert shown["machines"] == ["asset"]
    course = curves_around(upload.tried, "asset", 0.25, None, None)
    assert list(course["sensors"]) == ["flow", "valve"]
    assert sum(value is not None for value in course["sensors"]["flow"]["measured"]) > 280
    assert len(curves_around(upload.tried, "asset", 0.25, course["from"], course["from"] + 3600)["times"]) == 13
    with pytest.raises(NotThereError, match="no row of 'pump' was scored; scored are asset"):
        curves_around(upload.tried, "pump", 0.25, None, None)
    text = settings_of(upload.discovery, "mill", upload.path.name, ("oven",))
    family = parse(Settings, tomllib.loads(text), "saved").families["mill"]
    assert (family.inbox, family.nearest, family.layout) == (
        "inbox/my export.csv",
        True,
        upload.discovery.family.layout,
    )
    with pytest.raises(UnusableError, match="there is a family 'oven' already"):
        settings_of(upload.discovery, "oven", upload.path.name, ("oven",))


def test_uploads_go_an_hour_after_their_last_use_and_the_longest_unused_of_too_many_first(tmp_path, monkeypatch):
    tryouts = Tryouts(tmp_path)
    keys = [tryouts.begin(f"{n}.csv", b"a")[0] for n in range(MOST)]
    tryouts.get(keys[0])
    newest, _ = tryouts.begin("new.csv", b"a")
    assert {path.name for path in tmp_path.iterdir()} == {keys[0], *keys[2:], newest}
    with pytest.raises(NotThereError, match="no longer kept; upload the file again"):
        tryouts.get(keys[1])
    monkeypatch.setattr("service.pages.tryouts.LASTING_S", -1.0)
    tryouts.begin()
    assert list(tmp_path.rglob("*.csv")) == []


def test_a_packed_upload_that_is_too_large_is_refused_before_it_is_read(plant, tmp_path, monkeypatch):
    monkeypatch.setattr("service.pages.upload.MOST_BYTES", 1000)
    for name, opened in (("a.csv.gz", gzip.open), ("a.csv", open)):
        with opened(tmp_path / name, "wb") as file:
            file.write(b"time,flow\n" * 200)
        with pytest.raises(ValueError, match="unpacks to 2,000 bytes or more; cut it, or backfill"):
            look(tmp_path / name, Corrections())


def test_what_a_family_misses_in_an_upload_is_told_with_its_scores(plant, inbox, tmp_path):
    rows = pd.read_csv(next(inbox.glob(f"inbox/oven/*{DAY}*"))).rename(columns={"humidity": "moisture"})
    rows.to_csv(tmp_path / "renamed.csv", index=False)
    tried = scored(new_service(plant), str(tmp_path / "renamed.csv"), None, "the detector of oven", 0.6)
    unknown = f"unknown sensor ({rows['moisture'].astype(str).str.strip().ne('').sum():,})"
    assert f"; no reading of humidity; 582 values could not be used: {unknown}, " in tried.about
    assert int(tried.about.split(" ")[0].replace(",", "")) == tried.scored.rows["score"].notna().sum()


def test_nothing_to_score_is_told(plant):
    with pytest.raises(ValueError, match="upload a file or pick an example"):
        scored(new_service(plant), None, None, FIT, 0.6)
