"""Folders whose files are written differently are understood from several of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from sensors_data.series.intake.readings import read_day
from sensors_data.series.understanding.discover import discover

FIRST = date(2026, 3, 10)


def written(folder, names, style="%Y-%m-%d", header="time;temp;flow", row="{};{:.2f};{:.2f}", days=None):
    """A folder with a file a day and a row an hour; `names` are format strings of the day."""
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(0)
    for number, name in enumerate(names):
        day = FIRST + timedelta(days=number if days is None else days[number])
        rows = [row.format(f"{day:{style}} {hour:02}:00", *(50 + random.normal(size=2))) for hour in range(24)]
        (folder / name).write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_day_and_month_are_told_by_the_later_files(tmp_path):
    inbox = written(tmp_path / "in", [f"{n}.csv" for n in range(5)], "%m/%d/%Y")
    found = discover(inbox)
    assert found.family.layout.time_format == "%m/%d/%Y %H:%M"
    assert (found.first.date(), found.last.date()) == (FIRST, FIRST + timedelta(days=4))
    assert found.used == 240
    assert not found.unsure


def test_day_and_month_are_told_by_days_that_follow_one_another(tmp_path):
    inbox = written(tmp_path / "in", [f"{n}.csv" for n in range(3)], "%m/%d/%Y", days=[-2, -1, 0])
    assert discover(inbox).first.date() == date(2026, 3, 8)


def test_thousands_and_units_of_later_files_are_read(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"])
    written(tmp_path / "more", ["c.csv", "d.csv"], row='{};"1,2{:.2f}";{:.2f} bar', days=[2, 3])
    for path in (tmp_path / "more").iterdir():
        path.rename(inbox / path.name)
    found = discover(inbox)
    assert (found.used, found.refused) == (192, {})
    assert found.family.layout.thousands == ","
    assert found.values["value"].max() > 1200


def test_two_scales_of_one_sensor_are_doubtful(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv"], row="{};{:.2f} °C;{:.2f}")
    written(inbox, ["b.csv"], row="{};{:.2f} K;{:.2f}", days=[1])
    found = discover(inbox)
    assert found.used == 96
    assert any("'°C', 'K'" in text or "'K', '°C'" in text for text in found.unsure)


def test_files_in_two_encodings_are_read(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv", "c.csv"], header="Zeit;Öltemp °C;flow")
    text = (inbox / "b.csv").read_text()
    (inbox / "b.csv").write_bytes(text.encode("cp1252"))
    found = discover(inbox)
    assert (found.family.layout.encoding, found.family.layout.other_encoding) == ("utf-8", "cp1252")
    assert found.used == 144
    readings, rejects = read_day(found.family, FIRST + timedelta(days=1))
    assert (len(readings), len(rejects)) == (48, 0)


def test_dates_of_two_forms_are_read(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"])
    written(inbox, ["c.csv", "d.csv"], "%d.%m.%Y", days=[2, 3])
    found = discover(inbox)
    assert found.family.layout.time_format == "%d.%m.%Y %H:%M"
    assert (found.used, found.refused) == (192, {})
    assert found.last.date() == FIRST + timedelta(days=3)


def test_a_time_column_under_another_name_is_read(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"])
    written(inbox, ["c.csv"], header="\n\nDatum;temp;flow", days=[2])
    found = discover(inbox)
    assert found.used == 144
    readings, rejects = read_day(found.family, FIRST + timedelta(days=2))
    assert (len(readings), len(rejects)) == (48, 0)


def test_a_file_that_lacks_its_time_is_refused_where_two_columns_are_unknown(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"])
    written(inbox, ["c.csv"], header="Datum;temp;flow;level", row="{0};{1:.2f};{2:.2f};{1:.1f}", days=[2])
    found = discover(inbox)
    assert found.used == 96
    assert any("c.csv has no column ['time']" in text for text in found.odd)


def test_a_file_with_the_other_decimal_mark_is_read_by_it(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"])
    written(inbox, ["c.csv"], days=[2])
    text = (inbox / "c.csv").read_text().replace(".", ",").replace(";51,", ";1.051,")
    (inbox / "c.csv").write_text(text)
    found = discover(inbox)
    assert found.family.layout.decimal_by_file
    assert (found.used, found.refused) == (144, {})
    readings, rejects = read_day(found.family, FIRST + timedelta(days=2))
    assert (len(readings), len(rejects)) == (48, 0)
    assert set(readings["value"].round(-1)) == {50.0, 1050.0}


def test_files_of_one_decimal_mark_are_read_as_one_is(tmp_path):
    inbox = written(tmp_path / "in", ["a.csv", "b.csv"], row="{};{:.2f};{:.3f}")
    assert not discover(inbox).family.layout.decimal_by_file
