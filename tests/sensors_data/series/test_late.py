"""Late values: a new revision within the grace, a count beyond it."""

from datetime import date, timedelta

import pytest

from sensors_data.series.jobs import ingest
from sensors_data.series.late import late_days, too_late
from sensors_data.store import Store

DAYS = [date(2026, 11, 18) + timedelta(days=number) for number in range(4)]


def text(day: date, hours: int = 24, value: int = 1) -> str:
    return "time,flow,speed\n" + "".join(f"{day}T{hour:02}:00Z,{hour},{value}\n" for hour in range(hours))


@pytest.fixture
def plant(make_settings, put, tmp_path):
    """Three days of a file each, taken in with a grace of two days."""
    settings = make_settings(inbox=str(tmp_path / "inbox" / "pump-{day}.csv"), step="1h", grace=2)
    for day in DAYS[:3]:
        put(text(day), f"pump-{day}.csv")
        ingest(settings, day, "pump")
    return settings


def found(settings, night=DAYS[3]):
    store, spec = Store(settings.store), settings.family("pump")
    return late_days(store, spec, "pump", night), too_late(store, spec, "pump", night)


def edition(settings, day) -> int:
    store = Store(settings.store)
    return store.provenance(store.path("readings", family="pump", day=day)).edition


def test_days_that_did_not_change_are_left_alone(plant, put):
    put(text(DAYS[3]), f"pump-{DAYS[3]}.csv")
    assert found(plant) == ([], {})
    put(text(DAYS[2]), f"pump-{DAYS[2]}.csv")  # written again, the same rows
    assert found(plant) == ([], {})


def test_a_day_with_late_rows_becomes_a_second_revision_and_says_what_is_new(plant, put):
    put(text(DAYS[2], 23, value=2), f"pump-{DAYS[2]}.csv")
    assert found(plant) == ([DAYS[2]], {})
    line = ingest(plant, DAYS[2], "pump")
    assert line.endswith("; revision 2: 0 values more, 23 changed, 2 gone")
    assert edition(plant, DAYS[2]) == 2
    assert found(plant) == ([], {})
    ingest(plant, DAYS[2], "pump")
    assert edition(plant, DAYS[2]) == 2
    runs = Store(plant.store).read_days("runs", [DAYS[2]])
    assert runs["reason"].tolist() == ["revision 2"]


def test_a_day_whose_file_came_late_is_taken_in_within_the_grace(plant, put, tmp_path):
    (tmp_path / "inbox" / f"pump-{DAYS[1]}.csv").unlink()
    store = Store(plant.store)
    store.remove(store.path("readings", family="pump", day=DAYS[1]))
    assert found(plant) == ([], {})
    put(text(DAYS[1]), f"pump-{DAYS[1]}.csv")
    assert found(plant) == ([DAYS[1]], {})


def test_rows_beyond_the_grace_are_counted_and_told_and_not_taken_in(plant, put):
    put(text(DAYS[0]) + f"{DAYS[0]}T12:30Z,7,7\n", f"pump-{DAYS[0]}.csv")
    put(text(DAYS[3]), f"pump-{DAYS[3]}.csv")
    assert found(plant) == ([], {DAYS[0]: 2})
    line = ingest(plant, DAYS[3], "pump")
    assert "2 values of 2026-11-18 came after the grace of 2 days and are left out; to take them in: nightscore" in line
    assert "came after the grace" in Store(plant.store).read_days("runs", [DAYS[3]])["reason"].iloc[0]
    assert Store(plant.store).read("readings", family="pump", day=DAYS[0]).shape[0] == 24


def test_late_rows_in_one_growing_file_are_found_as_well(make_settings, put):
    settings = make_settings(step="1h", grace=2)
    put(text(DAYS[0]) + text(DAYS[1], 20).partition("\n")[2])
    for day in DAYS[:2]:
        ingest(settings, day, "pump")
    put(text(DAYS[0]) + text(DAYS[1]).partition("\n")[2] + text(DAYS[2]).partition("\n")[2])
    assert found(settings, DAYS[2]) == ([DAYS[1]], {})


def test_without_a_grace_a_partition_says_nothing_of_its_files(make_settings, put):
    settings = make_settings(step="1h")
    put(text(DAYS[0]))
    ingest(settings, DAYS[0], "pump")
    store = Store(settings.store)
    stamp = store.provenance(store.path("readings", family="pump", day=DAYS[0]))
    assert (stamp.inputs, stamp.edition) == ("", 1)
    assert "edition" not in stamp.model_dump_json()
