"""What people noted, gathered in one file beside the small ones, so that a night opens one in place of hundreds.

The small files stay what counts. A row of the gathered one is taken where its own file stands unchanged.
"""

from __future__ import annotations

import logging

import pandas as pd
import pyarrow as pa

from sensors_data.arrow_rows import together
from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.parquet import parquet_bytes
from sensors_data.partition_paths import partition_of
from sensors_data.places import GATHERED_INCIDENTS
from sensors_data.provenance import CODE, Provenance
from sensors_data.store import Store
from sensors_data.tables import TABLES

FEWEST = 20
"""New files that are worth another gathering."""
TRIES = 5
"""Listings in a row between which and their reading an incident may be taken back."""
_SPEC, _STAMP = TABLES["incidents"], pa.field("stamp", pa.string())
log = logging.getLogger("nightscore")


def all_incidents(store: Store) -> pd.DataFrame:
    """The rows of every incident, in no order of use."""
    table, _ = _all_and_gathered(store)
    rows: pd.DataFrame = table.drop_columns([_STAMP.name]).to_pandas()
    return rows


def gather(store: Store) -> int:
    """Gather the incidents anew where FEWEST are not yet gathered; how many those are."""
    rows, before = _all_and_gathered(store)
    new = int(rows.num_rows) - int(before.num_rows)
    if new < FEWEST:
        return 0
    stamp = Provenance(job="clean", code=CODE, rows=rows.num_rows, revision=_SPEC.revision)
    about = {"nightscore": stamp.model_dump_json(exclude={"made_from"})}
    store.write_bytes(GATHERED_INCIDENTS, parquet_bytes(rows.replace_schema_metadata(about)))
    return new


def _all_and_gathered(store: Store) -> tuple[pa.Table, pa.Table]:
    """The rows of every incident, and the gathered ones of them; listed anew where one is taken back meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _listed(store)
        except NotThereError:
            continue
    return _listed(store)


def _listed(store: Store) -> tuple[pa.Table, pa.Table]:
    """The same by one listing. NotThereError where an incident was taken back between its listing and its reading."""
    standing = _standing(store)
    gathered = _unchanged(store, standing)
    return _read(store, standing, gathered), gathered


def _standing(store: Store) -> dict[str, str]:
    """The incidents that have a file, each with what changes whenever that is replaced."""
    stamps = {path: stamp for path, stamp in store.stamps(_SPEC.name).items() if path.endswith(".parquet")}
    keys = ((partition_of(_SPEC, path), stamp) for path, stamp in stamps.items())
    return {key["incident"]: stamp for key, stamp in keys if key is not None}


def _read(store: Store, standing: dict[str, str], unchanged: pa.Table) -> pa.Table:
    """The rows of the incidents that stand, each with the stamp of its file, which was taken before it was read.

    Those that are gathered and `unchanged` are not read again.
    """
    others = sorted(standing.keys() - set(unchanged["incident"].to_pylist()))
    parts = store.tables_of(_SPEC.name, (store.path(_SPEC.name, incident=key) for key in others))
    rows = together(_SPEC, list(parts))
    stamps = pa.array([standing[key] for key in rows["incident"].to_pylist()], pa.string())
    return pa.concat_tables([unchanged, rows.append_column(_STAMP, stamps)])


def _unchanged(store: Store, standing: dict[str, str]) -> pa.Table:
    """The gathered rows whose own file stands as it was gathered; none where nothing can be read."""
    schema = pa.schema([*_SPEC.schema, _STAMP])
    try:
        rows = store.open_parquet(GATHERED_INCIDENTS, store.read_bytes(GATHERED_INCIDENTS)).read(use_threads=False)
    except NotThereError:
        return schema.empty_table()
    except (DamagedError, UnusableError) as error:
        log.warning("passed over: %s", error)
        return schema.empty_table()
    rows = rows.replace_schema_metadata(None)
    if not rows.schema.equals(schema):  # of another generation
        return schema.empty_table()
    pairs = zip(rows["incident"].to_pylist(), rows["stamp"].to_pylist(), strict=True)
    return rows.filter(pa.array([standing.get(key) == stamp for key, stamp in pairs], pa.bool_()))
