import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensors_data.tables import TABLES
from sensors_data.tables.shares import shares_in_words, shares_of_text

TEXTS = [
    ("pressure 0.62, flow 0.21", [("pressure", 0.62), ("flow", 0.21)]),
    ("oil, hot 0.50, x 0.20", [("oil, hot", 0.5), ("x", 0.2)]),
    ("motor, phase A 0.50", [("motor, phase A", 0.5)]),
    ("", []),
]


@pytest.mark.parametrize(("text", "pairs"), TEXTS)
def test_a_line_of_sensors_and_the_list_of_it_say_the_same(text, pairs):
    shares = shares_of_text(text)
    assert [(share["sensor"], share["share"]) for share in shares] == pairs
    assert shares_in_words(shares) == text


def test_a_file_of_anomalies_that_holds_lines_of_text_reads_as_lists(store):
    """As files held them before version 0.2."""
    schema = TABLES["anomalies"].schema
    place = schema.get_field_index("sensors")
    earlier = schema.set(place, pa.field("sensors", pa.string()))
    rows = [{"anomaly_id": "a", "sensors": "oil, hot 0.50, x 0.20"}, {"anomaly_id": "b", "sensors": None}]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=earlier), buffer)
    store.write_bytes(store.path("anomalies", family="pump", day=date(2026, 11, 21)), buffer.getvalue())
    first, second = store.read("anomalies", family="pump", day=date(2026, 11, 21))["sensors"]
    assert [share["sensor"] for share in first] == ["oil, hot", "x"]
    assert second is None
