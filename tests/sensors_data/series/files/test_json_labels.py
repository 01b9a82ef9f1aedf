"""JSON that states names once: of fields, of the first object of a list, of columns, of machines."""

from __future__ import annotations

import json

from sensors_data.series.files.json_rows import json_rows
from sensors_data.series.understanding.discover import discover


def rows_of(value):
    return json_rows(json.dumps(value).encode(), "a.json")


def test_numbered_fields_are_called_as_the_object_around_them_says():
    channel = {"name": "Greenhouse", "field1": "Temperature", "field2": "Humidity", "created_at": "2020-01-01"}
    feeds = [{"created_at": f"2026-02-02T0{n}:00:00Z", "field1": str(n), "field2": "5"} for n in range(3)]
    rows = rows_of({"channel": channel, "feeds": feeds})
    assert [(row["Temperature"], row["Humidity"]) for row in rows] == [("0", "5"), ("1", "5"), ("2", "5")]
    assert "channel.field1" not in rows[0]


def test_units_of_numbered_fields_are_no_names():
    value = {"units": {"field1": "°C"}, "feeds": [{"time": f"2026-02-02T0{n}:00", "field1": n} for n in range(3)]}
    assert [row["field1"] for row in rows_of(value)] == ["0", "1", "2"]


def listed(name, count=4):
    first = {"entity_id": name, "state": "0", "attributes": {"friendly_name": name, "note": "on"}, "last_changed": "t0"}
    return [first, *({"state": str(n), "last_changed": f"t{n}"} for n in range(1, count))]


def test_labels_of_the_first_object_hold_for_the_whole_list():
    rows = rows_of([listed("a.temp"), listed("b.flow")])
    assert [row["entity_id"] for row in rows] == ["a.temp"] * 4 + ["b.flow"] * 4
    assert rows[5]["attributes.friendly_name"] == "b.flow"
    assert "attributes.note" not in rows[5]


def test_labels_that_change_within_a_list_are_not_carried_on():
    one = listed("a.temp")
    one[2]["entity_id"] = "b.flow"
    assert "entity_id" not in rows_of([one, listed("c")])[1]


def test_columns_of_values_by_time_keep_their_names():
    times = [str(1769990400000 + 600000 * n) for n in range(3)]
    rows = rows_of({"temp": dict.fromkeys(times, 1.5), "load": dict.fromkeys(times, 2.5)})
    assert {(row["sensor"], row["value"]) for row in rows} == {("temp", "1.5"), ("load", "2.5")}
    assert len(rows) == 6


def test_base_names_are_machines_where_they_differ():
    records = [
        {"bn": "urn:1/", "bt": 1769990400, "n": "temp", "v": 1},
        {"n": "hum", "v": 2},
        {"bn": "urn:2/", "n": "temp", "v": 3},
    ]
    assert [(row["device"], row["sensor"]) for row in rows_of(records)] == [
        ("urn:1", "temp"),
        ("urn:1", "hum"),
        ("urn:2", "temp"),
    ]
    assert [row["sensor"] for row in rows_of(records[:2])] == ["urn:1/temp", "urn:1/hum"]


def test_a_part_of_a_second_inside_the_time_is_no_sensor(tmp_path):
    values = [
        {
            "value": {"doubleValue": 20 + n % 7},
            "timestamp": {"timeInSeconds": 1769990400 + 600 * n, "offsetInNanos": 250_000_000},
        }
        for n in range(100)
    ]
    (tmp_path / "a.json").write_text(json.dumps({"history": values}))
    found = discover(tmp_path / "a.json")
    assert list(found.family.sensors) == ["value.doubleValue"]
    assert f"{found.first:%H:%M:%S.%f}" == "00:00:00.250000"
