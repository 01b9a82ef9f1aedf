"""The date in the names of files is found by all files of a folder."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from sensors_data.series.files.dates_in_names import day_in, form_of_names
from sensors_data.series.intake.readings import read_day
from sensors_data.series.understanding.discover import discover

FIRST = date(2026, 2, 5)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("LOG_%d%m%Y.csv", "%d%m%Y"),
        ("%y%m%d00.CSV", "%y%m%d%H"),
        ("plc1-%y%m%d.csv", "%y%m%d"),
        ("%d.%m.%y.csv", "%d.%m.%y"),
        ("%m-%d-%Y.csv", "%m-%d-%Y"),
        ("pump %d-%b-%Y.csv", "%d-%b-%Y"),
        ("%Y-%m-%d/pump7.csv", "%Y-%m-%d/"),
        ("%d_%m_%Y/pump7.csv", "%d_%m_%Y/"),
    ],
)
def test_the_form_is_that_in_which_days_follow_one_another(name, form):
    paths = [Path(f"{day:{name}}") for day in DAYS]
    assert form_of_names(paths) == form
    assert [day_in(path, form) for path in paths] == DAYS


def test_one_name_that_may_be_two_days_has_no_form():
    assert form_of_names([Path("03-02-2026.csv")]) == ""
    assert form_of_names([Path("03.02.2026.csv")]) == "%d.%m.%Y"
    assert form_of_names([Path("13-02-2026.csv")]) == "%d-%m-%Y"
    assert form_of_names([Path("a.csv"), Path("b.csv")]) == ""


def written(folder, name):
    """A file a day of a row each quarter of an hour, with a clock and no date."""
    rows = [f"{n // 4:02}:{n % 4 * 15:02},{n % 7},{n % 5}" for n in range(96)]
    for day in DAYS:
        path = folder / f"{day:{name}}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["Time,Flow,Level", *rows]) + "\n")


@pytest.mark.parametrize("name", ["LOG_%d%m%Y.csv", "%d-%m-%Y.csv", "%d-%b-%Y.csv", "%Y-%m-%d/pump.csv"])
def test_clocks_are_read_with_the_date_of_the_name(tmp_path, name):
    written(tmp_path / "in", name)
    found = discover(tmp_path / "in")
    assert (found.first.date(), found.last.date(), found.used) == (DAYS[0], DAYS[-1], 960)
    readings, rejects = read_day(found.family, DAYS[2])
    assert (len(readings), len(rejects)) == (192, 0)


def test_a_date_with_a_month_in_words_is_no_part_of_the_machine(tmp_path):
    written(tmp_path / "in", "pump-1 %d-%b-%Y.csv")
    written(tmp_path / "in", "pump-2 %d-%b-%Y.csv")
    assert discover(tmp_path / "in").assets == ("pump-1", "pump-2")
