from datetime import UTC, date, datetime

import pytest

from sensors_data.images.paths.stamps import stamp_of

DAY = date(2026, 3, 20)


@pytest.mark.parametrize(
    "name",
    [
        "2026-03-20/a.png",
        "2026_03_20/a.png",
        "2026.03.20/a.png",
        "2026-3-20/a.png",
        "20260320/a.png",
        "2026/03/20/a.png",
        "2026-03/20/a.png",
        "20-03-2026/a.png",
        "03-20-2026/a.png",
        "line-1/2026-03-20_ok.png",
        "2026-03-20/SN20150101.png",
        "2026-03-20/00123456.png",
    ],
)
def test_a_day_is_read_however_it_is_written(name):
    stamp = stamp_of(name)
    assert (stamp.day, stamp.time) == (DAY, None)


@pytest.mark.parametrize(
    ("name", "clock"),
    [
        ("20260320104030.png", (10, 40, 30, 0)),
        ("IMG_20260320104030123.png", (10, 40, 30, 123_000)),
        ("20260320_104030.jpg", (10, 40, 30, 0)),
        ("2026-03-20T10-40-30.png", (10, 40, 30, 0)),
        ("2026-03-20/10-40-30.png", (10, 40, 30, 0)),
        ("2026-03-20T10-40-30.25_cam2.png", (10, 40, 30, 250_000)),
        ("2026-03-20T12-40-30+0200.png", (10, 40, 30, 0)),
        ("Screenshot 2026-03-20 at 10.40.30 PM.png", (22, 40, 30, 0)),
        ("1774003230123.png", (10, 40, 30, 123_000)),
        ("cam-1774003230.png", (10, 40, 30, 0)),
    ],
)
def test_a_time_is_read_however_it_is_written(name, clock):
    assert stamp_of(name).time == datetime(2026, 3, 20, *clock, tzinfo=UTC)


def test_a_time_of_another_zone_moves_the_day():
    assert stamp_of("2026-03-20T00-30-00.png", "Europe/Berlin").day == date(2026, 3, 19)


def test_a_whole_time_counts_before_the_folder_of_the_day_before():
    assert stamp_of("2026-03-20/2026-03-21T00-10-00.png").day == date(2026, 3, 21)


def test_a_day_that_may_be_two_is_not_guessed():
    stamp = stamp_of("03-04-2026/a.png")
    assert stamp.day is None
    assert "'03-04-2026' in its path may be two days" in stamp.note
    assert stamp_of("03-04-2026/a.png", day_pattern="%d-%m-%Y").day == date(2026, 4, 3)
    assert stamp_of("03-04-2026/a.png", day_pattern="%m-%d-%Y").day == date(2026, 3, 4)


def test_a_number_is_no_day():
    assert stamp_of("SN12345678.png").day is None
    assert stamp_of("4711.png").note.startswith("no day in its path")
