import os
import tomllib
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from sensors_data.camera_job import ingest_images
from sensors_data.errors import NotThereError
from sensors_data.images.understanding.discover import discover_camera
from sensors_data.images.understanding.settings_text import with_camera
from sensors_data.settings import Settings, parse

RNG = np.random.default_rng(0)
NOW = datetime.now(UTC).replace(hour=12)


def put(path, age=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(0, 256, (40, 40), dtype=np.uint8)).save(path)
    at = (NOW - timedelta(days=age)).timestamp()
    os.utime(path, (at, at))


def test_folders_with_the_day_first_keep_their_days(tmp_path):
    for day in range(1, 21):
        put(tmp_path / f"{day:02}.03.2026/good/a.png")
    found = discover_camera(tmp_path)
    assert found.days == [date(2026, 3, day) for day in range(1, 21)]
    assert found.camera.undated_day is None


def test_one_day_over_twelve_decides_for_the_whole_set(tmp_path):
    for day in (3, 13):
        put(tmp_path / f"{day:02}-04-2026/a.png")
    found = discover_camera(tmp_path)
    assert (found.camera.day_pattern, found.days) == ("%d-%m-%Y", [date(2026, 4, 3), date(2026, 4, 13)])
    assert found.labels == {"": 2}


def test_days_that_may_be_two_are_left_for_a_person_to_state(tmp_path):
    for day in (3, 5):
        put(tmp_path / f"{day:02}-04-2025/good/a.png")
    found = discover_camera(tmp_path, "press")
    assert (found.days, found.camera.undated_day, found.camera.day_pattern) == ([], None, None)
    text = with_camera("", found, {})
    assert '# day_pattern = "%d-%m-%Y"' in text
    assert "'05-04-2025' may be two days: state this one or \"%m-%d-%Y\"" in text
    assert parse(Settings, tomllib.loads(text), "text").cameras["press"].day_pattern is None


def test_days_that_contradict_each_other_leave_the_unclear_ones_undated(tmp_path):
    for folder in ("03-04-2025", "05-04-2025", "06-04-2025", "13-04-2025", "04-15-2025"):
        put(tmp_path / folder / "a.png")
    found = discover_camera(tmp_path)
    assert (found.days, found.unclear_day) == ([date(2025, 4, 13), date(2025, 4, 15)], "")
    assert "3 pictures have no day: 03-04-2025/a.png ('03-04-2025' in its path may be two days" in found.odd[0]


def test_short_years_are_days_and_no_labels(tmp_path):
    for day in range(1, 5):
        put(tmp_path / f"26-03-{day:02}/scratch/a.png")
    found = discover_camera(tmp_path)
    assert (found.camera.day_pattern, found.labels, len(found.days)) == ("%y-%m-%d", {"scratch": 4}, 4)


def test_files_that_still_arrive_have_their_own_time(tmp_path):
    for age in range(5):
        put(tmp_path / f"bild{age}.png", age)
    found = discover_camera(tmp_path)
    assert found.camera.day_from == "file"
    assert len(found.days) == 5
    put(tmp_path / "train/good/a.png")
    assert discover_camera(tmp_path).camera.undated_day == NOW.date()


def test_a_day_without_pictures_says_where_they_went(tmp_path):
    put(tmp_path / "inbox/a.png")
    found = discover_camera(tmp_path / "inbox", "press")
    assert "also for later pictures" in found.reasons["undated_day"]
    settings = Settings(store=str(tmp_path / "store"), cameras={"press": found.camera})
    with pytest.raises(NotThereError, match='set day_from = "file" in'):
        ingest_images(settings, NOW.date() + timedelta(days=1), "press")
