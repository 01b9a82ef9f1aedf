"""Which UTC days the days of a calendar are."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sensors_data.series.calendars.calendar_file import events_in
from sensors_data.series.calendars.days import days_of, family_days
from sensors_data.settings import Family, load

FIRST, LAST = date(2026, 4, 1), date(2026, 5, 31)
SETTINGS = """
[families.pump]
inbox = "inbox"
step = "5min"
calendar = "holidays.ics"
sensors = { flow = {} }
"""


def events(tmp_path, *lines):
    text = "".join(f"BEGIN:VEVENT\n{line.replace(' ', chr(10))}\nEND:VEVENT\n" for line in lines)
    (tmp_path / "holidays.ics").write_text(f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n")
    return events_in(tmp_path / "holidays.ics")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_holiday_is_one_day_in_every_zone(tmp_path, zone):
    holidays = events(tmp_path, "DTSTART;VALUE=DATE:20260501", "DTSTART;VALUE=DATE:20260404 DTEND;VALUE=DATE:20260407")
    days = days_of(holidays, FIRST, LAST, ZoneInfo(zone))
    assert days == (date(2026, 4, 4), date(2026, 4, 5), date(2026, 4, 6), date(2026, 5, 1))
    assert days_of(holidays, date(2026, 4, 6), date(2026, 4, 30), ZoneInfo(zone)) == (date(2026, 4, 6),)


def test_half_a_day_counts_and_less_does_not(tmp_path):
    halves = ("DTSTART:20260410T080000Z DTEND:20260410T200000Z", "DTSTART:20260411T080000Z DTEND:20260411T190000Z")
    assert days_of(events(tmp_path, *halves), FIRST, LAST, ZoneInfo("UTC")) == (date(2026, 4, 10),)


def test_a_family_reads_its_calendar_beside_its_settings(tmp_path):
    events(tmp_path, "DTSTART;VALUE=DATE:20260501")
    (tmp_path / "settings.toml").write_text(SETTINGS)
    spec = load(tmp_path / "settings.toml").family("pump")
    assert family_days(spec, FIRST, LAST) == (date(2026, 5, 1),)
    (tmp_path / "holidays.ics").unlink()
    with pytest.raises(LookupError, match=r"there is no file .*holidays\.ics"):
        family_days(spec, FIRST, LAST)
    plain = Family.model_validate({"inbox": "inbox", "step": "5min", "sensors": {"flow": {}}})
    assert family_days(plain, FIRST, LAST) == ()
    assert "calendar" not in plain.model_dump()
