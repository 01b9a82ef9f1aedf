from datetime import UTC, date, datetime

import pytest

from sensors_data.images.paths.day_folders import behind_days_are_hours, folders_without_day
from sensors_data.images.paths.day_forms import last_day
from sensors_data.images.paths.stamps import stamp_of

DAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    "name",
    [
        "2026年03月13日/a.png",
        "2026年3月13日.png",
        "2026년 3월 13일/a.png",
        "13-Mar-2026/a.png",
        "13. März 2026/a.png",
        "13. Ma\u0308rz 2026/a.png",
        "13 mars 2026.png",
        "13 de marzo de 2026/a.png",
        "cam_13mar2026_7.png",
        "2026-Mar-13/a.png",
        "March 13, 2026.png",
        "2026/03-March/13/good/a.png",
        "2026/marzo/13/a.png",
        "2026/0313/a.png",
        "Y2026M03D13.png",
        "13.03.2026/a.png",
    ],
)
def test_days_with_words_and_other_marks_are_read(name):
    assert (stamp_of(name).day, stamp_of(name).time) == (DAY, None)
    assert folders_without_day(name, name, None, True) in ([], ["good"])


def test_dots_have_the_day_first_and_a_day_equal_to_its_month_is_clear():
    assert stamp_of("02.03.2026/a.png").day == date(2026, 3, 2)
    assert stamp_of("03-03-2026/a.png").day == date(2026, 3, 3)
    assert stamp_of("02-03-2026/a.png").day is None


@pytest.mark.parametrize(
    ("name", "clock"),
    [
        ("2026031308.png", (8, 0)),
        ("2026031308/a.png", (8, 0)),
        ("202603130830.png", (8, 30)),
        ("2026-03-13/08/000.TIF", (8, 0)),
        ("2026-03-13_08/000.TIF", (8, 0)),
        ("2026-03-13/hour=08/000.TIF", (8, 0)),
        ("20260313_083000/a.png", (8, 30)),
        ("2026-03-13/08/08-30-00.png", (8, 30)),
        ("Y2026M03D13H08M30S00.png", (8, 30)),
        ("2026年03月13日08时30分00秒.png", (8, 30)),
    ],
)
def test_the_hour_of_a_folder_and_other_clocks_are_read(name, clock):
    assert stamp_of(name).time == datetime(2026, 3, 13, *clock, tzinfo=UTC)
    assert folders_without_day(name, name, None, True) == []


def test_two_digits_are_hours_only_where_none_of_the_set_is_over_23():
    parts = [f"2026-03-13/{n:02}/a.png" for n in range(20, 26)]
    assert behind_days_are_hours(parts[:4], None)
    assert not behind_days_are_hours(parts, None)
    assert stamp_of(parts[0], hours=False).time is None
    assert folders_without_day(parts[0], parts[0], None, hours=False) == ["20"]


@pytest.mark.parametrize("name", ["1772368496_0001.png", "1772368496-cam2.png", "1772368496.000.png"])
def test_an_epoch_is_read_with_more_behind_it(name):
    assert stamp_of(name).time == datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "12345678.png",
        "LOT20261332.png",
        "1234567890_0001.png",
        "4711000815-7.png",
        "SN123456_0001.png",
        "260301_123456.png",
        "2026/0042/a.png",
        "7 parts 2026.png",
        "part-26-03-01.png",
    ],
)
def test_lots_and_counters_are_no_days(name):
    assert stamp_of(name).day is None


def test_the_year_and_the_month_above_a_day_are_no_labels():
    for name in ("2026/2026-03-13/good/a.png", "2026/03/2026-03-13/good/a.png", "2026/2026-03/2026-03-13/good/a.png"):
        assert folders_without_day(name, name, None, True) == ["good"]
    assert folders_without_day("line-1/2026-03-13/a.png", "line-1/2026-03-13/a.png", None, True) == ["line-1"]
    assert folders_without_day("11/2026-03-13/a.png", "11/2026-03-13/a.png", None, True) == ["11"]
    assert folders_without_day("03-04-2026/26-03-01/a.png", "03-04-2026/26-03-01/a.png", None, True) == []


@pytest.mark.parametrize("name", ["set_2_2001", "3_out_2001", "LOT20481230", "2026_ago_3"])
def test_words_and_numbers_between_underscores_and_numbers_of_lots_are_no_days(name):
    assert last_day(name) is None
