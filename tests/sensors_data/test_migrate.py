from datetime import date

from sensors_data.migrate import migrate
from sensors_data.seal import check
from sensors_data.store import Provenance, Store
from sensors_data.verify import paths_of, verify

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
    grid = store.write("grid", rows.assign(observed=True), source, family="pump", day=DAY, shard=0)
    assert states(store) == ["without hash"]
    assert list(migrate(store)) == [path]
    assert check(store.read_bytes(path), path)
    assert store.read("readings", family="pump", day=DAY).equals(rows)
    assert states(store) == []
    assert store.provenance(grid).made_from == (path,)
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
