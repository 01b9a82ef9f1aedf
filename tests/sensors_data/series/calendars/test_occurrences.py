"""Hand-made calendars beside the times that their events have on the clock of UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sensors_data.errors import NightscoreError
from sensors_data.series.calendars import rules
from sensors_data.series.calendars.calendar_file import LARGEST, events_in
from sensors_data.series.calendars.occurrences import occurrences_in

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
PLANT_ZONE = """BEGIN:VTIMEZONE
TZID:Plant
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0230
TZOFFSETTO:+0130
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0130
TZOFFSETTO:+0230
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events, before=""):
    """The text of a calendar, its events' lines each separated by a space, as no value here has one."""
    texts = ["\n".join(["BEGIN:VEVENT", *event.split(), "END:VEVENT\n"]) for event in events]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{before}{''.join(texts)}END:VCALENDAR\n"


@pytest.fixture
def read(tmp_path):
    def of(*events, before="", first=FIRST, last=LAST, zone=BERLIN):
        path = tmp_path / "plant.ics"
        path.write_text(calendar(*events, before=before).replace("\n", "\r\n"))
        return occurrences_in(events_in(path), first, last, zone)

    return of


@pytest.fixture
def times(read):
    """The intervals of events, as text in UTC without the year."""

    def of(*events, **about):
        return [f"{one.start:%m-%dT%H:%M} {one.end:%m-%dT%H:%M}" for one in read(*events, **about).occurrences]

    return of


@pytest.mark.parametrize(
    ("event", "interval"),
    [
        ("DTSTART:20260701T080000Z DTEND:20260701T093000Z", "07-01T08:00 07-01T09:30"),
        ("DTSTART;TZID=America/New_York:20260701T080000 DURATION:PT2H", "07-01T12:00 07-01T14:00"),
        ("DTSTART;TZID=America/New_York:20260701T080000 DTEND:20260701T130000Z", "07-01T12:00 07-01T13:00"),
        ("DTSTART:20260701T080000 DURATION:PT1H", "07-01T06:00 07-01T07:00"),  # floating: the family's zone
        ("DTSTART;TZID=/vendor.org/Europe/Berlin:20260701T080000 DURATION:PT1H", "07-01T06:00 07-01T07:00"),
        ("DTSTART;VALUE=DATE:20260701", "06-30T22:00 07-01T22:00"),
        ("DTSTART;VALUE=DATE:20260701 DTEND;VALUE=DATE:20260701", "06-30T22:00 07-01T22:00"),
        ("DTSTART;VALUE=DATE:20260701 DTEND;VALUE=DATE:20260703", "06-30T22:00 07-02T22:00"),
        ("DTSTART;VALUE=DATE:20260329 DURATION:P1D", "03-28T23:00 03-29T22:00"),  # 23 hours, as clocks go ahead
        ("DTSTART;VALUE=DATE:20261025", "10-24T22:00 10-25T23:00"),  # 25 hours
        ("DTSTART;TZID=Europe/Berlin:20260328T180000 DURATION:P1D", "03-28T17:00 03-29T16:00"),
        ("DTSTART;TZID=Europe/Berlin:20260328T180000 DURATION:PT20H", "03-28T17:00 03-29T13:00"),
        ("DTSTART;TZID=Europe/Berlin:20260329T023000 DURATION:PT1H", "03-29T01:30 03-29T02:30"),  # no such hour
        ("DTSTART;TZID=Europe/Berlin:20261025T023000 DURATION:PT1H", "10-25T00:30 10-25T01:30"),  # the first of two
        ("DTSTART:20260228T200000Z DTEND:20260301T010000Z", "02-28T20:00 03-01T01:00"),  # reaches into the span
    ],
)
def test_an_event_begins_and_ends_as_its_calendar_says(times, event, interval):
    assert times(f"UID:a {event}") == [interval]


def test_a_zone_that_the_file_defines_holds_on_both_sides_of_its_change(times):
    event = "DTSTART;TZID=Plant:20260328T080000 DTEND;TZID=Plant:20260328T090000 RRULE:FREQ=DAILY;COUNT=3"
    assert times(event, before=PLANT_ZONE) == [
        "03-28T06:30 03-28T07:30",
        "03-29T05:30 03-29T06:30",
        "03-30T05:30 03-30T06:30",
    ]
    other = PLANT_ZONE.replace("+0130", "+0530").replace("+0230", "+0630")  # another file's zone of this name
    assert times(event, before=other)[0] == "03-28T02:30 03-28T03:30"


def test_a_zone_by_its_name_in_windows(read, tmp_path):
    name = "TZID=W. Europe Standard Time"
    path = tmp_path / "plant.ics"
    path.write_text(calendar("DTSTART;ZONE:20260701T080000 DURATION:PT1H").replace("ZONE", name))
    [one] = occurrences_in(events_in(path), FIRST, LAST, BERLIN).occurrences
    assert one.start == datetime(2026, 7, 1, 6, tzinfo=UTC)


def test_a_weekly_event_keeps_its_hour_when_the_clocks_change_and_its_length_in_hours(times):
    weekly = (
        "DTSTART;TZID=Europe/Berlin:20260321T220000 DTEND;TZID=Europe/Berlin:20260322T060000 RRULE:FREQ=WEEKLY;COUNT=3"
    )
    assert times(weekly) == ["03-21T21:00 03-22T05:00", "03-28T21:00 03-29T05:00", "04-04T20:00 04-05T04:00"]


def test_rules_end_by_count_by_day_and_by_moment_and_endless_ones_with_the_span(times):
    daily = "DTSTART;TZID=Europe/Berlin:20260330T000000 DURATION:PT1H RRULE:FREQ=DAILY"
    third = "04-01T22:00 04-01T23:00"
    for end in ("COUNT=3", "UNTIL=20260401", "UNTIL=20260331T220000Z", "UNTIL=20260401T000000"):
        assert len(times(f"{daily};{end}")) == 3, end
    assert len(times(f"{daily};UNTIL=20260331T215959Z")) == 2
    assert len(times(daily)) == 247  # 30 March to 1 December
    assert third in times(daily)
    day = "DTSTART;VALUE=DATE:19700101 RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1"
    assert times(day) == ["04-30T22:00 05-01T22:00"]
    assert times("DTSTART;VALUE=DATE:16011225 RRULE:FREQ=YEARLY;COUNT=9") == []
    assert times("DTSTART;VALUE=DATE:20990101 RRULE:FREQ=DAILY") == []


def test_a_counted_rule_counts_occurrences_before_the_span(times):
    event = "DTSTART:20260227T080000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=4;INTERVAL=2"
    assert times(event) == ["03-01T08:00 03-01T09:00", "03-03T08:00 03-03T09:00", "03-05T08:00 03-05T09:00"]


def test_dates_are_added_and_left_out_and_periods_have_their_own_end(times):
    event = "DTSTART;TZID=Europe/Berlin:20260601T080000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=5"
    changes = (
        "EXDATE;TZID=Europe/Berlin:20260602T080000,20260603T080000 EXDATE:20260604T060000Z "
        "RDATE;TZID=Europe/Berlin:20260701T080000 "
        "RDATE;VALUE=PERIOD:20260801T060000Z/PT3H,20260802T060000Z/20260802T100000Z"
    )
    assert times(f"{event} {changes}") == [
        "06-01T06:00 06-01T07:00",
        "06-05T06:00 06-05T07:00",
        "07-01T06:00 07-01T07:00",
        "08-01T06:00 08-01T09:00",
        "08-02T06:00 08-02T10:00",
    ]
    assert times(f"{event} EXDATE;VALUE=DATE:20260601 EXRULE:FREQ=DAILY;INTERVAL=2") == [
        "06-02T06:00 06-02T07:00",
        "06-04T06:00 06-04T07:00",
    ]
    day = "DTSTART;VALUE=DATE:20260601 RRULE:FREQ=DAILY;COUNT=2 EXDATE;VALUE=DATE:20260601 RDATE;VALUE=DATE:20260610"
    assert times(day) == ["06-01T22:00 06-02T22:00", "06-09T22:00 06-10T22:00"]


def test_a_changed_occurrence_takes_the_place_of_its_own_and_a_cancelled_one_leaves_it_empty(read):
    series = "UID:a DTSTART;TZID=Europe/Berlin:20260601T080000 DURATION:PT1H SUMMARY:weekly RRULE:FREQ=WEEKLY;COUNT=4"
    moved = "UID:a RECURRENCE-ID:20260608T060000Z DTSTART:20260609T120000Z DURATION:PT2H SUMMARY:moved"
    older = "UID:a SEQUENCE:0 RECURRENCE-ID:20260608T060000Z DTSTART:20260610T120000Z DURATION:PT2H"
    off = "UID:a RECURRENCE-ID;TZID=Europe/Berlin:20260615T080000 DTSTART:20260615T060000Z STATUS:CANCELLED"
    found = read(series, moved.replace("UID", "SEQUENCE:1 UID"), older, off)
    assert [(one.which[:10], f"{one.start:%m-%dT%H}", one.summary) for one in found.occurrences] == [
        ("2026-06-01", "06-01T06", "weekly"),
        ("2026-06-08", "06-09T12", "moved"),
        ("2026-06-22", "06-22T06", "weekly"),
    ]
    assert found.cancelled == 1
    assert read(f"{series} STATUS:CANCELLED", moved).occurrences == ()
    assert read(series, before="METHOD:CANCEL\n").cancelled == 1
    by_day = moved.replace("RECURRENCE-ID:20260608T060000Z", "RECURRENCE-ID;VALUE=DATE:20260608")
    assert [f"{one.start:%m-%d}" for one in read(series, by_day).occurrences] == ["06-01", "06-09", "06-15", "06-22"]


def test_a_reminder_has_no_length_and_is_counted(read):
    found = read("DTSTART:20260601T080000Z", "DTSTART:20250601T080000Z", "DTSTART;VALUE=DATE:20260601")
    assert (len(found.occurrences), found.empty) == (1, 1)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("UID:a SUMMARY:stop", r" \(stop\) has no start"),
        ("DTSTART:2026-03-01", "DTSTART that cannot be read: .*2026-03-01"),
        ("DTSTART:20260301T080000Z DTSTART:20260302T080000Z", "2 values of DTSTART"),
        ("DTSTART;TZID=Mars/Olympus:20260301T080000", "zone 'Mars/Olympus', which nobody knows; name it like"),
        ("DTSTART:20260301T080000Z EXDATE;TZID=Mars/Olympus:20260301T080000", "zone 'Mars/Olympus'"),
        ("DTSTART:20260301T080000Z DTEND:20260228T080000Z", "ends before it starts"),
        ("DTSTART;VALUE=DATE:20260301 DTEND:20260302T080000Z", "a date and a time as its start and end"),
        ("DTSTART:20260301T080000Z DURATION:P9999D", "lasts 9,999 days"),
        ("DTSTART:20260301T080000Z DURATION:8h", "DURATION that cannot be read"),
        ("DTSTART:20260301T080000Z DURATION:20260301T090000Z", "DURATION that is none"),
        ("DTSTART:00010101T000000", "a date in the year 1"),
        ("DTSTART:20260301T080000Z RRULE:FREQ=SOMETIMES", "RRULE that cannot be read: .*SOMETIMES"),
        ("DTSTART:20260301T080000Z RRULE:FREQ=DAILY;RSCALE=CHINESE", "a rule that is not known: .*RSCALE"),
        ("DTSTART:20260301T080000Z RRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL 0; both are 1 or more"),
        ("DTSTART:20260301T080000Z RRULE:FREQ=DAILY;COUNT=-1", "COUNT -1, INTERVAL None; both are 1 or more"),
        (
            "DTSTART:20260301T080000Z DURATION:PT1S RRULE:FREQ=MINUTELY;COUNT=5001",
            "over 5,000 times in the span; shorten",
        ),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260301T080000Z DTSTART:20260301T090000Z", "all later occurrences"),
    ],
)
def test_an_event_that_cannot_be_used_is_refused_with_its_place(times, event, message):
    with pytest.raises(NightscoreError, match=f"plant.ics: event 1.*{message}"):
        times(event)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("time,power\n2026-03-01,4\n", "not an iCalendar file: it begins with b'time,power"),
        (calendar(), "has no event"),
        (calendar("DTSTART:20260301")[:-30], "breaks off"),
        (calendar("DTSTART:20260301").replace("VERSION:2.0", "what is this"), "cannot be read: .*what is this"),
        (calendar("DTSTART:20260301", before=PLANT_ZONE.replace("YEARLY", "SECONDLY")), "zone 'Plant' changes"),
        (calendar("DTSTART:20260301", before=PLANT_ZONE.replace("MONTH=3", "MONTH=3;BYHOUR=1,2")), "is not yearly"),
        (calendar("DTSTART:20260301", before=PLANT_ZONE.replace("MONTH=3", "MONTH=3;INTERVAL=0")), "is not yearly"),
        (calendar("DTSTART:20260301", before=PLANT_ZONE.replace("TZOFFSETFROM", "X-NONE")), "cannot be read: "),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(tmp_path, text, message):
    path = tmp_path / "plant.ics"
    path.write_text(text)
    with pytest.raises(NightscoreError, match=f"plant.ics.*{message}"):
        events_in(path)


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path):
    with pytest.raises(LookupError, match="there is no file"):
        events_in(tmp_path / "none.ics")
    large = tmp_path / "large.ics"
    with large.open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(ValueError, match=f"larger than {LARGEST // 2**20} MB"):
        events_in(large)


def test_a_rule_that_never_gets_to_the_span_is_given_up(times, monkeypatch):
    monkeypatch.setattr(rules, "MOST_STEPS", 5_000)
    with pytest.raises(ValueError, match="event 1 repeats too often: 5,000 repetitions end before the span does; give"):
        times("DTSTART:20100301T080000Z DURATION:PT1S RRULE:FREQ=SECONDLY")


def test_the_span_cuts_off_what_only_touches_it(times):
    event = "DTSTART:20260601T080000Z DURATION:PT1H"
    start = datetime(2026, 6, 1, 8, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert times(event, first=start + hour, last=LAST) == []
    assert times(event, first=FIRST, last=start) == []
    assert len(times(event, first=start, last=start + hour)) == 1
