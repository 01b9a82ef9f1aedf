"""Pictures as a folder: every byte as it is stored, in folders that training and nightscore itself read."""

import csv
import hashlib
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.days import read_camera_day
from sensors_data.images.files import decode_image
from sensors_data.images.paths.folder_paths import Pictures
from sensors_data.images.understanding.discover import discover_camera
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.show.exported import export_images

DAY = date(2026, 3, 10)
BEFORE = DAY - timedelta(days=1)


def listed(folder):
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def stored(eye, table, day=DAY):
    return Store(eye.store).read(table, camera="eye", day=day)


def test_a_published_batch_is_a_folder_a_class_with_its_list_and_its_data_sheet(eye, tmp_path):
    said = export_images(eye, DAY, "eye", Pictures.synthetic, tmp_path / "out")
    assert said == (f"exported 6 pictures of eye 2026-03-10 from synthetic_images to {tmp_path}/out: dented 3, good 3")
    rows = {row["image_id"]: row for row in listed(tmp_path / "out")}
    for row in stored(eye, "synthetic_images").to_dict("records"):
        entry = rows[row["image_id"]]
        assert entry["file"] == f"{row['label']}/{row['image_id']}.png"
        assert (tmp_path / "out" / entry["file"]).read_bytes() == row["png"]
        assert entry["sha256"] == hashlib.sha256(row["png"]).hexdigest()
        assert (entry["label"], entry["generator"], entry["seed"]) == (row["label"], "eye@2026-03-09", "7")
    assert len(list((tmp_path / "out").rglob("*.*"))) == 6 + 2
    assert (tmp_path / "out" / "data-sheet.md").read_text().startswith("# 6 synthetic images of eye")


def test_a_second_run_writes_nothing_and_another_batch_is_refused(eye, tmp_path):
    export_images(eye, DAY, "eye", Pictures.synthetic, tmp_path / "out")
    said = export_images(eye, DAY, "eye", Pictures.synthetic, tmp_path / "out")
    assert said.endswith("already holds the 6 pictures of eye 2026-03-10 from synthetic_images; nothing was written")
    with pytest.raises(UnusableError, match="is not empty"):
        export_images(eye, DAY, "eye", Pictures.painted, tmp_path / "out")


def test_painted_defects_come_with_masks_that_init_and_ingest_understand(eye, tmp_path):
    export_images(eye, DAY, "eye", Pictures.painted, tmp_path / "eye")
    rows = stored(eye, "painted_images").set_index("image_id")
    for entry in listed(tmp_path / "eye"):
        row = rows.loc[entry["image_id"]]
        assert (tmp_path / "eye" / entry["mask"]).read_bytes() == row["mask"]
        assert entry["mask"] == f"ground_truth/{row['label']}/{entry['image_id']}_mask.png"
        assert (entry["painters"], entry["good"], entry["number"]) == ("2", row["good"], str(row["number"]))
    found = discover_camera(tmp_path / "eye")
    assert (found.pictures, found.masks) == (15, 15)
    assert found.labels == dict.fromkeys(rows["label"], 1)
    images, rejects = read_camera_day(found.camera, found.days[0])
    assert rejects.empty
    for image in images.to_dict("records"):
        row = rows.loc[image["image_id"].rpartition("/")[2].removesuffix(".png")]
        assert image["label"] == row["label"]
        for column in ("png", "mask"):
            assert np.array_equal(decode_image(image[column], 1), decode_image(row[column], 1))


def test_real_pictures_keep_the_part_of_the_set_that_they_belong_to(eye, tmp_path):
    export_images(eye, BEFORE, "eye", Pictures.real, tmp_path / "eye")
    paths = {entry["file"]: entry["mask"] for entry in listed(tmp_path / "eye")}
    assert paths["train/good/good_0000.png"] == ""
    assert paths["test/crack/crack_0019.png"] == "ground_truth/crack/crack_0019_mask.png"
    found = discover_camera(tmp_path / "eye")
    assert (found.labels, found.splits, found.masks) == ({"crack": 2, "good": 18}, {"test": 2, "train": 18}, 2)


@pytest.fixture
def unpublished(eye, tmp_path):
    """Settings of a camera with an empty store, and its store."""
    settings = Settings(store=str(tmp_path / "store"), cameras={"eye": Camera(inbox="inbox", size=28)})
    return settings, Store(settings.store)


def refused(settings, tmp_path, table=Pictures.synthetic):
    with pytest.raises((NotThereError, UnusableError)) as refusal:
        export_images(settings, DAY, "eye", table, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return str(refusal.value)


def test_a_batch_that_is_not_published_is_refused_with_what_to_do(eye, unpublished, tmp_path):
    settings, store = unpublished
    assert "no synthetic_images of eye 2026-03-10" in refused(settings, tmp_path)
    assert "run: nightscore paint-defects" in refused(settings, tmp_path, Pictures.painted)
    rows, source = stored(eye, "synthetic_images"), Provenance(job="test")
    store.write("drawn_images", rows, source, camera="eye", day=DAY)
    assert "was not judged; run: nightscore judge-images --camera eye --day 2026-03-10" in refused(settings, tmp_path)
    store.write("rejected_synthetic_images", rows, source, camera="eye", day=DAY)
    verdict = {"generator": "eye@2026-03-09", "measure": "gate", "value": 0.0, "low": np.nan, "high": np.nan}
    verdict |= {"limit": 1.0, "passed": False, "images": 6, "features": "", "reason": "copies 0.2 is past its limit"}
    store.write("quality", pd.DataFrame([verdict]), source, camera="eye", day=DAY)
    assert "did not pass the gate: copies 0.2 is past its limit; train or draw again" in refused(settings, tmp_path)


def test_a_label_that_a_spreadsheet_would_compute_is_listed_with_an_apostrophe(eye, unpublished, tmp_path):
    settings, store = unpublished
    rows = stored(eye, "synthetic_images").iloc[:1].assign(image_id="a", label="=1+1")
    store.write("synthetic_images", rows, Provenance(job="test"), camera="eye", day=DAY)
    export_images(settings, DAY, "eye", Pictures.synthetic, tmp_path / "out")
    assert [(row["label"], row["file"]) for row in listed(tmp_path / "out")] == [("'=1+1", "_1+1/a.png")]


def test_ids_that_would_be_one_file_are_refused(eye, unpublished, tmp_path):
    settings, store = unpublished
    rows = stored(eye, "synthetic_images").iloc[:2].assign(image_id=["a/b", "a_b"], label="good")
    store.write("synthetic_images", rows, Provenance(job="test"), camera="eye", day=DAY)
    assert "two pictures would be the file good/a_b.png" in refused(settings, tmp_path)
