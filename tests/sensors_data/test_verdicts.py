"""Verdicts on pictures: kept once, taken back, and heard by what is learned."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.images.files import encode_png
from sensors_data.images.table import normal_images
from sensors_data.provenance import Provenance
from sensors_data.series.incidents import past_incidents, read_incidents, withdraw
from sensors_data.store import Store
from sensors_data.verdicts import PictureVerdict, keep_picture_verdict, picture_verdicts, verdict_by_image

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
