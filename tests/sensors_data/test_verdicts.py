"""Verdicts on pictures: kept once, taken back, and heard by what is learned."""

import io
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.images.days import SOURCE_HASH
from sensors_data.images.files import encode_png
from sensors_data.images.picture_places import MarkedPlace, Place, mask_of
from sensors_data.images.table import normal_images
from sensors_data.parquet import parquet_bytes
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import past_incidents, read_incidents, withdraw
from sensors_data.store import Store
from sensors_data.verdicts import (
    PictureVerdict,
    confirmed_places,
    keep_picture_verdict,
    picture_verdicts,
    verdict_by_image,
    withdraw_of_changed,
)

DAY = date(2026, 3, 10)
PRESS = Camera(inbox="x", size=16)


@pytest.fixture
def store(tmp_path) -> Store:
    store, start = Store(str(tmp_path)), datetime(2026, 3, 10, tzinfo=UTC)
    png = encode_png(np.arange(256, dtype=np.uint8).reshape(1, 16, 16))
    labels = {"a": "good", "b": "good", "c": "scratch"}
    shared = {"asset": "", "png": png, "split": "", "mask": None}
    rows = [
        {"image_id": name, "time": start + timedelta(hours=n), "label": label, **shared}
        for n, (name, label) in enumerate(labels.items())
    ]
    store.write("images", pd.DataFrame(rows), Provenance(job="test"), camera="press", day=DAY)
    return store


def learned(store):
    rows = normal_images(store, "press", PRESS, DAY + timedelta(days=1), 7, verdict_by_image(store, "press"))
    return rows["image_id"].tolist()


def test_a_confirmed_picture_leaves_what_is_learned_and_a_dismissed_one_joins_it(store):
    assert learned(store) == ["a", "b"]
    keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image="b", kind="confirmed"))
    dismissed = keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image="c", kind="dismissed"))
    assert learned(store) == ["a", "c"]
    withdraw(store, dismissed)
    assert learned(store) == ["a"]


def test_a_verdict_is_taken_back_when_another_file_stands_under_its_pictures_name(store):
    for name in "abc":
        keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image=name, kind="dismissed"))
    x = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    rows = store.read("images", camera="press", day=DAY)
    assert withdraw_of_changed(store, "press", DAY, rows) == 0  # stored before files had a hash
    rows["png"] = [encode_png(x, {SOURCE_HASH: name}) for name in "abc"]
    store.write("images", rows, Provenance(job="test"), camera="press", day=DAY)
    lighter = [encode_png(x // 2, {SOURCE_HASH: name}) for name in ("a", "other", "c")]
    assert withdraw_of_changed(store, "press", DAY, rows.assign(png=lighter)[rows["image_id"] != "c"]) == 1
    later = rows.assign(png=lighter)
    assert verdict_by_image(store, "press") == {"a": "dismissed", "c": "dismissed"}
    assert withdraw_of_changed(store, "press", DAY + timedelta(days=1), later) == 0


def test_a_new_verdict_on_a_picture_takes_the_place_of_the_old_one(store):
    for kind in ("confirmed", "dismissed", "dismissed"):
        keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image="b", kind=kind, author="Ann"))
    rows = picture_verdicts(store, "press")
    assert rows[["image", "kind", "author", "family"]].to_numpy().tolist() == [["b", "dismissed", "Ann", ""]]
    assert rows["start"].iloc[0] == pd.Timestamp("2026-03-10T01:00Z")
    assert past_incidents(store, "")["kind"].tolist() == ["confirmed"]


def test_a_verdict_on_a_picture_is_no_incident_of_a_family(store):
    keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image="b", kind="confirmed"))
    assert read_incidents(store, "pump").empty
    assert picture_verdicts(store, "lathe").empty


def test_a_picture_that_is_not_there_is_refused_with_some_that_are(store):
    with pytest.raises(NotThereError, match="press has no image 'z' on 2026-03-10; it has 3, the first: a, b, c"):
        keep_picture_verdict(store, PictureVerdict(camera="press", day=DAY, image="z", kind="confirmed"))


def judged(store, image: str, kind: str, place: str | None = None, **more: str) -> str:
    return keep_picture_verdict(
        store, PictureVerdict(camera="press", day=DAY, image=image, kind=kind, place=place, **more)
    )


def test_a_picture_is_learned_unless_it_or_a_place_in_it_was_confirmed(store):
    judged(store, "c", "dismissed", "0,0,4,4")
    assert learned(store) == ["a", "b", "c"]
    confirmed = judged(store, "c", "confirmed", "8,8,2,3")
    judged(store, "c", "dismissed")
    assert learned(store) == ["a", "b"]
    assert confirmed_places(store, "press") == {"c": [MarkedPlace(Place(8, 8, 2, 3), (16, 16))]}
    withdraw(store, confirmed)
    assert learned(store) == ["a", "b", "c"]
    assert confirmed_places(store, "press") == {}
    assert past_incidents(store, "")["place"].tolist() == ["8,8,2,3"]


def test_the_same_place_judged_twice_counts_once_and_other_places_and_the_picture_stay(store):
    judged(store, "b", "dismissed")
    for author in ("Ann", "Bob"):
        judged(store, "b", "confirmed", " 1, 2,3,04", author=author)
    judged(store, "b", "confirmed", "5,5,2,2")
    rows = picture_verdicts(store, "press").sort_values("place")
    assert rows["place"].fillna("").tolist() == ["1,2,3,4", "5,5,2,2", ""]
    assert rows["author"].tolist() == ["Bob", "", ""]
    assert rows["place_size"].fillna("").tolist() == ["16x16", "16x16", ""]


def test_places_together_are_a_mask_that_grows_with_the_picture():
    places = [MarkedPlace(Place(1, 0, 2, 1), (4, 4)), MarkedPlace(Place(3, 3, 1, 1), (4, 4))]
    mask = mask_of(places, (4, 4))
    assert np.argwhere(mask).tolist() == [[0, 1], [0, 2], [3, 3]]
    assert (mask_of(places, (8, 8)) == mask.repeat(2, 0).repeat(2, 1)).all()
    assert mask_of(places, (3, 3)).sum() == 4  # touched in part: columns 0 to 2 of row 0, and the last pixel


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("10,12,7,4", "10,12,7,4 is not inside b, which is kept as 16 x 16 pixels; left . width is at most 16"),
        ("0,13,4,4", "is not inside b"),
        ("0,0,16,16", "covers 100% of b; mark at most 90%, or judge the whole picture without a place"),
        ("3,3,0,2", "has no pixel; width and height are 1 or more"),
        ("", "'' is no place; write left,top,width,height in pixels, like 40,12,18,18"),
        ("1,2,3", "'1,2,3' is no place"),
        ("-1,2,3,4", "'-1,2,3,4' is no place"),
        ("1.5,2,3,4", "is no place"),
        ("٣,2,3,4", "is no place"),
        ("9999999,2,3,4", "is no place"),
    ],
)
def test_a_place_that_is_none_is_refused_and_nothing_is_kept(store, place, message):
    with pytest.raises(ValueError, match=message):
        judged(store, "b", "confirmed", place)
    assert picture_verdicts(store, "press").empty


def test_a_place_of_an_unknown_picture_is_refused(store):
    with pytest.raises(NotThereError, match="press has no image 'z'"):
        judged(store, "z", "confirmed", "1,1,2,2")


def test_verdicts_of_before_there_were_places_are_read_and_keep_their_ids(store):
    key = judged(store, "b", "confirmed", author="Ann")
    assert key == "8eef0b53d476f16d"
    path = store.path("incidents", incident=key)
    rows = pq.read_table(io.BytesIO(store.read_bytes(path))).drop_columns(["place", "place_size", "calendar"])
    store.write_bytes(path, parquet_bytes(rows))
    assert picture_verdicts(store, "press")["place"].isna().all()
    assert judged(store, "b", "confirmed", author="Ann") == key
    judged(store, "b", "confirmed", "1,1,2,2")
    assert len(picture_verdicts(store, "press")) == 2
