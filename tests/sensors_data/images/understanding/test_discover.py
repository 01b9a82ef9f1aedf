import os
import tomllib
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PIL import Image

from sensors_data.errors import NotThereError
from sensors_data.images.files import encode_png
from sensors_data.images.inbox import camera_files
from sensors_data.images.understanding.discover import discover_camera, holds_pictures
from sensors_data.images.understanding.settings_text import with_camera
from sensors_data.settings import Settings, parse

RNG = np.random.default_rng(0)


def put(path, x, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(x).save(path, **options)


def noise(height=70, width=70):
    return RNG.integers(0, 256, (height, width), dtype=np.uint8)


def test_a_labelled_set_is_understood_with_its_parts_and_masks(tmp_path):
    for n in range(6):
        put(tmp_path / f"2026-03-20/train/good/{n}.png", noise())
    mask = np.zeros((70, 70), np.uint8)
    mask[:9, :9] = 255
    put(tmp_path / "2026-03-20/test/good/0.png", noise())
    put(tmp_path / "2026-03-20/test/crack/0.png", noise())
    put(tmp_path / "2026-03-20/ground_truth/crack/0_mask.png", mask)
    found = discover_camera(tmp_path, "press")
    assert found.labels == {"crack": 1, "good": 7}
    assert found.splits == {"train": 6, "test": 2}
    assert (found.pictures, found.masks, found.days) == (8, 1, [date(2026, 3, 20)])
    assert (found.camera.size, found.camera.channels) == (64, 1)
    assert found.odd == []
    assert [sample.label for sample in found.samples] == ["good"] * 7 + ["crack"]
    assert found.samples[-1].mask.any()


def test_what_was_found_is_settings_that_load_beside_those_that_stand_there(tmp_path):
    put(tmp_path / "a.png", noise())
    os.utime(tmp_path / "a.png", (1_774_000_000, 1_774_000_000))
    found = discover_camera(tmp_path, "press")
    text = with_camera('store = "here"  # mine\n', found, {"features": {"kind": "patches"}})
    assert "# mine" in text
    camera = parse(Settings, tomllib.loads(text), "text").cameras["press"]
    assert camera.undated_day == datetime.fromtimestamp(1_774_000_000, UTC).date()
    assert camera.detector == {"features": {"kind": "patches"}}


def test_sizes_depth_and_colours_are_those_of_the_pictures(tmp_path):
    for n in range(4):
        put(tmp_path / f"2026-03-20/{n}.png", (noise(40 + 20 * n, 60).astype(np.uint16) * 16))
    camera = discover_camera(tmp_path).camera
    assert (camera.bits, camera.any_size, camera.fit, camera.channels) == (12, True, "pad", 1)
    for n in range(4):
        put(tmp_path / f"colour/2026-03-20/{n}.jpg", RNG.integers(0, 256, (70, 70, 3), dtype=np.uint8))
    assert discover_camera(tmp_path / "colour").camera.channels == 3


def test_photographs_without_a_day_in_their_path_are_dated_by_exif(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:03:20 10:40:30"
    put(tmp_path / "p.jpg", noise(), exif=exif)
    found = discover_camera(tmp_path)
    assert found.camera.day_from == "exif"
    assert found.days == [date(2026, 3, 20)]


def test_labels_of_which_none_is_good_are_odd(tmp_path):
    put(tmp_path / "2026-03-20/alpha/0.png", noise())
    put(tmp_path / "2026-03-20/notes.txt.png", noise())
    (tmp_path / "2026-03-20/beta.heic").write_bytes(b"x")
    found = discover_camera(tmp_path / "2026-03-20" / "alpha" / "..")
    assert any("1 files are no pictures: beta.heic" in line for line in found.odd)
    for label in ("alpha", "beta"):
        put(tmp_path / f"other/{label}/2026-03-20.png", noise())
    assert discover_camera(tmp_path / "other").odd == [
        "no label says that a part is good (alpha, beta): name those of good parts in normal_labels"
    ]


def test_labels_that_are_good_beside_the_others_are_settings_that_load(tmp_path):
    for n in range(3):
        put(tmp_path / f"0/2026-03-20 {n}.png", noise())
    put(tmp_path / "1/2026-03-20 3.png", noise())
    found = discover_camera(tmp_path, "press")
    camera = parse(Settings, tomllib.loads(with_camera("", found, {})), "text").cameras["press"]
    assert (camera.normal_labels, found.odd) == (("0",), [])
    assert found.reasons["normal_labels"] == "'0' stands beside the rarer '1'"


@pytest.mark.parametrize("names", [("oben", "unten"), ("alpha", "beta"), ("Bilder/alpha", "Bilder/beta")])
def test_folders_of_pictures_that_differ_in_size_and_colour_are_cameras(tmp_path, names):
    for n in range(4):
        put(tmp_path / f"{names[0]}/2026-03-20 {n}.png", noise())
        put(tmp_path / f"{names[1]}/2026-03-20 {n}.png", RNG.integers(0, 256, (48, 96, 3), dtype=np.uint8))
    found = discover_camera(tmp_path, "plant")
    assert found.labels == {"": 8}
    names = tuple(name.rpartition("/")[2] for name in names)
    kinds = f"'{names[0]}' 70x70 grey, '{names[1]}' 96x48 colour"
    assert f"places differ in their pictures ({kinds}): run init for the folder of each" in found.odd[0]
    camera = parse(Settings, tomllib.loads(with_camera("", found, {})), "text").cameras["plant"]
    assert {file.role.asset for file in camera_files(camera)} == set(names)


def test_a_folder_holds_pictures_when_most_of_its_files_are(tmp_path):
    put(tmp_path / "a.png", noise())
    assert holds_pictures(tmp_path)
    assert holds_pictures(tmp_path / "a.png")
    for name in ("b.csv", "c.csv"):
        (tmp_path / name).write_text("x")
    assert not holds_pictures(tmp_path)
    (tmp_path / "empty").mkdir()
    assert not holds_pictures(tmp_path / "empty")


VOC = "<annotation><size><width>70</width><height>70</height></size></annotation>"


@pytest.mark.parametrize(
    ("ending", "text"),
    [("xml", VOC), ("txt", "0 0.5 0.5 0.1 0.2\n"), ("json", '{"shapes": [], "imagePath": "%s.png"'), ("md", "")],
)
def test_annotations_of_pictures_lists_and_junk_are_not_counted_as_other_files(tmp_path, ending, text):
    for name in "abc":
        put(tmp_path / f"images/{name}.png", noise())
        whole = text % name + ', "imageWidth": 70, "imageHeight": 70}' if "%s" in text else text
        (tmp_path / f"{name}.{ending}").write_text(whole)
    assert holds_pictures(tmp_path) == (ending != "md")
    (tmp_path / "__MACOSX").mkdir()
    for name in ("Thumbs.db", ".DS_Store", "__MACOSX/a", "__MACOSX/b", "__MACOSX/c"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "data.yaml").write_text("names: [a]")
    (tmp_path / "list.csv").write_text("file,label\na.png,good\nb.png,bad\n")
    assert holds_pictures(tmp_path) == (ending != "md")


def test_readings_with_a_picture_of_each_are_no_pictures(tmp_path):
    for name in "abc":
        put(tmp_path / f"{name}.png", noise())
        (tmp_path / f"{name}.txt").write_text("2026-03-20 10:00 1.5\n2026-03-20 10:01 1.5\n")
    assert not holds_pictures(tmp_path)


def test_pictures_that_cannot_be_read_are_no_camera(tmp_path):
    (tmp_path / "2026-03-20.png").write_bytes(b"x")
    with pytest.raises(NotThereError, match=r"2026-03-20.png \(not a whole picture"):
        discover_camera(tmp_path)


def test_large_pictures_are_proposed_in_tiles(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (1, 600, 1100), dtype=np.uint8)
    for number in range(2):
        (tmp_path / f"good-{number}-2026-03-01.png").write_bytes(encode_png(x))
    found = discover_camera(tmp_path)
    assert (found.camera.size, found.camera.tiles) == (192, (6, 3))
    assert "1152x576 pixels and scored in tiles; no detail is lost" in found.reasons["tiles"]


def test_what_cannot_be_used_and_copies_are_said(tmp_path):
    same = noise()
    for n in range(20):
        put(tmp_path / f"good/2026-03-01-{n:02}.png", same)
    put(tmp_path / "good/2026-03-01-20.png", np.zeros((70, 70), np.uint8))
    odd = discover_camera(tmp_path).odd
    assert "20 pictures that were looked at are copies of 1" in odd
    assert any("1 of 21 cannot be used: good/2026-03-01-20.png (every pixel is nearly the same" in line for line in odd)


def test_one_odd_picture_decides_no_size_and_strips_keep_what_they_show(tmp_path):
    for n in range(30):
        put(tmp_path / f"parts/good/2026-03-01-{n:02}.png", noise(96, 128))
        put(tmp_path / f"strips/good/2026-03-01-{n:02}.png", noise(16 + n % 3, 900 + 9 * n))
    put(tmp_path / "parts/good/2026-03-01-30.png", noise(24, 32))
    parts, strips = (discover_camera(tmp_path / name).camera for name in ("parts", "strips"))
    assert (parts.size, parts.any_size, parts.fit) == (64, False, "stretch")
    assert (strips.size, strips.any_size, strips.fit) == (64, True, "stretch")
