import json
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from sensors_data.parquet import parquet_bytes
from sensors_data.provenance import Provenance
from sensors_data.seal import check
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.joining import join
from sensors_data.upkeep.migrate import migrate
from sensors_data.upkeep.verify import paths_of, verify

DAY = date(2026, 11, 21)


def without_hash(data: bytes) -> bytes:
    return data.replace(b"nightscore-sha256:", b"nightscore-sha999:").replace(b":sealed", b":unsaid")


def states(store: Store) -> list[str]:
    return [finding.state for finding in verify(store, paths_of(store, None)) if finding is not None]


def test_what_was_made_from_a_file_is_not_stale_when_that_file_gets_its_hash(store, make_readings):
    rows = make_readings(assets=1, rows=3)
    path = store.write("readings", rows, Provenance(job="ingest"), family="pump", day=DAY)
    store.write_bytes(path, without_hash(store.read_bytes(path)))
    source = store.made_from([path], Provenance(job="impute"))
    grid = store.write(
        "grid", rows.assign(observed_flow=True, observed_speed=True), source, family="pump", day=DAY, shard=0
    )
    assert states(store) == ["without hash"]
    assert list(migrate(store)) == [path]
    assert check(store.read_bytes(path), path)
    assert store.read("readings", family="pump", day=DAY).equals(rows)
    assert states(store) == []
    assert store.provenance(grid).made_from == (path,)
    assert list(migrate(store)) == []


def long_file(store: Store, rows: pd.DataFrame, table: str, source: Provenance, **where: object) -> str:
    """Write a table as files were before they had a column a sensor."""
    columns = {c.name: rows[c.name] for c in TABLES[table].a_value}
    columns["time"] = columns["time"].dt.tz_convert(None)
    about = {"nightscore": source.model_copy(update={"rows": len(rows)}).model_dump_json(exclude={"made_from"})}
    if source.made_from:
        about["made_from"] = json.dumps(source.made_from)
    path, schema = store.path(table, **where), pa.schema([(c.name, c.type) for c in TABLES[table].a_value])
    values_a_row = pa.table({name: pa.array(column.to_numpy()) for name, column in columns.items()}).cast(schema)
    values_a_row = values_a_row.replace_schema_metadata(about)
    store.write_bytes(path, parquet_bytes(values_a_row))
    return path


def test_files_with_a_row_a_value_are_read_and_become_wide(store, make_readings):
    wide = make_readings(assets=2, rows=3).assign(flow=[1.5, np.nan, 3, 4, 5, 6])
    values = wide.melt(["time", "asset"], ["flow", "speed"], "sensor").dropna()
    values = values.sort_values(["asset", "time", "sensor"], ignore_index=True).assign(observed=True)
    where = {"family": "pump", "day": DAY}
    readings = long_file(store, values, "readings", Provenance(job="ingest", edition=2), **where)
    source = store.made_from([readings], Provenance(job="impute"))
    grid = long_file(store, values, "grid", source, **where, shard=0)
    made = store.made_from([grid], Provenance(job="score-series"))
    store.write("self_tests", TABLES["self_tests"].frame(), made, **where, shard=0)
    before = [store.read("readings", **where), store.read("grid", **where, shard=0)]
    pd.testing.assert_frame_equal(before[0], wide)
    assert store.provenance(readings).many == 11
    assert list(migrate(store)) == [grid, readings]
    after = [store.read("readings", **where), store.read("grid", **where, shard=0)]
    for frame, same in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(frame, same)
    stamp = store.provenance(readings)
    assert (stamp.rows, stamp.many, stamp.revision, stamp.edition) == (6, 11, 2, 2)
    assert states(store) == []
    assert list(migrate(store)) == []


def test_reports_metrics_and_models_get_their_hash_too(store):
    model = b"\x28\0\0\0\0\0\0\0" + b'{"__metadata__":{"card":"{\\"a\\":1}"}}'.ljust(40)
    for path, data in {
        "reports/2026-11-21.html": b"<html></html>\n",
        "metrics/nightscore-pump.prom": b"a 1\n",
        "models/series/pump/2026-11-20.safetensors": model,
    }.items():
        store.write_bytes(path, data)
    assert states(store) == ["without hash"] * 3
    assert len(list(migrate(store))) == 3
    assert states(store) == []
    assert store.read_bytes("metrics/nightscore-pump.prom").startswith(b"a 1\n# nightscore-sha256:")


def test_what_lies_joined_is_not_stale_when_what_it_was_made_from_becomes_wide(store, make_readings):
    wide = make_readings(assets=2, rows=3)
    values = wide.melt(["time", "asset"], ["flow", "speed"], "sensor")
    values = values.sort_values(["asset", "time", "sensor"], ignore_index=True).assign(observed=True)
    where = {"family": "pump", "day": DAY}
    readings = long_file(store, values, "readings", Provenance(job="ingest"), **where)
    source = store.made_from([readings], Provenance(job="impute"))
    rows = wide.assign(observed_flow=True, observed_speed=True)
    grids = [store.write("grid", rows, source, **where, shard=shard) for shard in (0, 1)]
    assert join(store, grids) == 2
    assert list(migrate(store)) == [readings]
    assert states(store) == []
    assert store.provenance(grids[1]).inputs == store.digest([readings]) != source.inputs
