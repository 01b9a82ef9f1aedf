import pytest

from sensors_data.camera import Camera
from sensors_data.images.roles import is_normal, role_of

CAMERA = Camera(inbox="inbox")


@pytest.mark.parametrize(
    "label", ["", "good", "OK", "pass", "defect-free", "no_defect", "clean_sample", "normal_images", "Good parts"]
)
def test_the_usual_words_for_a_good_part_are_normal(label):
    assert is_normal(label, CAMERA)


@pytest.mark.parametrize("label", ["crack", "defect", "bad", "NG", "not_good", "anomaly", "class-0"])
def test_any_other_word_is_a_defect(label):
    assert not is_normal(label, CAMERA)


def test_a_camera_may_name_labels_of_its_own():
    assert is_normal("MT_Free", Camera(inbox="inbox", normal_labels=("mt free",)))


@pytest.mark.parametrize(
    ("folders", "asset", "label", "split"),
    [
        (["line-1"], "line-1", "", ""),
        (["cam1", "scratch"], "cam1", "scratch", ""),
        (["press-1", "defect"], "press-1", "defect", ""),
        (["images"], "", "", ""),
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
