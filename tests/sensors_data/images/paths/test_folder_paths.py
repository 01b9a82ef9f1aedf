"""Ids and labels become names of files that stay in their folder."""

import pytest

from sensors_data.errors import UnusableError
from sensors_data.images.paths.folder_paths import mask_path, picture_path


@pytest.mark.parametrize(
    ("image_id", "label", "split", "path"),
    [
        ("press@2026-03-19-7-0000012", "scratch", "", "scratch/press@2026-03-19-7-0000012.png"),
        ("press@2026-03-19-7-0000012", "", "", "images/press@2026-03-19-7-0000012.png"),
        ("line-1/2026-03-19/130509.JPG", "good", "train", "train/good/line-1_2026-03-19_130509.png"),
        ("a", "like:pit", "", "like_pit/a.png"),
        ("-a", "=1+1", "", "_1+1/_a.png"),
        ("a\\b:c\x00d", "é/ß", "", "é_ß/a_b_c_d.png"),
    ],
)
def test_a_picture_stands_in_the_folder_of_its_label(image_id, label, split, path):
    assert picture_path(image_id, label, split) == path


def test_a_mask_stands_where_mvtec_has_it():
    assert mask_path("eye-painted-7-00001", "dent") == "ground_truth/dent/eye-painted-7-00001_mask.png"
    assert mask_path("a.png", "") == "ground_truth/images/a_mask.png"


@pytest.mark.parametrize(
    ("image_id", "label", "problem"),
    [
        ("../../etc/passwd", "good", "the image id '../../etc/passwd' gives a file name that is hidden"),
        ("a", "..", "the label '..' gives a file name that is hidden"),
        (" ", "good", "gives a file name that is empty"),
        ("ä" * 101, "good", "gives a file name that is too long; rename it and ingest its day again"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(image_id, label, problem):
    with pytest.raises(UnusableError, match=problem):
        picture_path(image_id, label)
