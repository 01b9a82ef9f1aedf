"""`incidents import`: what it says, and that a refusal writes nothing."""

import pytest

from sensors_data.series.incidents import read_incidents
from sensors_data.store import Store

SETTINGS = """
[families.oven]
inbox = "inbox"
step = "5min"
sensors = { power = {} }
layout = { timezone = "Europe/Berlin" }

[families.pump]
inbox = "inbox"
step = "5min"
sensors = { flow = {} }
layout = { timezone = "+02:00" }
"""
WORK = "BEGIN:VEVENT\nUID:{0}\nSUMMARY:{0}\nDTSTART:20260401T060000\nDURATION:PT2H\n{1}END:VEVENT\n"
SPAN = ("--from-day", "2026-03-01", "--to-day", "2026-04-30")


@pytest.fixture
def imports(nightscore, tmp_path):
    (tmp_path / "settings.toml").write_text(SETTINGS)

    def of(*events, words=()):
        (tmp_path / "plant.ics").write_text(f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n")
        places = ("--settings", tmp_path / "settings.toml", "--store", tmp_path / "store")
        return nightscore("incidents", "import", "--from", tmp_path / "plant.ics", *SPAN, *words, *places)

    return of


def test_a_calendar_becomes_planned_work_of_every_family_in_its_own_zone(imports, tmp_path):
    ended = imports(WORK.format("filter", ""), WORK.format("off", "STATUS:CANCELLED\n"))
    assert ended.out.splitlines() == [
        f"plant.ics for {family}, 2026-03-01 to 2026-04-30: 1 added, 0 changed, 0 left as they were, 0 withdrawn; "
        "not taken: 1 cancelled"
        for family in ("oven", "pump")
    ]
    rows = read_incidents(Store(str(tmp_path / "store")))
    assert rows[["family", "kind", "note", "calendar"]].to_numpy().tolist() == [
        ["oven", "planned", "filter", "plant.ics"],
        ["pump", "planned", "filter", "plant.ics"],
    ]
    assert (rows["start"].dt.strftime("%m-%dT%H:%M") == "04-01T04:00").all()
    again = imports(WORK.format("filter", ""), words=("--family", "oven", "--author", "Ann"))
    assert again.out == (
        "plant.ics for oven, 2026-03-01 to 2026-04-30: 0 added, 0 changed, 1 left as they were, 0 withdrawn\n"
    )


@pytest.mark.parametrize(
    ("event", "words", "message"),
    [
        ("BEGIN:VEVENT\nSUMMARY:stop\nEND:VEVENT\n", (), "plant.ics: event 2 (stop) has no start (DTSTART)"),
        ("", ("--kind", "dismissed"), "kind: Input should be 'planned' or 'fault'"),
        ("", ("--family", "kiln"), "no family 'kiln'"),
        ("", ("--to-day", "2026-02-01"), "no span of 1 to 3,660 days"),
        ("", ("--from-day", "yesterday"), "no day of 1970 to 2199"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_nothing_is_written(imports, tmp_path, event, words, message):
    imports(WORK.format("filter", ""), event, words=words).assert_refused(message)
    assert not (tmp_path / "store").exists()
