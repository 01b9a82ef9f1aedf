import io
import json
from datetime import date

import numpy as np
import pytest
from PIL import Image

from sensors_data.camera import Camera
from sensors_data.images.days import read_camera_day
from sensors_data.images.understanding.discover import discover_camera

DAY = date(2026, 3, 20)
RNG = np.random.default_rng(0)
COCO = {
    "images": [{"id": n, "file_name": f"{name}.jpg", "width": 60, "height": 40} for n, name in enumerate("ab")],
    "categories": [{"id": 7, "name": "dent"}],
    "annotations": [{"image_id": 0, "category_id": 7, "bbox": [6, 10, 12, 8]}],
}
LABELME = {
    "shapes": [{"label": "dent", "shape_type": "rectangle", "points": [[6, 10], [18, 18]]}],
    "imagePath": "a.jpg",
    "imageWidth": 60,
    "imageHeight": 40,
}
VOC = """<annotation><size><width>60</width><height>40</height></size><object><name>dent</name>
<bndbox><xmin>6</xmin><ymin>10</ymin><xmax>18</xmax><ymax>18</ymax></bndbox></object></annotation>"""
RUNS = " ".join(f"{column * 40 + 11} 8" for column in range(6, 18))
FORMS = {
    "coco": {"annotations/instances.json": json.dumps(COCO)},
    "labelme": {"a.json": json.dumps(LABELME)},
    "voc": {"Annotations/a.xml": VOC},
    "yolo": {"labels/a.txt": "1 0.2 0.35 0.2 0.2", "labels/b.txt": "", "data.yaml": "nc: 2\nnames: [scratch, dent]\n"},
    "yolo-polygon": {
        "labels/a.txt": "0 0.1 0.25 0.3 0.25 0.3 0.45 0.1 0.45",
        "classes.txt": "dent\n",
    },
    "runs": {"train.csv": f"ImageId,Defect,EncodedPixels\na.jpg,dent,{RUNS}\n"},
    "runs-joined": {"train.csv": f"ImageId_ClassId,EncodedPixels\na.jpg_dent,{RUNS}\nb.jpg_dent,\n"},
}


def folder_of(tmp_path, texts):
    for name in "ab":
        picture = RNG.integers(0, 256, (40, 60), dtype=np.uint8)
        (tmp_path / "images").mkdir(exist_ok=True)
        Image.fromarray(picture).save(tmp_path / f"images/{name}.jpg")
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return Camera(inbox=str(tmp_path), undated_day=DAY, size=40)


@pytest.mark.parametrize("form", FORMS)
def test_an_annotation_gives_its_picture_label_and_mask_and_is_no_reject(tmp_path, form):
    images, rejects = read_camera_day(folder_of(tmp_path, FORMS[form]), DAY)
    assert rejects.empty
    assert images["label"].tolist()[0] == "dent"
    assert images["label"].tolist()[1] in ("", "good")
    mask = np.asarray(Image.open(io.BytesIO(images["mask"].iloc[0]))) > 0  # 40 x 40 from 60 x 40 pixels
    assert 8 * 8 <= mask.sum() <= 10 * 10  # half a pixel more at each side, and what stretching touches
    assert mask[11:17, 5:11].all()
    assert images["mask"].iloc[1] is None


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        ("filename,label\na.jpg,ok\nb.jpg,scratch\n", ["ok", "scratch"]),
        ("image,anomaly\na.jpg,0\nb.jpg,1\n", ["good", "defect"]),
        ("serial;file;result\n1;a.jpg;PASS\n2;b.jpg;FAIL\n", ["PASS", "FAIL"]),
        ("path,class\nimages/a.jpg,2\nimages\\b.jpg,bent\n", ["class-2", "bent"]),
    ],
)
def test_a_table_of_labels_names_what_pictures_show(tmp_path, table, labels):
    images, rejects = read_camera_day(folder_of(tmp_path, {"labels.csv": table}), DAY)
    assert images["label"].tolist() == labels
    assert rejects.empty


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.csv", "time,value\n1,2\n"),
        ("settings.json", '{"images": 3}'),
        ("a.json", '{"shapes": [{"points": []}], "imagePath": "a.jpg"}'),
        ("a.txt", "the lamp was changed"),
        ("a.xml", "<annotation><size/></annotation>"),
        ("a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>'),
    ],
)
def test_a_file_that_is_no_annotation_is_a_reject_as_before(tmp_path, name, text):
    images, rejects = read_camera_day(folder_of(tmp_path, {name: text}), DAY)
    assert images["label"].tolist() == ["", ""]
    assert rejects["source"].tolist() == [name]


def test_a_run_outside_its_picture_is_told_and_the_picture_kept(tmp_path):
    camera = folder_of(tmp_path, {"train.csv": "ImageId,EncodedPixels\na.jpg,2399 9\n"})
    images, rejects = read_camera_day(camera, DAY)
    assert images["label"].tolist() == ["unknown", ""]
    assert images["mask"].isna().all()
    assert "ends outside 60x40 pixels" in rejects["reason"].iloc[0]


def test_a_run_over_the_whole_picture_says_nothing_of_it(tmp_path):
    camera = folder_of(tmp_path, {"sample.csv": "ImageId,EncodedPixels,ClassId\na.jpg,1 2400,0\n"})
    images, rejects = read_camera_day(camera, DAY)
    assert images["label"].tolist() == ["unknown", ""]
    assert images["mask"].isna().all()
    assert rejects[["source", "used"]].values.tolist() == [["images/a.jpg", True]]


def test_two_parts_of_a_set_with_the_same_names_keep_their_own_annotations(tmp_path):
    for part, found in (("train", 0), ("valid", 1)):
        (tmp_path / part).mkdir()
        for name in "ab":
            Image.fromarray(RNG.integers(0, 256, (40, 60), dtype=np.uint8)).save(tmp_path / part / f"{name}.jpg")
        text = json.dumps(COCO | {"annotations": [COCO["annotations"][0] | {"image_id": found}]})
        (tmp_path / part / "_annotations.coco.json").write_text(text)
    images, _ = read_camera_day(Camera(inbox=str(tmp_path), undated_day=DAY), DAY)
    assert dict(zip(images["image_id"], images["label"], strict=True)) == {
        "train/a.jpg": "dent",
        "train/b.jpg": "good",
        "valid/a.jpg": "good",
        "valid/b.jpg": "dent",
    }


def folder_of_two_parts(tmp_path, annotations):
    """images/train and images/val with the same two names, and files of annotations beside images."""
    for part in ("train", "val"):
        (tmp_path / "images" / part).mkdir(parents=True)
        for name in "ab":
            picture = RNG.integers(0, 256, (40, 60), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / "images" / part / f"{name}.jpg")
    (tmp_path / "annotations").mkdir()
    for name, owner in annotations.items():
        text = json.dumps(COCO | {"annotations": [COCO["annotations"][0] | {"image_id": owner}]})
        (tmp_path / "annotations" / name).write_text(text)
    return read_camera_day(Camera(inbox=str(tmp_path), undated_day=DAY), DAY)


def test_words_of_an_annotation_files_name_say_which_folder_it_is_of(tmp_path):
    images, rejects = folder_of_two_parts(tmp_path, {"instances_train.json": 0, "instances_val.json": 1})
    assert dict(zip(images["image_id"], images["label"], strict=True)) == {
        "images/train/a.jpg": "dent",
        "images/train/b.jpg": "good",
        "images/val/a.jpg": "good",
        "images/val/b.jpg": "dent",
    }
    assert rejects.empty


def test_an_annotation_that_could_be_of_two_pictures_is_given_to_neither(tmp_path):
    images, rejects = folder_of_two_parts(tmp_path, {"instances.json": 0})
    assert images["label"].tolist() == ["unknown"] * 4
    reasons = dict(zip(rejects["source"], rejects["reason"], strict=True))
    assert "2 names that several pictures have, as a.jpg in train and val" in reasons["annotations/instances.json"]
    assert "what it shows is unknown" in reasons["images/train/a.jpg"]


def test_names_of_classes_come_from_a_yaml_of_any_name(tmp_path):
    texts = {"coco.yaml": "path: .\nnames:\n  0: scratch\n  1: dent\n", "labels/a.txt": "1 0.2 0.35 0.2 0.2"}
    images, rejects = read_camera_day(folder_of(tmp_path, texts), DAY)
    assert images["label"].tolist() == ["dent", ""]
    assert rejects.empty


def test_a_path_that_says_good_counts_over_an_annotation(tmp_path):
    (tmp_path / "good").mkdir()
    Image.fromarray(RNG.integers(0, 256, (40, 60), dtype=np.uint8)).save(tmp_path / "good/a.jpg")
    (tmp_path / "good/a.json").write_text(json.dumps(LABELME))
    images, rejects = read_camera_day(Camera(inbox=str(tmp_path), undated_day=DAY), DAY)
    assert (images["label"].tolist(), images["mask"].tolist()) == (["good"], [None])
    assert "the label counts" in rejects["reason"].iloc[0]


def test_init_counts_annotated_pictures_as_defects_with_masks(tmp_path):
    folder_of(tmp_path, FORMS["coco"])
    found = discover_camera(tmp_path)
    assert (found.labels, found.masks, found.odd) == ({"dent": 1, "good": 1}, 1, [])
