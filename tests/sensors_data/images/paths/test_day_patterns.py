from datetime import UTC, date, datetime

import pytest

from sensors_data.images.paths.day_patterns import pattern_of_set
from sensors_data.images.paths.stamps import stamp_of

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["03-04-2026/a.png", "13-04-2026/a.png"], "%d-%m-%Y"),
        (["03_04_2026/a.png", "03_14_2026/a.png"], "%m_%d_%Y"),
        (["03.04.2026/a.png", "04.04.2026/a.png"], "%d.%m.%Y"),
        (["03.04.2026/a.png", "03.14.2026/a.png"], "%m.%d.%Y"),
        (["01-12-2026.png"], "%m-%d-%Y"),  # 1 December is not yet
        ([f"26-03-{n:02}/a.png" for n in range(1, 5)], "%y-%m-%d"),
        ([f"26-03-{n:02}/a.png" for n in range(18, 27)], "%y-%m-%d"),
        (["13.03.26 7.png", "14.03.26 8.png"], "%d.%m.%y"),
        (["260301_123456.png", "260302_121105.png"], "%y%m%d_"),
        (["260301/a.png", "260302/b.png"], "%y%m%d/"),
    ],
)
def test_the_set_decides_on_the_order_of_its_days(names, pattern):
    decided = pattern_of_set(names, TODAY)
    assert decided is not None
    assert (decided.pattern, decided.is_decided) == (pattern, True)
    assert all(stamp_of(name, day_pattern=pattern).day for name in names)


def test_an_order_that_the_set_leaves_open_is_not_guessed():
    left = pattern_of_set(["03-04-2026/a.png", "05-04-2026/a.png"], TODAY)
    assert left is not None
    assert not left.is_decided
    assert left.why == "'05-04-2026' may be two days: state this one or \"%m-%d-%Y\""


@pytest.mark.parametrize(
    "names",
    [
        ["2026-03-01/10-20-30.png"],
        ["123456_654321.png"],
        ["260301_123456.png", "004711_123456.png"],
        ["27-03-01/a.png"],
        ["26-03-01/a.png", "b.png"],
        ["000101.png", "260301.png"],
        ["10-01-31.png"],
    ],
)
def test_numbers_that_are_no_plausible_days_give_no_pattern(names):
    assert pattern_of_set(names, TODAY) is None


def test_the_clock_behind_a_day_of_six_digits_is_read():
    stamp = stamp_of("cam/260302_121105.png", day_pattern="%y%m%d_")
    assert stamp.time == datetime(2026, 3, 2, 12, 11, 5, tzinfo=UTC)
    assert stamp_of("26-03-02/08/1.png", day_pattern="%y-%m-%d").time == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert stamp_of("2026-03-02/1.png", day_pattern="%y-%m-%d").day is None
