"""A calendar imported again and again, beside what the store then holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sensors_data import audit
from sensors_data.layout import Layout
from sensors_data.series.calendars.calendar_file import events_in
from sensors_data.series.calendars.planned import Imported, Work, calendar_of, import_calendar
from sensors_data.series.incidents import Incident, add_incident, past_incidents, read_incidents

SERIES = "BEGIN:VEVENT\nUID:filter\nSUMMARY:filter\nDTSTART:20260302T060000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY\n{}"
SERIES += "END:VEVENT\n"
STOP = "BEGIN:VEVENT\nUID:stop\nSUMMARY:stop\nDTSTART;VALUE=DATE:{}\nEND:VEVENT\n"
BERLIN = Layout(timezone="Europe/Berlin")
MARCH = Work(calendar="plant.ics", kind="planned", first=date(2026, 3, 1), last=date(2026, 3, 31))


@pytest.fixture
def imports(store, tmp_path):
    def of(*events, work=MARCH, family="pump"):
        path = tmp_path / "any.ics"
        path.write_text(f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n")
        calendar = calendar_of(events_in(path), work, BERLIN)
        return import_calendar(store, family, calendar, work, datetime(2026, 2, 1, tzinfo=UTC))

    return of


def test_a_calendar_is_imported_once_and_followed_when_it_changes(store, imports):
    events = (SERIES.format(""), STOP.format("20260310"))
    assert imports(*events) == Imported(6, 0, 0, 0)
    rows = read_incidents(store, "pump")
    assert list(rows["note"]) == ["filter", "filter", "stop", "filter", "filter", "filter"]
    assert list(rows["start"].dt.strftime("%d %H")) == ["02 05", "09 05", "09 23", "16 05", "23 05", "30 04"]
    assert set(rows["kind"]) == {"planned"}
    assert rows["asset"].isna().all()
    assert imports(*events) == Imported(0, 0, 6, 0)
    assert read_incidents(store, "pump").equals(rows)
    changed = imports(SERIES.format("EXDATE:20260316T060000\n"), STOP.format("20260311"))
    assert changed == Imported(0, 1, 4, 1)
    now = read_incidents(store, "pump")
    assert sorted(set(rows["incident"]) - set(now["incident"])) == [rows["incident"][3]]
    assert now.loc[now["note"] == "stop", "start"].dt.day.tolist() == [10]  # 11 March begins at 23:00 UTC
    assert len(past_incidents(store, "pump")) == 2
    assert [entry.what for entry in audit.entries(store)] == ["imported", "imported"]


def test_an_import_leaves_what_others_said_and_what_lies_outside_its_span(store, imports):
    day = datetime(2026, 3, 5, tzinfo=UTC)
    add_incident(store, Incident(family="pump", start=day, end=day + timedelta(hours=1), kind="planned"))
    imports(SERIES.format(""))
    imports(SERIES.format(""), work=MARCH.model_copy(update={"asset": "p1"}))
    imports(SERIES.format(""), family="oven")
    imports(SERIES.format(""), work=MARCH.model_copy(update={"calendar": "other.ics", "kind": "fault"}))
    assert imports(STOP.format("20260310"), work=MARCH.model_copy(update={"last": date(2026, 3, 15)})) == Imported(
        1, 0, 0, 2
    )
    rows = read_incidents(store, "pump")
    assert len(rows) == 1 + (5 - 2 + 1) + 5 + 5
    assert len(read_incidents(store, "oven")) == 5


@pytest.mark.parametrize("days", [(date(2026, 3, 2), date(2026, 3, 1)), (date(2000, 1, 1), date(2026, 3, 1))])
def test_a_span_has_a_day_and_at_most_ten_years(imports, store, days):
    work = MARCH.model_copy(update={"first": days[0], "last": days[1]})
    with pytest.raises(ValueError, match="no span of 1 to 3,660 days; give other days by --from-day and --to-day"):
        imports(SERIES.format(""), work=work)
    assert read_incidents(store).empty
