"""Two stores side by side: which files have not the same bytes. What tells times is left out."""

from __future__ import annotations

import hashlib

from sensors_data.store import Store

TABLES = ("readings", "rejects", "grid", "scores", "sensor_scores", "anomalies", "drift", "models")


def files_of(store: Store) -> dict[str, str]:
    """SHA-256 of every file that must be the same whenever it is made, by its path."""
    return {p: hashlib.sha256(store.read_bytes(p)).hexdigest() for table in TABLES for p in store.files(table)}


def check_same(one: Store, two: Store) -> int:
    """How many files both stores have, byte for byte. ValueError names those that differ or that only one has."""
    first, second = files_of(one), files_of(two)
    different = sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))
    if different:
        raise ValueError(f"{len(different)} files differ between {one.root} and {two.root}: {different[:5]}")
    return len(first)
