import io
import tomllib

import numpy as np
import pytest
from PIL import Image

from sensors_data.images.days import read_camera_day
from sensors_data.images.understanding.discover import discover_camera
from sensors_data.images.understanding.settings_text import with_camera
from sensors_data.settings import Settings, parse

RNG = np.random.default_rng(0)
MARK = np.zeros((40, 60), np.uint8)
MARK[4:12, 6:20] = 255
EMPTY = np.zeros_like(MARK)


def put(path, x=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    x = RNG.integers(0, 256, MARK.shape, dtype=np.uint8) if x is None else x
    (x if isinstance(x, Image.Image) else Image.fromarray(x)).save(path, **options)


def understood(folder):
    """What `init` finds, and the images and rejects of its only day by the settings that it writes."""
    found = discover_camera(folder, "press")
    camera = parse(Settings, tomllib.loads(with_camera("", found, {})), "text").cameras["press"]
    images, rejects = read_camera_day(camera, found.days[0])
    assert images["label"].value_counts().to_dict() == {label: n for label, n in found.labels.items() if n}
    return found, images, rejects


def shares(images):
    """The share of each picture that its mask marks."""
    return [float((np.asarray(Image.open(io.BytesIO(mask))) > 0).mean()) for mask in images["mask"].dropna()]


def marked_share(folder, mask, suffix="png"):
    """The share that a mask marks of a defect, as ingested."""
    put(folder / "train/good/0.png")
    put(folder / "test/crack/0.png")
    put(folder / f"ground_truth/crack/0_mask.{suffix}", mask)
    return shares(understood(folder)[1])[0]


@pytest.mark.parametrize("classes", [(1, 3), (1, 2), (60, 180), (128, 255)])
def test_every_class_of_a_mask_is_marked(tmp_path, classes):
    of_classes = np.where(MARK > 0, np.where(np.arange(60) % 2, *classes), 0).astype(np.uint8)
    plain = marked_share(tmp_path / "plain", MARK)
    assert marked_share(tmp_path / "classes", of_classes) == pytest.approx(plain, rel=0.02)


def test_a_mask_saved_as_jpeg_marks_what_is_over_half_of_its_brightest(tmp_path):
    plain = marked_share(tmp_path / "plain", MARK)
    assert marked_share(tmp_path / "lossy", MARK, "jpg") == pytest.approx(plain, rel=0.1)


def test_a_soft_mask_marks_what_is_over_half_of_its_brightest(tmp_path):
    soft = np.clip(np.minimum.outer(np.linspace(-50, 400, 40), np.linspace(-50, 400, 60)), 0, 255).astype(np.uint8)
    assert marked_share(tmp_path, soft) == pytest.approx((soft > 127).mean(), rel=0.15)


def test_masks_of_a_white_background_are_read_by_what_most_have_at_their_border(tmp_path):
    for n in range(6):
        put(tmp_path / f"p{n}.jpg")
        put(tmp_path / f"p{n}_label.bmp", 255 - (MARK if n == 2 else EMPTY))
    found, images, rejects = understood(tmp_path)
    assert found.camera.mask_background == "white"
    assert found.labels == {"good": 5, "defect": 1}
    assert max(shares(images)) == pytest.approx((MARK > 0).mean(), rel=0.4)  # a pixel that is marked in part counts
    assert rejects.empty


def test_one_mask_of_a_white_background_does_not_turn_the_others_and_is_not_used(tmp_path):
    put(tmp_path / "train/good/0.png")
    for n in range(4):
        put(tmp_path / f"test/crack/{n}.png")
        put(tmp_path / f"ground_truth/crack/{n}.png", 255 - MARK if n == 1 else MARK)
    found, images, rejects = understood(tmp_path)
    assert found.camera.mask_background == "black"
    assert (found.labels, len(shares(images))) == ({"crack": 4, "good": 1}, 3)
    assert "a mask that marks 95% of its picture" in rejects["reason"].iloc[0]
    assert any(line.startswith("1 masks are not used: ground_truth/crack/1.png") for line in found.odd)


def test_masks_of_over_half_of_their_pictures_are_odd_if_their_border_is_black(tmp_path):
    large = np.zeros_like(MARK)
    large[2:38, 2:58] = 255
    put(tmp_path / "good/0.png")
    put(tmp_path / "bad/1.png")
    put(tmp_path / "masks/bad/1.png", large)
    found, images, _ = understood(tmp_path)
    assert found.camera.mask_background == "black"
    assert any("not at its border" in line for line in found.odd)
    assert shares(images)[0] > 0.5


def pairs(picture, mask, good=None):
    """Six pictures, of which two have a defect; a form of names for good ones of their own without masks."""
    for n in range(6):
        defect = n % 3 == 0
        yield ((picture if defect or not good else good).format(n), None)
        if defect or not good:
            yield (mask.format(n), MARK // 255 * 2 if defect else EMPTY)


@pytest.mark.parametrize(
    ("picture", "mask", "good"),
    [
        ("images/{}.jpg", "labels/{}.png", None),
        ("riss/{}.png", "masken/{}.png", "gut/{}.png"),
        ("Test/Delle/{}.png", "Ground Truth/Delle/{}.png", "Train/Good/{}.png"),
        ("pics/{}.png", "gts/{}.png", None),
        ("pics/a{}.png", "outlines/a{}_bw.png", None),
        ("img_00{}.png", "mask_00{}.png", None),
        ("images/img_00{}.png", "masks/mask_00{}.png", None),
        *[(f"part{{}}{n}.png", f"part{{}}{n}{end}.png", None) for n, end in enumerate(["_bw", "_roi", "_manual1"])],
        *[
            ("part-{}.png", f"part-{{}}{end}.png", None)
            for end in ("_anno", "_gt_mask", "_defect_mask", "_labels", "-annotation", " segmentation", "-mask", "-GT")
        ],
        ("{}_defect.png", "{}_defect_mask.png", None),
        ("bad/images/{}.png", "bad/masks/{}.png", "good/images/{}.png"),
    ],
)
def test_masks_are_found_by_their_content_and_names_and_are_no_pictures(tmp_path, picture, mask, good):
    for name, x in pairs(picture, mask, good):
        put(tmp_path / name, x)
    found, images, rejects = understood(tmp_path)
    assert (found.pictures, found.masks, len(images)) == (6, 2 if good else 6, 6)
    defects = images[~images["label"].isin(["good", "gut", "Good", ""])]
    assert sorted(name for name in defects["image_id"]) == sorted([picture.format(0), picture.format(3)])
    assert rejects.empty


def test_masks_found_by_content_are_those_of_a_single_day_too(tmp_path):
    for day in (1, 2):
        for name, x in pairs(f"2026-03-0{day}/pics/{{}}.png", f"2026-03-0{day}/outlines/{{}}.png"):
            put(tmp_path / name, x)
    found, images, rejects = understood_of_days(tmp_path)
    assert found.camera.masks == ("*/outlines/*",)
    assert images["label"].tolist() == ["defect", "good", "good", "defect", "good", "good"]
    assert rejects.empty


def test_masks_in_a_folder_for_each_part_belong_to_the_picture_of_that_part(tmp_path):
    for n in range(5):
        put(tmp_path / f"S000{n}/top.png")
        put(tmp_path / f"S000{n}/side.png")
        if n < 2:
            put(tmp_path / f"outlines/S000{n}/top.png", MARK)
    images = understood(tmp_path)[1]
    assert images[images["label"] == "defect"]["image_id"].tolist() == ["S0000/top.png", "S0001/top.png"]


def understood_of_days(folder):
    found = discover_camera(folder)
    return found, *read_camera_day(found.camera, found.days[0])


@pytest.mark.parametrize("level", [0, 255])
def test_dark_frames_are_no_masks_of_another_place(tmp_path, level):
    for n in range(4):
        put(tmp_path / f"line-1/{n}.png")
        put(tmp_path / f"line-2/{n}.png", np.full_like(MARK, level))
        put(tmp_path / f"line-3/{n}.png", RNG.integers(0, 5, MARK.shape, dtype=np.uint8))
    assert discover_camera(tmp_path).camera.masks == ()


def test_pictures_of_two_levels_are_no_masks_of_each_other(tmp_path):
    for n in range(4):
        put(tmp_path / f"front/{n}.png", np.roll(MARK, n))
        put(tmp_path / f"back/{n}.png", np.roll(MARK, -n))
    assert discover_camera(tmp_path).camera.masks == ()


def test_a_file_called_like_a_mask_without_a_picture_is_told_and_no_good_part(tmp_path):
    put(tmp_path / "0.png")
    put(tmp_path / "1_mask.png", MARK)
    put(tmp_path / "2_label.png")  # a photograph
    found, images, rejects = understood(tmp_path)
    assert images["image_id"].tolist() == ["0.png", "2_label.png"]
    assert rejects["reason"].tolist() == ["a mask whose picture is not there"]
    assert "1 masks have no picture: 1_mask.png" in found.odd


def test_other_measurements_beside_rgb_are_left_out_and_the_class_is_the_label_as_in_mvtec_3d(tmp_path):
    for n, kind in enumerate(("good", "good", "hole")):
        put(tmp_path / f"test/{kind}/rgb/{n}.png")
        put(tmp_path / f"test/{kind}/xyz/{n}.tiff", RNG.random(MARK.shape, dtype=np.float32))
        put(tmp_path / f"test/{kind}/gt/{n}.png", MARK if kind == "hole" else EMPTY)
    found, images, rejects = understood(tmp_path)
    assert images["label"].tolist() == ["good", "good", "hole"]
    assert found.camera.leave_out == ("*/xyz/*",)
    assert (len(shares(images)), len(rejects)) == (3, 0)


def test_a_mask_made_before_its_picture_was_turned_is_turned_as_the_picture(tmp_path):
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = RNG.integers(0, 99, MARK.shape, dtype=np.uint8)
        stored[MARK > 0] = 255
        put(tmp_path / f"{orientation}.jpg", Image.fromarray(stored), exif=exif, quality=95)
        put(tmp_path / f"{orientation}_mask.png", Image.fromarray(MARK))
    images = understood(tmp_path)[1]
    assert images["label"].tolist() == ["defect"] * 8
    for row in images.iloc[4:].itertuples():  # 5 to 8, which change height and width
        picture, mask = (np.asarray(Image.open(io.BytesIO(png)).convert("L")) for png in (row.png, row.mask))
        assert picture[mask > 0].mean() > picture[mask == 0].mean() + 100


def test_a_mask_of_its_pictures_proportions_is_scaled(tmp_path):
    plain = marked_share(tmp_path / "plain", MARK)
    assert marked_share(tmp_path / "twice", MARK.repeat(2, 0).repeat(2, 1)) == pytest.approx(plain, rel=0.02)
    assert marked_share(tmp_path / "half", MARK[::2, ::2]) == pytest.approx(plain, rel=0.4)


def test_an_empty_mask_or_one_of_no_use_makes_no_defect_a_good_part(tmp_path):
    put(tmp_path / "train/good/0.png")
    masks = {"empty": EMPTY, "fractions": MARK.astype(np.float32) / 255, "narrow": MARK[:, :30], "whole": EMPTY + 255}
    for name, mask in masks.items():
        put(tmp_path / f"test/crack/{name}.png")
        put(tmp_path / f"ground_truth/crack/{name}.tif", mask)
    found, images, rejects = understood(tmp_path)
    assert found.labels == {"crack": 4, "good": 1}
    assert sorted(source.rsplit("/", 1)[1] for source in rejects["source"]) == sorted(f"{name}.tif" for name in masks)
    assert sum("masks are not used" in line for line in found.odd) == 4
    assert images["mask"].isna().all()


def test_a_picture_without_a_label_whose_mask_cannot_be_used_is_left_out(tmp_path):
    for n in range(3):
        put(tmp_path / f"{n}.png")
        put(tmp_path / f"{n}_mask.png", MARK[:, :30] if n == 1 else EMPTY)
    found, images, rejects = understood(tmp_path)
    assert found.labels == {"good": 2}
    assert images["image_id"].tolist() == ["0.png", "2.png"]
    assert rejects["source"].tolist() == ["1_mask.png", "1.png"]


def test_pictures_that_are_all_marked_are_defects_and_no_label_for_good_parts_is_asked_for(tmp_path):
    for n in range(3):
        put(tmp_path / f"{n}.png")
        put(tmp_path / f"{n}_mask.png", MARK)
    assert [line.partition(":")[0] for line in understood(tmp_path)[0].odd] == [
        "every picture is a defect by its marks"
    ]


def test_a_product_whose_masks_mark_some_pictures_names_no_defect(tmp_path):
    for n in range(3):
        put(tmp_path / f"lid/{n}.png")
        put(tmp_path / f"lid/{n}_mask.png", MARK if n == 1 else EMPTY)
    assert understood(tmp_path)[0].labels == {"good": 2, "defect": 1}
