import io
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PIL import Image

from sensors_data.images.days import read_camera_day
from sensors_data.images.files import encode_png
from sensors_data.images.inbox import camera_days
from sensors_data.settings import Camera

DAY = date(2026, 11, 21)
X = np.random.default_rng(0).integers(0, 256, (1, 30, 40), dtype=np.uint8)


def put(path, x=X):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(x if isinstance(x, bytes) else encode_png(x))


def camera(folder):
    return Camera(inbox=str(folder), size=28, channels=1)


def test_an_image_is_filed_by_the_day_in_its_path_with_asset_label_and_time(tmp_path):
    put(tmp_path / "press-1" / "good" / "2026-11-21T13-05-09.png")
    put(tmp_path / "2026-11-22" / "1.png")
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    row = images.iloc[0]
    assert (row["asset"], row["label"]) == ("press-1", "good")
    assert row["time"] == datetime(2026, 11, 21, 13, 5, 9, tzinfo=UTC)
    assert Image.open(io.BytesIO(row["png"])).text["source_size"] == "40x30"
    assert Image.open(io.BytesIO(row["png"])).size == (28, 28)
    assert len(images) == 1
    assert rejects.empty
    assert camera_days(camera(tmp_path)) == [DAY, date(2026, 11, 22)]


def test_what_cannot_be_used_is_a_reject_with_its_reason(tmp_path):
    put(tmp_path / "20261121" / "a.png")
    put(tmp_path / "20261121" / "b.png")
    put(tmp_path / "20261121" / "cut.png", encode_png(X)[:90])
    put(tmp_path / "20261121" / "black.png", np.zeros((1, 30, 40), np.uint8))
    put(tmp_path / "20261121" / "large.png", np.tile(X, (1, 2, 2)))
    put(tmp_path / "when.png")
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    assert images["image_id"].tolist() == ["20261121/a.png", "20261121/b.png"]
    reasons = dict(zip(rejects["source"], rejects["reason"], strict=True))
    assert "not a whole PNG" in reasons["20261121/cut.png"]
    assert "nearly the same" in reasons["20261121/black.png"]
    assert reasons["20261121/large.png"] == "80x60 pixels, where most images of the day have 40x30"
    assert "no day in its path" in reasons["when.png"]


def test_the_day_may_stand_in_the_middle_of_the_inbox(tmp_path):
    put(tmp_path / "2026-11-21" / "line" / "1.png")
    images, _ = read_camera_day(camera(f"{tmp_path}/{{day}}/line"), DAY)
    assert images["image_id"].tolist() == ["2026-11-21/line/1.png"]


@pytest.mark.parametrize(
    ("inbox", "press", "weld"),
    [
        ("press-{day}", "press-2026-11-21/{}", "weld-2026-11-21/{}"),
        ("{day}/press", "2026-11-21/press/{}", "2026-11-21/weld/{}"),
        ("{day}/press/", "20261121/press/{}", "20261121/press-2/{}"),
        ("press/{day}", "press/2026-11-21/{}", "weld/2026-11-21/{}"),
        ("press/{day}", "press/2026-11-21T08-00-00/{}", "press/late/2026-11-21/{}"),
    ],
)
def test_an_inbox_with_a_day_takes_its_own_camera_alone_and_labels_below_it(tmp_path, inbox, press, weld):
    for where in (press, weld):
        put(tmp_path / where.format("1.png"))
        put(tmp_path / where.format("crack/2.png"))
    images, rejects = read_camera_day(camera(f"{tmp_path}/{inbox}"), DAY)
    assert images["label"].tolist() == ["", "crack"]
    assert images["asset"].tolist() == ["", ""]
    assert [name.rsplit("/", 1)[1] for name in images["image_id"]] == ["1.png", "2.png"]
    assert rejects.empty


def test_a_day_in_a_name_is_no_time_of_day(tmp_path):
    put(tmp_path / "press_2026-11-21.png")
    put(tmp_path / "press_20261121_130509.png")
    images, _ = read_camera_day(camera(tmp_path), DAY)
    assert images["time"].tolist() == [
        datetime(2026, 11, 21, tzinfo=UTC).replace(microsecond=0),
        datetime(2026, 11, 21, 13, 5, 9, tzinfo=UTC),
    ]


def test_a_link_to_nothing_a_folder_and_a_huge_file_cost_no_other_image(tmp_path):
    put(tmp_path / "2026-11-21" / "a.png")
    (tmp_path / "2026-11-21" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "x_2026-11-21.png").mkdir()
    with (tmp_path / "2026-11-21" / "huge.png").open("wb") as file:
        file.truncate(20 * 2**30)  # sparse: it has the length without the bytes
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    assert images["image_id"].tolist() == ["2026-11-21/a.png"]
    reasons = dict(zip(rejects["source"], rejects["reason"], strict=True))
    assert reasons["2026-11-21/gone.png"] == "the file cannot be opened: No such file or directory"
    assert "the file has 21,474,836,480 bytes; at most" in reasons["2026-11-21/huge.png"]


def test_an_empty_inbox_says_where_it_looked(tmp_path):
    with pytest.raises(LookupError, match="no PNG or JPEG at"):
        read_camera_day(camera(tmp_path), DAY)
