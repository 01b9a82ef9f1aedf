"""Files of an earlier nightscore brought to today's form: each gets its hash; no row and no weight changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sensors_data.parquet import open_parquet, parquet_bytes
from sensors_data.seal import BLANK, with_seal
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.verify import paths_of, verify

_NOTES = {".html": "<!-- {} -->\n", ".prom": "# {}\n"}
"""How a text file of each kind says what is no content of its own."""


def migrate(store: Store) -> Iterator[str]:
    """Give every file without a hash its hash; the paths that were written. What is damaged stays as it is.

    Files that were made from them, and were not stale, are not stale afterwards either.
    """
    findings = [finding for finding in verify(store, paths_of(store, None)) if finding is not None]
    bare = {finding.path for finding in findings if finding.state == "without hash"}
    followers = _followers(store, bare, {finding.path for finding in findings})
    for path in sorted(bare):
        if (data := _with_room(store.read_bytes(path), path)) is not None:
            store.write_bytes(path, data)
            yield path
    for path in followers:
        _restamp(store, path)


def _with_room(data: bytes, path: str) -> bytes | None:
    """A file's bytes with room for its hash; None where its kind has none."""
    if path.split("/", 1)[0] in TABLES:
        return parquet_bytes(open_parquet(data).read())
    if path.endswith(".safetensors"):
        return with_seal(data)
    note = next((text for suffix, text in _NOTES.items() if path.endswith(suffix)), None)
    return None if note is None else data + note.format(BLANK).encode()


def _followers(store: Store, changed: set[str], other_findings: set[str]) -> list[str]:
    """The whole tables that were made from files that are about to change."""
    tables = [path for path in store.files("", suffix=".parquet") if path.split("/", 1)[0] in TABLES]
    whole = [path for path in tables if path not in other_findings]
    return [path for path in whole if changed & set(store.provenance(path).made_from)]


def _restamp(store: Store, path: str) -> None:
    """Write the hash of a table's inputs as they are now."""
    rows = open_parquet(store.read_bytes(path)).read()
    about = dict(rows.schema.metadata)
    stamp = json.loads(about[b"nightscore"])
    stamp["inputs"] = store.digest(store.provenance(path).made_from)
    about[b"nightscore"] = json.dumps(stamp, separators=(",", ":")).encode()
    store.write_bytes(path, parquet_bytes(rows.replace_schema_metadata(about)))
