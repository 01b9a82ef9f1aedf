import pytest

from sensors_data.camera import Camera
from sensors_data.images.paths.roles import is_normal, role_of

CAMERA = Camera(inbox="inbox")


@pytest.mark.parametrize(
    "label", ["", "good", "OK", "pass", "defect-free", "no_defect", "clean_sample", "normal_images", "Good parts"]
)
def test_the_usual_words_for_a_good_part_are_normal(label):
    assert is_normal(label, CAMERA)


@pytest.mark.parametrize(
    "label",
    [
        "良品",
        "合格",
        "ＯＫ",
        "ok品",
        "годен",
        "양품",
        "buenas",
        "buoni",
        "conformes",
        "in Ordnung",
        "Gutteile",
        "fehlerfrei",
    ],
)
def test_words_for_good_parts_may_be_of_any_language_and_script(label):
    assert is_normal(label, CAMERA)


@pytest.mark.parametrize(
    "label",
    [
        "no_crack",
        "uncracked",
        "Non-cracked",
        "without defect",
        "no defects",
        "NODefect_images",
        "sans_défaut",
        "无缺陷",
    ],
)
def test_a_word_for_a_fault_that_is_denied_is_normal(label):
    assert is_normal(label, CAMERA)


@pytest.mark.parametrize("label", ["good_1", "OK-2", "ok_front", "Gut oben", "01_good"])
def test_numbers_and_views_beside_a_word_for_good_change_nothing(label):
    assert is_normal(label, CAMERA)


@pytest.mark.parametrize(
    "label",
    [
        *(
            "NG",
            "n.i.O.",
            "不OK",
            "不良",
            "不合格",
            "not_good",
            "not ok",
            "no good",
            "nicht in Ordnung",
            "non conforme",
        ),
        *("nonok", "NONOK", "nonio", "unko"),
    ],
)
def test_a_word_for_a_good_part_that_is_denied_is_a_defect(label):
    assert not is_normal(label, CAMERA)


@pytest.mark.parametrize(
    "label",
    [
        "crack",
        "defect",
        "bad",
        "anomaly",
        "class-0",
        "划痕",
        "○",
        "0",
        "no_hole",
        "No 1 crack",
        "notch",
        "nok",
        "def_front",
    ],
)
def test_any_other_word_is_a_defect(label):
    assert not is_normal(label, CAMERA)


def test_a_camera_may_name_labels_of_its_own():
    assert is_normal("MT_Free", Camera(inbox="inbox", normal_labels=("mt free",)))


@pytest.mark.parametrize(
    ("stated", "others"), [("優", ["划痕", "秀"]), ("○", ["×", "△"]), ("ดี", ["ดำ"]), ("0", ["1", "00"]), ("", ["×"])]
)
def test_a_label_of_its_own_in_any_script_is_no_other_one(stated, others):
    camera = Camera(inbox="inbox", normal_labels=(stated,))
    assert is_normal(stated, camera)
    assert not any(is_normal(other, camera) for other in others)


@pytest.mark.parametrize(
    ("folders", "asset", "label", "split"),
    [
        (["line-1"], "line-1", "", ""),
        (["cam1", "scratch"], "cam1", "scratch", ""),
        (["press-1", "defect"], "press-1", "defect", ""),
        (["images"], "", "", ""),
        (["JPEGImages"], "", "", ""),
        (["Bilder", "Riss"], "", "Riss", ""),
        (["raw_data", "frames"], "", "", ""),
        (["scratch", "top"], "top", "scratch", ""),
        (["carpet", "test", "color"], "carpet", "color", "test"),
        (["train", "good"], "", "good", "train"),
        (["Data", "Images", "Anomaly"], "", "Anomaly", ""),
        (["bottle", "test", "crack"], "bottle", "crack", "test"),
    ],
)
def test_folders_say_asset_label_and_part_of_the_set(folders, asset, label, split):
    role = role_of(folders, "0", "/".join([*folders, "0.png"]), CAMERA)
    assert (role.asset, role.label, role.split) == (asset, label, split)


def test_stated_folders_and_forms_of_names_count_first():
    stated = Camera(inbox="inbox", folders=("label", "asset"), labels={"*_test.jpg": "defect"})
    role = role_of(["odd", "shop"], "7", "odd/shop/7.png", stated)
    assert (role.asset, role.label) == ("shop", "odd")
    assert role_of(["odd", "shop"], "7_test", "odd/shop/7_test.jpg", stated).label == "defect"


def test_a_stated_order_of_folders_counts_those_that_would_else_be_containers():
    stated = Camera(inbox="inbox", folders=("skip", "asset", "label"))
    role = role_of(["Bilder", "press", "riss"], "7", "Bilder/press/riss/7.png", stated)
    assert (role.asset, role.label) == ("press", "riss")
