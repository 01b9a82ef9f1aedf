import numpy as np
import pytest
from PIL import Image

from sensors_data.images.days import read_camera_day
from sensors_data.images.understanding.discover import discover_camera
from sensors_data.images.understanding.label_guess import good_of_labels

RNG = np.random.default_rng(0)
MARK = np.zeros((40, 40), np.uint8)
MARK[:9, :9] = 255


def put(path, x=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(0, 256, (40, 40), dtype=np.uint8) if x is None else x).save(path)


def kinds_of(folder):
    """Every label that `init` and a day's ingest with its settings give, and how many pictures have a mask."""
    camera = discover_camera(folder).camera
    images = read_camera_day(camera, camera.undated_day)[0]
    return images["label"].value_counts().to_dict(), int(images["mask"].notna().sum())


def test_a_folder_with_and_without_marks_names_no_defect_as_in_dagm(tmp_path):
    for n in range(5):
        put(tmp_path / f"Class1/Train/{n:04}.PNG")
    put(tmp_path / "Class1/Train/Label/0003_label.PNG", MARK)
    assert kinds_of(tmp_path) == ({"": 4, "defect": 1}, 1)


def test_pairs_of_template_and_tested_picture_are_good_and_defect_as_in_deep_pcb(tmp_path):
    for n in range(3):
        put(tmp_path / f"group7/0000{n}_temp.jpg")
        put(tmp_path / f"group7/0000{n}_test.jpg")
    assert kinds_of(tmp_path) == ({"good": 3, "defect": 3}, 0)


@pytest.mark.parametrize(
    ("good", "bad", "mask", "label"),
    [
        ("NODefect_images/230-21/01.png", "Defect_images/02.png", "Mask_images/02_mask.png", "Defect_images"),  # AITEX
        ("p/OK/S0000/a_OK.jpg", "p/NG/HS/S0001/a_NG.jpg", "p/NG/HS/S0001/a_NG.png", "HS"),  # Real-IAD
        ("train/good/0.png", "test_public/bad/1.png", "test_public/ground_truth/bad/1_mask.png", "bad"),  # MVTec AD 2
    ],
)
def test_public_sets_name_their_defects_and_keep_their_masks(tmp_path, good, bad, mask, label):
    put(tmp_path / good)
    put(tmp_path / bad)
    put(tmp_path / mask, MARK)
    kinds, masks = kinds_of(tmp_path)
    assert kinds[label] == masks == 1
    assert len(kinds) == 2


def test_several_masks_of_a_picture_are_one_as_in_mvtec_loco(tmp_path):
    put(tmp_path / "train/good/000.png")
    put(tmp_path / "test/bent/000.png")
    for n in range(2):
        put(tmp_path / f"ground_truth/bent/000/00{n}.png", np.roll(MARK, 20 * n, 0))
    camera = discover_camera(tmp_path).camera
    images = read_camera_day(camera, camera.undated_day)[0]
    assert images["label"].tolist() == ["bent", "good"]
    assert images["mask"].notna().sum() == 1


def test_a_product_that_is_the_label_of_some_pictures_is_odd(tmp_path):
    put(tmp_path / "can/train/good/0.png")
    put(tmp_path / "can/test_private/1.png")
    assert "'can' is the label of 1 pictures" in discover_camera(tmp_path).odd[0]


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (["Image__10-01-30__OK.bmp", "Image__10-02-30__OK.bmp", "Image__10-03-30__NG.bmp"], {"OK": 2, "NG": 1}),
        (["ok_1_a.png", "ok_2_a.png", "fail_3_a.png"], {"ok": 2, "fail": 1}),
        (["good_01.png", "good_02.png", "oil_01.png", "oil_02.png", "cut (1).png"], {"good": 2, "oil": 2, "cut": 1}),
        (["IMG_1234_01_gut.png", "IMG_1235_02_gut.png", "IMG_1236_03_Delle.png"], {"gut": 2, "Delle": 1}),
        (["良品_1.png", "良品_2.png", "划痕_3.png"], {"良品": 2, "划痕": 1}),
        (["[OK] 1.png", "[OK] 2.png", "[不OK] 3.png"], {"OK": 2, "不OK": 1}),
        (["p_1_ok.png", "p_2_ok.png", "p_3_not_ok.png"], {"ok": 2, "not_ok": 1}),
        (["No_1_gut.png", "No_2_gut.png", "No_3_Kratzer.png"], {"gut": 2, "Kratzer": 1}),
        (["a_good_1.png", "b_good_2.png", "b_crack_3.png", "a_good_4.png"], {"good": 3, "crack": 1}),
        (["DSC_0001.JPG", "DSC_0002.JPG", "IMG_0001.JPG"], {"": 3}),  # no word of a verdict
        (["rook_1.png", "rook_2.png", "tok_3.png"], {"": 3}),  # `ok` inside a word is none
    ],
)
def test_names_alone_may_say_what_a_picture_shows(tmp_path, names, kinds):
    for name in names:
        put(tmp_path / name)
    assert kinds_of(tmp_path)[0] == kinds


def test_names_count_where_folders_are_only_lots(tmp_path):
    for n, word in enumerate(["gut", "gut", "gut", "Riss"]):
        put(tmp_path / f"Charge {'AB'[n % 2]}/IMG_{n}_{word}.png")
    assert kinds_of(tmp_path)[0] == {"gut": 3, "Riss": 1}


def test_names_without_the_word_of_the_others_are_told(tmp_path):
    for name in ("gut_1", "gut_2", "gut_3", "Riss_4", "5"):
        put(tmp_path / f"{name}.png")
    assert discover_camera(tmp_path).reasons["labels"].endswith("; 1 names have none and count as unlabelled")


@pytest.mark.parametrize(
    ("counts", "good"),
    [
        ({"0": 5, "1": 2}, ("0",)),
        ({"0": 2, "1": 5}, ()),  # 1 may as well mean good
        ({"Negative": 2, "Positive": 5}, ("Negative",)),
        ({"glazed": 2, "non-glazed": 5}, ("non-glazed",)),
        ({"mounted": 5, "unmounted": 5}, ()),
        ({"shiny": 5, "not_shiny": 2}, ()),  # the rarer one is more likely the defect
        ({"Class1": 5, "Class1_def": 2}, ("Class1",)),
        ({"scratch": 5, "dent": 2}, ()),
    ],
)
def test_labels_that_are_good_because_of_the_others(counts, good):
    assert good_of_labels(counts)[0] == good


def test_one_folder_that_holds_everything_names_no_defect_but_a_known_fault_does(tmp_path):
    for n in range(3):
        put(tmp_path / f"a/Charge/{n}.png")
        put(tmp_path / f"b/Kratzer/{n}.png")
    found = discover_camera(tmp_path / "a")
    assert found.labels == {"": 3}
    assert found.reasons["labels"] == "every picture lies in 'Charge', so it names no defect"
    put(tmp_path / "a/NG/4.png")
    labels = read_camera_day(found.camera, found.camera.undated_day)[0]["label"].tolist()
    assert labels == ["", "", "", "NG"]  # a folder that comes later still names a defect
    assert discover_camera(tmp_path / "b").labels == {"Kratzer": 3}


def test_a_folder_of_which_some_pictures_are_annotated_names_no_defect_as_in_voc(tmp_path):
    size = "<size><width>40</width><height>40</height></size>"
    box = "<bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
    for n in range(6):
        put(tmp_path / f"{'PCB' if n < 4 else 'Flex'}/{n}.jpg")
    for n in (3, 5):
        (tmp_path / f"{n}.xml").write_text(
            f"<annotation>{size}<object><name>missing_hole</name>{box}</object></annotation>", encoding="utf-8"
        )
    assert kinds_of(tmp_path) == ({"": 4, "missing_hole": 2}, 2)


@pytest.mark.parametrize(("listed", "labels"), [(3, {"ok": 2, "ng": 1}), (2, {"unknown": 1, "ok": 1, "ng": 1})])
def test_what_a_list_leaves_out_is_unknown_and_the_one_folder_of_all_is_no_label(tmp_path, listed, labels):
    for n in range(3):
        put(tmp_path / f"Charge/{n}.png")
    rows = ["filename,label", "0.png,ng", "1.png,ok", "2.png,ok"][: listed + 1]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    found = discover_camera(tmp_path)
    assert (found.labels, found.camera.labels) == (labels, {})


def test_drawings_over_a_picture_are_no_parts_and_init_says_so(tmp_path):
    for name in ("1.jpg", "1_overlay.jpg", "1_result.jpg", "2_result.jpg"):
        put(tmp_path / f"NG/{name}")
    found = discover_camera(tmp_path)
    assert found.labels == {"NG": 2}  # of the second only the drawing is there
    assert any("'overlay' in its name" in odd and odd.startswith("2 files") for odd in found.odd)
    rejects = read_camera_day(found.camera, found.camera.undated_day)[1]
    assert rejects["source"].tolist() == ["NG/1_overlay.jpg", "NG/1_result.jpg"]


def test_masks_beside_every_picture_decide_and_init_tells_what_they_say_as_in_kolektor(tmp_path):
    for n in range(4):
        put(tmp_path / f"kos0{n}/Part0.jpg")
        put(tmp_path / f"kos0{n}/Part0_label.bmp", MARK if n == 2 else np.zeros_like(MARK))
    assert discover_camera(tmp_path).labels == {"good": 3, "defect": 1}
    assert kinds_of(tmp_path)[0] == {"good": 3, "defect": 1}


def test_words_for_good_parts_may_be_german(tmp_path):
    put(tmp_path / "Gutteile/1.png")
    put(tmp_path / "Ausschuss/2.png")
    assert discover_camera(tmp_path).odd == []


def test_small_copies_of_pictures_are_told_and_not_learned_from(tmp_path):
    put(tmp_path / "2026-03-20/0.png")
    put(tmp_path / "2026-03-20/thumbs/0.jpg", np.zeros((9, 9), np.uint8))
    put(tmp_path / "2026-03-20/thumbs/1.png")
    found = discover_camera(tmp_path)
    assert found.pictures == 2
    assert any("a small copy of another picture, in 'thumbs'" in odd for odd in found.odd)


def test_a_side_beside_a_folder_of_good_parts_is_a_label(tmp_path):
    for n in range(3):
        for folder in ("train/good", "test/top", "test/hole"):
            put(tmp_path / f"set/{folder}/{n}.png")
            put(tmp_path / f"sides/good/top/{folder[-3:]}{n}.png")
    assert discover_camera(tmp_path / "set").labels == {"good": 3, "top": 3, "hole": 3}
    assert discover_camera(tmp_path / "sides").labels == {"good": 9}


def test_a_defect_whose_name_begins_another_is_no_good_part():
    assert good_of_labels({"hole": 8, "hole_crack": 8, "cut": 8}) == ((), "")
    assert good_of_labels({"c": 20, "crack": 8}) == ((), "")
    assert good_of_labels({"spring": 20, "spring_crack": 8})[0] == ("spring",)


@pytest.mark.parametrize(
    "kept", ["OK/{}.png,NG/{}.png", "good/{}.png,lamp_off/9{}.png", "camera1/{}.png,camera2/{}.png"]
)
def test_dark_or_binary_parts_are_no_masks_of_good_ones_or_of_another_place(tmp_path, kept):
    for n in range(6):
        photograph, binary = (tmp_path / name.format(n) for name in kept.split(","))
        put(photograph)
        put(binary, MARK)
    found = discover_camera(tmp_path)
    assert (found.pictures, found.camera.masks) == (12, ())
