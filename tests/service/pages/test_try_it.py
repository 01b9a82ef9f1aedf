"""What the pages make of a file or an example, without a browser."""

import gzip
import tomllib
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sensors_data.settings import Settings, parse
from sensors_data.simulate import START
from sensors_data.store import Store
from service.views.state import new_service

pytest.importorskip("gradio")

from service.pages.correcting import Form, form_values
from service.pages.tried import FIT, clocked, examples, scored
from service.pages.try_it import as_parquet, corrected_look, drawn, first_look, machines_of, saved, sensors_of, told_of
from service.pages.upload import Corrections, corrected, look, readings_in, with_changes

DAY = START + timedelta(days=7)


@pytest.fixture(autouse=True)
def pages_files(monkeypatch, tmp_path):
    """The folder of the pages' files, which the service removes."""
    folder = tmp_path / "pages"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_an_example_and_an_uploaded_file_have_the_scores_of_the_night(plant, inbox, pages_files):
    service = new_service(plant)
    path = next(inbox.glob(f"inbox/oven/*{DAY}*"))
    paths = [Store(plant.store).path("scores", family="oven", day=DAY, shard=shard) for shard in (0, 1)]
    night = Store(plant.store).read_files("scores", paths).sort_values(["asset", "time"], ignore_index=True)
    for tried in (
        scored(service, None, f"oven {DAY}", "the detector of oven", 0.6),
        scored(service, str(path), None, "the detector of oven", 0.6),
    ):
        pd.testing.assert_frame_equal(tried.scored.rows, night, check_exact=True)
        download = Path(as_parquet(tried))
        assert download.name == "scores.parquet"
        assert download.is_relative_to(pages_files)
        pd.testing.assert_frame_equal(pd.read_parquet(download), night, check_exact=True)
        limit = tried.scored.under(0.25).rows["threshold"]
        assert limit.to_numpy() == pytest.approx(night["threshold"].to_numpy(), rel=1e-9)
        assert (tried.scored.under(5.0).rows["threshold"] < limit).all()
        assert "<p><strong>" in drawn(tried, 0.25)[1]
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


def test_a_file_is_understood_as_init_does_it_and_what_a_person_corrects_is_what_is_scored(plant, export):
    service = new_service(plant)
    looked, words, *_, name, _, style = first_look(service, str(export))[:7]
    assert (looked.found.family.nearest, name) == (True, "my-export")
    assert "What was understood" in words
    assert style == "%d.%m.%Y %H:%M:%S"
    fields = [value.value if hasattr(value, "value") else value for value in form_values(looked.found)]
    form = Form(*fields)._replace(zone="Europe/Berlin", hold="4h", held=["valve"])
    again, words, *_ = corrected_look(service, looked, *form)
    family = again.found.family
    assert (family.layout.timezone, family.sensors["valve"].hold) == ("Europe/Berlin", timedelta(hours=4))
    assert again.found.first == looked.found.first - timedelta(hours=1)
    third, *_ = corrected_look(service, again, *form._replace(zone="Europe/Berlin", ignored=["flow"]))
    assert third.corrections.zone == "Europe/Berlin"
    assert list(third.found.family.sensors) == ["valve"]
    assert "you said so" in corrected_look(service, again, *form._replace(ignored=["flow"]))[1]


def test_values_that_hold_and_the_nearest_step_reach_the_quick_detector(plant, export):
    plain = look(export, Corrections()).family
    held = corrected(plain, Corrections(hold="4h", held=("valve",)))
    readings = readings_in(export, plain)
    share = {}
    for name, family in (("plain", plain), ("held", held)):
        rows = clocked(family, readings)
        share[name] = (rows["sensor"] == "valve").sum()
        assert (rows["sensor"] == "flow").sum() == 287  # one in each step, for the nearest one counts
    assert share == {"plain": 7, "held": 252}


def test_a_correction_that_cannot_be_is_told_and_the_file_stays_as_it_was(plant, export):
    service = new_service(plant)
    looked = first_look(service, str(export))[0]
    form = Form(*[getattr(value, "value", value) for value in form_values(looked.found)])
    after, words, *_ = corrected_look(service, looked, *form._replace(zone="Mars/Olympus"))
    assert after is looked
    assert "unknown time zone" in words
    _, words, *_ = corrected_look(service, looked, *form._replace(ignored=["flow", "valve"]))
    assert "no sensor is left; leave fewer columns out" in words
    assert with_changes(looked.corrections, looked.found, form.corrections) == looked.corrections


def test_an_upload_is_scored_its_sensors_are_shown_and_its_settings_are_ones_that_init_could_have_written(
    plant, export
):
    service = new_service(plant)
    looked = first_look(service, str(export))[0]
    tried, words, _, _, _, _, behind = told_of(service, looked, str(export), None, FIT, 60, 0.25)
    assert "learned from those until" in words
    assert machines_of(tried, 0.25) == ["asset"]
    assert len(sensors_of(tried, 0.25, "asset").value["plot"]) > 100
    assert behind.visible
    text = Path(saved(service, looked, "mill").value["path"]).read_text()
    family = parse(Settings, tomllib.loads(text), "saved").families["mill"]
    assert (family.inbox, family.nearest, family.layout) == ("inbox/my export.csv", True, looked.found.family.layout)
    assert "there is a family 'oven' already" in saved(service, looked, "oven").label


def test_a_packed_upload_that_is_too_large_is_refused_before_it_is_read(plant, tmp_path, monkeypatch):
    monkeypatch.setattr("service.pages.upload.MOST_BYTES", 1000)
    for name, opened in (("a.csv.gz", gzip.open), ("a.csv", open)):
        with opened(tmp_path / name, "wb") as file:
            file.write(b"time,flow\n" * 200)
        with pytest.raises(ValueError, match="unpacks to 2,000 bytes or more; cut it, or backfill"):
            look(tmp_path / name, Corrections())


def test_nothing_to_score_is_told(plant):
    with pytest.raises(ValueError, match="upload a file or pick an example"):
        scored(new_service(plant), None, None, FIT, 0.6)
