import io
import json
from datetime import date

import numpy as np
import openpyxl
import pytest
from PIL import Image

from sensors_data.camera import Camera
from sensors_data.images.days import read_camera_day
from sensors_data.images.table import known_rows, learnable_rows, normal_rows
from sensors_data.images.understanding.discover import discover_camera

DAY = date(2026, 3, 20)
RNG = np.random.default_rng(0)


def workbook(*rows):
    book, data = openpyxl.Workbook(), io.BytesIO()
    book.create_sheet("notes", 0).append(["made by hand"])
    for row in rows:
        book["Sheet"].append(row)
    book.save(data)
    return data.getvalue()


def camera_with(tmp_path, files, names=("p/a.png", "p/b.png", "p/c.png")):
    """A camera of some pictures with other files beside them, as bytes or text."""
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (40, 40), dtype=np.uint8)).save(tmp_path / name)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return Camera(inbox=str(tmp_path), undated_day=DAY, size=40)


def column(images, name="label"):
    names = [source.rpartition("/")[2][:-4] for source in images["image_id"]]
    return dict(zip(names, images[name], strict=True))


@pytest.mark.parametrize(
    ("name", "data", "labels"),
    [
        ("l.csv", "filename,label,who\na.png,good,Müller\nb.png,bad,Müller\nc.png,good,\n".encode("cp1252"), "gbg"),
        ("l.csv", "filename,label\na.png,good\nb.png,bad\nc.png,good\n".encode("utf-16"), "gbg"),
        ("l.xlsx", workbook(["file", "label"], ["a.png", "good"], ["b.png", "bad"], ["c.png", "good"]), "gbg"),
        ("l.txt", "p/a.png 0\np/b.png 1\np/c.png 0\n", "gdg"),
        ("l.txt", "p/a.png\tgood\np/b.png\tbent rim\np/c.png\tgood\n", "gbg"),
        ("l.csv", "Teil;Ergebnis\na.png;good\nb.png;bad\nc.png;good\n", "gbg"),
        ("l.csv", "file,type,result\na.png,M4,good\nb.png,M4,bad\nc.png,M6,good\n", "gbg"),
        ("l.csv", "id,is_defective\na,False\nb,True\nc,False\n", "gdg"),
        ("l.csv", "id,isGood\na,1\nb,0\nc,1\n", "gdg"),
        ("l.csv", "filename,good,scratch,dent\na.png,1,0,0\nb.png,0,1,0\nc.png,0,0,1\n", "gsd"),
        ("l.jsonl", "\n".join(json.dumps({"f": f"p/{n}.png", "label": int(n == "b")}) for n in "abc"), "gdg"),
        ("l.json", json.dumps([{"f": f"{n}.png", "says": "bad" if n == "b" else "good"} for n in "abc"]), "gbg"),
        ("l.json", json.dumps({"a.png": "good", "b.png": "bad", "c.png": "good"}), "gbg"),
    ],
)
def test_a_list_is_read_by_what_its_columns_hold(tmp_path, name, data, labels):
    images, rejects = read_camera_day(camera_with(tmp_path, {name: data}), DAY)
    assert "".join(label[0] for label in column(images).values()) == labels
    assert rejects.empty


def test_a_blank_label_beside_good_ones_is_unknown(tmp_path):
    images, _ = read_camera_day(camera_with(tmp_path, {"l.csv": "file,label\na.png,good\nb.png,\nc.png,bad\n"}), DAY)
    assert column(images) == {"a": "good", "b": "unknown", "c": "bad"}


def test_a_column_of_parts_keeps_the_test_pictures_out_of_training(tmp_path):
    text = "Split,label,image\nTrain,normal,p/a.png\nTEST,normal,p/b.png\ntest,crack,p/c.png\n"
    images, _ = read_camera_day(camera_with(tmp_path, {"split.csv": text}), DAY)
    assert column(images, "split") == {"a": "train", "b": "test", "c": "test"}
    assert learnable_rows(images)["image_id"].tolist() == ["p/a.png"]


@pytest.mark.parametrize("end", [" 0", ""])
def test_lists_called_after_parts_say_the_parts(tmp_path, end):
    files = {"train.txt": f"a{end}\nb{end}\n", "test.txt": f"c{end}\n"}
    images, rejects = read_camera_day(camera_with(tmp_path, files), DAY)
    assert column(images, "split") == {"a": "train", "b": "train", "c": "test"}
    assert rejects.empty


def test_a_column_of_masks_names_the_mask_of_each_defect(tmp_path):
    marked = np.zeros((40, 40), np.uint8)
    marked[4:9, 4:9] = 255
    mask = io.BytesIO()
    Image.fromarray(marked).save(mask, "PNG")
    text = "image,mask\np/a.png,\np/b.png,marked/1.png\np/c.png,\n"
    images, rejects = read_camera_day(camera_with(tmp_path, {"l.csv": text, "marked/1.png": mask.getvalue()}), DAY)
    assert column(images) == {"a": "good", "b": "defect", "c": "good"}
    assert [name for name, mask in column(images, "mask").items() if mask] == ["b"]
    assert rejects.empty


def test_a_picture_that_a_list_of_labels_leaves_out_is_neither_learned_nor_evaluated(tmp_path):
    camera = camera_with(tmp_path, {"labels.csv": "file,label\na.png,good\nb.png,bad\n"})
    images, rejects = read_camera_day(camera, DAY)
    assert column(images) == {"a": "good", "b": "bad", "c": "unknown"}
    assert normal_rows(images, camera)["image_id"].tolist() == ["p/a.png"]
    assert known_rows(images, camera)["image_id"].tolist() == ["p/a.png", "p/b.png"]
    assert rejects.values.tolist() == [
        ["p/c.png", "a list gives labels and leaves it out; what it shows is unknown", True]
    ]


def test_a_list_says_nothing_of_other_days_or_of_folders_that_are_not_its_own(tmp_path):
    names = ["2026-03-20/x/a.png", "2026-03-20/x/b.png", "2026-03-20/y/c.png", "2026-03-21/x/d.png"]
    list_of_x = {"2026-03-20/x/labels.csv": "file,label\na.png,good\n"}
    camera = camera_with(tmp_path, list_of_x, names).model_copy(update={"folders": ("asset",)})
    images = [read_camera_day(camera, date(2026, 3, day))[0] for day in (20, 21)]
    assert [column(each) for each in images] == [{"a": "good", "b": "unknown", "c": ""}, {"d": ""}]


def test_a_list_of_defects_alone_leaves_the_others_without_a_label(tmp_path):
    images, _ = read_camera_day(camera_with(tmp_path, {"defects.csv": "file,label\nb.png,crack\n"}), DAY)
    assert column(images)["b"] == "crack"
    assert "unknown" not in column(images).values()


def test_a_list_that_is_not_understood_is_told_by_init_and_among_the_rejects(tmp_path):
    camera = camera_with(tmp_path, {"l.csv": "file,exposure\na.png,11\nb.png,12\nc.png,13\n"})
    _, rejects = read_camera_day(camera, DAY)
    reason = "a list that names 3 pictures, and none of its columns (exposure) says which are good"
    assert rejects["reason"].iloc[0].startswith(reason)
    assert any(line.startswith(f"l.csv is {reason}") for line in discover_camera(tmp_path).odd)


def test_numbers_that_begin_as_a_picture_is_called_are_no_names(tmp_path):
    camera = camera_with(tmp_path, {"log.csv": "time,value,state\n1,0.25,ok\n2,0.5,ok\n"}, ["p/0.png"])
    images, rejects = read_camera_day(camera, DAY)
    assert images["label"].tolist() == ["p"]
    assert "not a picture" in rejects["reason"].iloc[0]


def test_runs_that_are_no_numbers_mark_nothing(tmp_path):
    camera = camera_with(tmp_path, {"l.csv": "file,label,rle\np/a.png,bent,1 ²0\np/b.png,bent,1 20\n"})
    images, _ = read_camera_day(camera, DAY)
    assert [name for name, mask in column(images, "mask").items() if mask] == ["b"]
