"""Files of an earlier nightscore brought to today's form: each gets its hash, readings and grids a column a sensor.

No value and no weight changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sensors_data.arrow_rows import as_wide
from sensors_data.parquet import open_parquet, parquet_bytes
from sensors_data.partition_paths import JOINED
from sensors_data.provenance import stamped
from sensors_data.seal import BLANK, with_seal
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.verify import paths_of, verify

_NOTES = {".html": "<!-- {} -->\n", ".md": "\n<!-- {} -->\n", ".prom": "# {}\n"}
"""How a text file of each kind says what is no content of its own."""


def migrate(store: Store) -> Iterator[str]:
    """Bring every file of an earlier form to today's; the paths that were written. What is damaged stays as it is.

    Files that were made from them, and were not stale, are not stale afterwards either.
    """
    findings = [finding for finding in verify(store, paths_of(store, None)) if finding is not None]
    bare = {finding.path for finding in findings if finding.state == "without hash"}
    others = {finding.path for finding in findings if finding.state != "stale"}
    earlier = bare | {path for path in _tables(store) if path not in others and _has_a_row_a_value(store, path)}
    inputs = _inputs(store, {finding.path for finding in findings if finding.state != "without hash"})
    for path in sorted(earlier):
        if (data := _as_today(store, path)) is not None:
            store.write_bytes(path, data)
            yield path
    changed = earlier
    while changed:  # what was made from them, then what was made from that
        changed = {path for path, made_from in inputs.items() if changed & set(made_from)}
        for path in changed:
            _restamp(store, path)


def _tables(store: Store) -> list[str]:
    """The files of all tables."""
    return [path for path in store.files("", suffix=".parquet") if path.split("/", 1)[0] in TABLES]


def _has_a_row_a_value(store: Store, path: str) -> bool:
    """Whether a whole file is one of readings or of a grid as they were before they had a column a sensor."""
    spec = TABLES[path.split("/", 1)[0]]
    return bool(spec.a_value) and spec.has_a_row_a_value(open_parquet(store.read_bytes(path)).schema_arrow)


def _as_today(store: Store, path: str) -> bytes | None:
    """A file's bytes in today's form with room for its hash; None where its kind has none."""
    data, table = store.read_bytes(path), path.split("/", 1)[0]
    if table in TABLES:
        rows = open_parquet(data).read()
        if not TABLES[table].has_a_row_a_value(rows.schema):
            return parquet_bytes(rows)
        about = {name.decode(): value.decode() for name, value in rows.schema.metadata.items()}
        wide = as_wide(TABLES[table], rows)
        about["nightscore"] = stamped(table, wide, store.provenance(path)).model_dump_json(exclude={"made_from"})
        return parquet_bytes(wide.replace_schema_metadata(about))
    if path.endswith(".safetensors"):
        return with_seal(data)
    note = next((text for suffix, text in _NOTES.items() if path.endswith(suffix)), None)
    return None if note is None else data + note.format(BLANK).encode()


def _inputs(store: Store, other_findings: set[str]) -> dict[str, tuple[str, ...]]:
    """What each whole table was made from, where none of it is gone."""
    whole = [path for path in _tables(store) if path not in other_findings]
    inputs = {path: store.provenance(path).made_from for path in whole}
    for path in whole:
        parts = store.parts_of_joined(path).items() if path.endswith(f"/{JOINED}") else ()
        inputs |= {name: p.source.made_from for name, p in parts if name not in {*inputs, *other_findings}}
    return {path: made_from for path, made_from in inputs.items() if all(map(store.exists, made_from))}


def _restamp(store: Store, path: str) -> None:
    """Write the hash of a table's inputs as they are now."""
    if path not in store.files(path.rpartition("/")[0]):
        store.restamp(path, store.digest(store.provenance(path).made_from))
        return
    rows = open_parquet(store.read_bytes(path)).read()
    about = dict(rows.schema.metadata)
    stamp = json.loads(about[b"nightscore"])
    stamp["inputs"] = store.digest(store.provenance(path).made_from)
    about[b"nightscore"] = json.dumps(stamp, separators=(",", ":")).encode()
    store.write_bytes(path, parquet_bytes(rows.replace_schema_metadata(about)))
