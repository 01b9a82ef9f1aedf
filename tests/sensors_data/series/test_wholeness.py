"""When a day is taken in: not before its watermark, its marker, or while its files grow; a part of a day is told."""

import os
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from sensors_data.errors import NotThereError
from sensors_data.series.jobs import ingest
from sensors_data.series.wholeness import part_there, why_not_whole
from sensors_data.store import Store

DAY = date(2026, 11, 21)
END = datetime(2026, 11, 22, tzinfo=UTC)


def text(hours: int = 24) -> str:
    return "time,flow,speed\n" + "".join(f"{DAY}T{h:02}:{m:02}Z,{h},1\n" for h in range(hours) for m in range(0, 60, 5))


def test_a_day_is_not_whole_before_its_watermark(make_family):
    spec = make_family(watermark="2h")
    assert why_not_whole(spec, DAY, END + timedelta(hours=1, minutes=59)) == (
        "the day 2026-11-21 is taken for whole from 2026-11-22 02:00 UTC on (watermark)"
    )
    assert why_not_whole(spec, DAY, END + timedelta(hours=2)) == ""
    assert why_not_whole(make_family(), DAY, END - timedelta(hours=5)) == ""


def test_a_file_that_changed_a_moment_ago_is_left_to_grow(make_family, put):
    spec, changed = make_family(settle="10min"), END + timedelta(minutes=5)
    path = put(text())
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    assert (
        why_not_whole(spec, DAY, changed + timedelta(seconds=599))
        == "a.csv changed 599 s ago and may still grow (settle)"
    )
    assert why_not_whole(spec, DAY, changed + timedelta(seconds=600)) == ""


def test_a_marker_says_that_a_day_is_whole(make_settings, put, tmp_path):
    put(text())
    settings = make_settings(done=str(tmp_path / "{day}.done"))
    with pytest.raises(
        NotThereError, match=r"not ingested yet: the marker .*2026-11-21.done is not there .*; run it again"
    ):
        ingest(settings, DAY, "pump")
    store = Store(settings.store)
    assert not store.exists(store.path("readings", family="pump", day=DAY))
    assert store.read_days("runs", [DAY])["state"].tolist() == ["failed"]
    (tmp_path / "2026-11-21.done").touch()
    assert ingest(settings, DAY, "pump").startswith("ingested pump 2026-11-21: 576 values")


def test_half_a_day_is_known_as_such_in_the_log_and_in_runs(make_settings, put):
    put(text(12))
    settings = make_settings()
    assert ingest(settings, DAY, "pump").endswith("0 rejects; a part of the day alone, 00:00 to 11:55")
    (run,) = Store(settings.store).read_days("runs", [DAY]).to_dict("records")
    assert (run["state"], run["reason"]) == ("done", "a part of the day alone, 00:00 to 11:55")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [("00:59", "23:01", ""), ("01:01", "23:30", "01:01 to 23:30"), ("00:00", "22:59", "00:00 to 22:59")],
)
def test_an_hour_at_either_end_may_be_missing(first, last, told):
    span = pd.Timestamp(f"{DAY}T{first}Z"), pd.Timestamp(f"{DAY}T{last}Z")
    assert part_there(span, DAY, timedelta(minutes=5)) == (told and f"a part of the day alone, {told}")
