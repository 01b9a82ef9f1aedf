import io
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PIL import Image

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.days import read_camera_day
from sensors_data.images.files import encode_png
from sensors_data.images.inbox import camera_days

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
    assert "not a whole picture" in reasons["20261121/cut.png"]
    assert "nearly the same" in reasons["20261121/black.png"]
    assert reasons["20261121/large.png"].startswith("80x60 pixels, where most images of the day have 40x30")
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
    with pytest.raises(LookupError, match="no picture at"):
        read_camera_day(camera(tmp_path), DAY)


def reasons_of(rejects):
    return dict(zip(rejects["source"], rejects["reason"], strict=True))


def test_masks_join_their_pictures_and_are_no_pictures(tmp_path):
    mask = np.zeros((1, 30, 40), np.uint8)
    mask[:, :15] = 255
    put(tmp_path / "2026-11-21/train/good/000.png")
    put(tmp_path / "2026-11-21/test/good/000.png", X[:, ::-1])
    put(tmp_path / "2026-11-21/test/crack/000.png", X[..., ::-1])
    put(tmp_path / "2026-11-21/ground_truth/crack/000_mask.png", mask)
    put(tmp_path / "2026-11-21/ground_truth/crack/007_mask.png", mask)
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    rows = images.set_index("image_id")[["label", "split", "mask"]]
    assert rows["label"].tolist() == ["crack", "good", "good"]
    assert rows["split"].tolist() == ["test", "test", "train"]
    marked = np.asarray(Image.open(io.BytesIO(rows["mask"].iloc[0])))
    assert marked.shape == (28, 28)
    assert 0.4 < (marked == 255).mean() < 0.6
    assert rows["mask"].isna().tolist() == [False, True, True]
    assert reasons_of(rejects) == {"2026-11-21/ground_truth/crack/007_mask.png": "a mask whose picture is not there"}


@pytest.mark.parametrize(
    ("picture", "mask"), [("Part0.jpg", "Part0_label.bmp"), ("7.png", "7_GT.png"), ("a.jpg", "a.png")]
)
def test_a_mask_beside_its_picture_says_whether_there_is_a_defect(tmp_path, picture, mask):
    for folder, marked in (("kos01", 255), ("kos02", 0)):
        put(tmp_path / "2026-11-21" / folder / picture, saved_as(X, picture))
        levels = np.zeros((1, 30, 40), np.uint8)
        levels[:, :9, :9] = marked
        put(tmp_path / "2026-11-21" / folder / mask, saved_as(levels, mask))
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    assert images["label"].tolist() == ["defect", "good"]
    assert len(images) == 2
    assert rejects.empty


def saved_as(x, name):
    out = io.BytesIO()
    Image.fromarray(x[0]).save(out, {"jpg": "JPEG", "bmp": "BMP", "png": "PNG"}[name.rsplit(".", 1)[1]])
    return out.getvalue()


def test_a_mask_of_another_size_is_left_out_and_its_picture_kept(tmp_path):
    put(tmp_path / "2026-11-21/test/crack/0.png")
    put(tmp_path / "2026-11-21/ground_truth/crack/0_mask.png", X[:, :20])
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    assert images["label"].tolist() == ["crack"]
    assert images["mask"].isna().all()
    assert "a mask of 40x20 pixels, its picture 40x30" in rejects["reason"].iloc[0]


def test_every_file_gives_an_image_or_a_reject(tmp_path):
    for name in ("a.png", "b.heic", "notes.txt", "more.zip", ".DS_Store", "Thumbs.db", "._a.png"):
        put(tmp_path / "2026-11-21" / name, b"x" if name != "a.png" else X)
    (tmp_path / "other").mkdir()
    (tmp_path / "2026-11-21" / "linked").symlink_to(tmp_path / "other")
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    reasons = reasons_of(rejects)
    assert len(images) == 1
    assert sorted(reasons) == [f"2026-11-21/{name}" for name in ("b.heic", "linked", "more.zip", "notes.txt")]
    assert "not a picture that can be read (.heic)" in reasons["2026-11-21/b.heic"]
    assert "an archive (.zip); unpack it" in reasons["2026-11-21/more.zip"]
    assert "a link to a folder" in reasons["2026-11-21/linked"]


def test_pictures_of_many_sizes_are_refused_as_a_whole_unless_the_camera_may_vary(tmp_path):
    for n in range(6):
        put(tmp_path / f"2026-11-21/{n}.png", np.ascontiguousarray(X[:, : 20 + n]))
    with pytest.raises(UnreadableError, match=r"6 pictures have 6 sizes.*any_size = true"):
        read_camera_day(camera(tmp_path), DAY)
    images, rejects = read_camera_day(Camera(inbox=str(tmp_path), any_size=True), DAY)
    assert (len(images), len(rejects)) == (6, 0)


def test_the_folder_counts_before_a_number_that_looks_like_a_day(tmp_path):
    put(tmp_path / "2026-11-21" / "SN20150101.png")
    images, rejects = read_camera_day(camera(tmp_path), DAY)
    assert images["image_id"].tolist() == ["2026-11-21/SN20150101.png"]
    row = rejects.iloc[0]
    assert row["used"]
    assert row["reason"] == "its name says 2015-01-01, its folder 2026-11-21; the folder counts"


def test_the_depth_of_a_day_is_that_of_its_brightest_picture(tmp_path):
    for name, top in (("dark", 900), ("bright", 4095)):
        levels = np.linspace(0, top, 1200).reshape(30, 40).astype(np.uint16)
        put(tmp_path / "2026-11-21" / f"{name}.png", deep_png(levels))
    images, _ = read_camera_day(camera(tmp_path), DAY)
    brightest = [np.asarray(Image.open(io.BytesIO(png))).max() for png in images["png"]]
    assert brightest[0] >= 250  # bright.png
    assert 50 <= brightest[1] <= 56  # dark.png: 900 / 4095 * 255 = 56


def deep_png(levels):
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def test_a_region_is_cut_out_and_an_oblong_picture_padded_or_cropped(tmp_path):
    levels = np.zeros((1, 30, 60), np.uint8)
    levels[:, :, 15:45] = np.arange(100, 130, dtype=np.uint8)[:, None]
    put(tmp_path / "2026-11-21" / "a.png", levels)
    first = {}
    for name, keys in {
        "crop": {"fit": "crop"},
        "pad": {"fit": "pad"},
        "region": {"region": (15, 0, 30, 30)},
    }.items():
        images, _ = read_camera_day(Camera(inbox=str(tmp_path), size=30, **keys), DAY)
        first[name] = np.asarray(Image.open(io.BytesIO(images["png"].iloc[0])))
    assert (first["crop"] == first["region"]).all()
    assert first["crop"].min() == 100
    assert (first["pad"][:7] == 0).all()
    assert (first["pad"][8:22, 8:21] > 90).all()
